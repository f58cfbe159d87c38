"""From votes to the opinion engine and back: the only module here that calls it.

What it returns is plain, ready for JSON, names statements by number and people by token, and holds no words: those
are read when a page is shown, so that what is refused or erased since is not kept here.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.core.cache import cache

from terreau.deliberate.models import OpinionResult, Process
from terreau.deliberate.queries.results import (
    CastVote,
    Voter,
    cast_votes,
    count_votes,
    voters,
)
from terreau_engines import __version__
from terreau_engines.opinion import OpinionMap, map_opinions
from terreau_engines.opinion.groups import FEWEST_PEOPLE

Opinion = dict[str, Any]
FEWEST = FEWEST_PEOPLE
"""Fewer people than that, and whoever knows one of them would know what she voted."""
MOST_VOTES_ON_THE_FLY = 20_000
_LETTERS = "ABCDEFGHIJ"
_ONE_DAY = 24 * 3600
_ANSWERS = {1: 0, 0: 1, -1: 2}
VOTES = {"participant": pl.String, "statement": pl.String, "vote": pl.Int64}


def engine_version() -> str:
    return __version__


def read_opinion(process: Process) -> Opinion:
    """From nothing, whatever was computed before."""
    return compute_opinion(cast_votes(process), told_colleges(voters(process)))


def opinion_of(process: Process, published: OpinionResult | None) -> Opinion | None:
    """What may be shown now: what was published, else computed here; None when that is for the command to do."""
    if published is not None:
        return dict(published.result)
    if count_votes(process) > MOST_VOTES_ON_THE_FLY:
        return None
    votes, colleges = cast_votes(process), told_colleges(voters(process))
    content = json.dumps([__version__, sorted(votes), sorted(colleges.items())])
    key = f"opinion:{hashlib.sha256(content.encode()).hexdigest()}"
    found: Opinion | None = cache.get(key)
    if found is None:
        found = compute_opinion(votes, colleges)
        cache.set(key, found, _ONE_DAY)
    return found


def told_colleges(people: Sequence[Voter]) -> dict[str, str]:
    """The college of each token, where saying it does not point at somebody."""
    return dict(zip([one.token for one in people], told([one.college for one in people]), strict=True))


def told_channels(people: Sequence[Voter]) -> dict[str, str]:
    """The same of the channel, beside the college that is told."""
    colleges = told_colleges(people)
    found: dict[str, str] = {}
    for college in set(colleges.values()):
        inside = [one for one in people if colleges[one.token] == college]
        found |= zip([one.token for one in inside], told([one.channel for one in inside]), strict=True)
    return found


def told(labels: Sequence[str]) -> list[str]:
    """Labels of fewer than five people are left empty, and the smallest other too while those left empty are so few:
    who is missing is known by subtraction.
    """
    sizes = Counter(label for label in labels if label)
    kept = {label for label, number in sizes.items() if number >= FEWEST}
    while kept and len(kept) < len(sizes) and len(labels) - sum(sizes[label] for label in kept) < FEWEST:
        kept.remove(min(kept, key=lambda label: (sizes[label], label)))
    return [label if label in kept else "" for label in labels]


def compute_opinion(votes: Iterable[CastVote], colleges: Mapping[str, str]) -> Opinion:
    """``votes``: one a pair. ``colleges``: token → college, empty when it is not told. Nobody voted: it says so."""
    table = pl.DataFrame(list(votes), schema=VOTES, orient="row")
    voted = table["participant"].unique().sort().to_list()
    told_ones = {token: colleges[token] for token in voted if colleges.get(token)}
    if table.is_empty():
        return _nobody()
    found = map_opinions(table, _colleges(told_ones) if told_ones else None)
    groups = {
        token: None if group is None or found.k == 1 else _LETTERS[group]
        for token, group in found.participants.select("participant", "group").iter_rows()
    }
    of_person = {token: (groups[token], told_ones.get(token)) for token in voted}
    return {
        "people": len(voted),
        "votes": len(table),
        "statements": len(found.statements),
        "k": found.k,
        "groups": _groups(found) if found.k > 1 else [],
        "colleges": [list(pair) for pair in sorted(Counter(told_ones.values()).items())],
        "without_college": len(voted) - len(told_ones),
        "without_opinion": found.participants["group"].null_count(),
        "unites": [_uniting(row) for row in _by_strength(found.consensus, "bound")],
        "divides": [_rounded(row) for row in _by_strength(found.divisive, "gap")],
        "counts": _counts(table, of_person),
        "positions": _positions(found, groups),
        **_provenance(found),
    }


def _nobody() -> Opinion:
    return {
        "people": 0,
        "votes": 0,
        "statements": 0,
        "k": 1,
        "groups": [],
        "colleges": [],
        "without_college": 0,
        "without_opinion": 0,
        "unites": [],
        "divides": [],
        "counts": {},
        "positions": {},
        "stability": None,
        "engine_version": __version__,
        "method": "terreau",
        "parameters": {},
        "input_digest": hashlib.sha256(b"").hexdigest(),
    }


def _colleges(told_ones: Mapping[str, str]) -> pl.DataFrame:
    schema = {"participant": pl.String, "college": pl.String}
    return pl.DataFrame(list(told_ones.items()), schema=schema, orient="row")


def _groups(found: OpinionMap) -> list[dict[str, Any]]:
    """The largest is A."""
    return [
        {
            "label": _LETTERS[group],
            "people": people,
            "stability": _round(stability),
            "tells": [
                _rounded(row, ("statement", "side", "share", "others", "stability"))
                for row in found.representative.filter(pl.col("group") == group).iter_rows(named=True)
            ],
        }
        for group, people, stability in found.groups.iter_rows()
    ]


def _uniting(row: dict[str, Any]) -> dict[str, Any]:
    """``weakest``: the circle where the side is least taken: ["group", "A"], ["college", "elected"]."""
    kind, _, name = row["weakest"].partition(" ")
    return _rounded(row) | {"weakest": [kind, _LETTERS[int(name)] if kind == "group" else name]}


def _by_strength(table: pl.DataFrame, strength: str) -> Iterable[dict[str, Any]]:
    """The strongest first, and of equals the lower number: 2 before 10."""
    ordered = table.with_columns(number=pl.col("statement").cast(pl.Int64)).sort(
        strength, "number", descending=[True, False]
    )
    return ordered.drop("number").iter_rows(named=True)


def _counts(
    table: pl.DataFrame, of_person: Mapping[str, tuple[str | None, str | None]]
) -> dict[str, dict[str, Any]]:
    """Statement → [agree, pass, disagree] of everybody, of each group and of each college that is told."""
    circles = {
        "groups": sorted({group for group, _ in of_person.values() if group}),
        "colleges": sorted({college for _, college in of_person.values() if college}),
    }
    numbers = table["statement"].unique().cast(pl.Int64).sort().cast(pl.String)
    found: dict[str, dict[str, Any]] = {
        number: {"all": [0, 0, 0]}
        | {kind: {name: [0, 0, 0] for name in names} for kind, names in circles.items()}
        for number in numbers
    }
    for person, statement, vote in table.iter_rows():
        cells, (group, college), answer = found[statement], of_person[person], _ANSWERS[vote]
        cells["all"][answer] += 1
        if group:
            cells["groups"][group][answer] += 1
        if college:
            cells["colleges"][college][answer] += 1
    return found


def _positions(found: OpinionMap, groups: Mapping[str, str | None]) -> dict[str, list[Any]]:
    """Token → group, x, y; of people who gave an opinion."""
    placed = found.participants.filter(pl.col("group").is_not_null())
    rows = placed.select("participant", "x", "y").iter_rows()
    return {token: [groups[token], _round(x), _round(y)] for token, x, y in rows}


def _provenance(found: OpinionMap) -> dict[str, Any]:
    told_all = found.to_dict()
    names = ("method", "evidence", "stability", "parameters", "seed", "input_digest", "trace")
    return {name: told_all[name] for name in names} | {"engine_version": told_all["version"]}


def _rounded(row: dict[str, Any], names: Iterable[str] = ()) -> dict[str, Any]:
    return {name: _round(row[name]) for name in names or row if name in row}


def _round(value: Any) -> Any:
    """Six figures are kept: more are noise, and change with the machine."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
