"""What became of a commune: follows merges, splits and changes of code to the codes of today.

Pure: a list of changes in, a dictionary out. ``queries.places.current_codes`` feeds it from the database and
``data/prepare.py`` from the published file.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Change(NamedTuple):
    """On ``date`` the commune ``before`` became (for a split: became in part) the commune ``after``.

    ``kind``: ``"merge"``, ``"split"`` or ``"move"`` (the code changed); a renaming keeps the code and says
    nothing here. A commune that goes on under its code has a row with ``before == after``.
    """

    date: date
    kind: str
    before: str
    after: str


def successors(changes: Iterable[Change], on: date | None = None) -> dict[str, list[str]]:
    """Code of yesterday → codes of today, sorted, for each code whose successors are not itself alone.

    ``on``: the day at which the codes were in use (changes of that very day are already done). Without it,
    only codes no longer in use are given, each followed from the last day it was in use: what a file without
    a date needs. A commune that merged and was later restored is itself again, not its former partners.
    """
    by_day: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    merges: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for change in changes:
        if on is None or change.date > on:
            by_day[change.date][change.before].add(change.after)
            if change.kind == "merge":
                merges[change.date][change.after].add(change.before)

    today: dict[str, set[str]] = {}  # code in use at the day reached, going back → codes of today
    out_of_use: dict[str, set[str]] = {}
    met: set[str] = set()
    for day in sorted(by_day, reverse=True):
        of_day = by_day[day]
        step = {before: _today_of(before, of_day, merges[day], today) for before in of_day}
        for before, codes in step.items():
            if before not in met and before not in of_day[before]:
                out_of_use[before] = codes
        today.update(step)
        met.update(of_day, *of_day.values())
    found = out_of_use if on is None else today
    return {code: sorted(codes) for code, codes in found.items() if codes != {code}}


def _today_of(
    before: str, of_day: dict[str, set[str]], merges: dict[str, set[str]], today: dict[str, set[str]]
) -> set[str]:
    codes: set[str] = set()
    for after in of_day[before]:
        # A commune may change its code and merge on one day: its new code leaves the day it came.
        if after != before and after in of_day and after not in of_day[after]:
            others = {code: afters for code, afters in of_day.items() if code != before}
            codes |= _today_of(after, others, merges, today)
            continue
        found = today.get(after, {after})
        partners = merges.get(after, set()) - {before}
        if before not in found:
            partners = partners - {after}
        codes |= (found - partners) or found
    return codes
