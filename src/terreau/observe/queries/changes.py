"""What changed from one version to the next, value by value; and which revision did it."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from terreau.commons.models import Revision, Version

from . import visible_parties
from .documents import Document, subject_of
from .history import Past, State, versions_of
from .parties import OTHER_FIELDS, SITE_FIELDS
from .secrecy import hidden_public_ids, told

#: Columns of a party that are chosen, computed or official, not merely one of the values that sources give.
SHOWN = ("name", "nature", "perimeter", "diffusion", "is_active")
SITE_COLUMNS = ("siret", "name", "address", "post_code", "commune", "departement", "lon", "lat", "is_active")
SOURCE_FACTS = ("title", "publisher", "licence", "url", "vintage", "precedence")


class Said(NamedTuple):
    """A value, and the titles of the sources that give it."""

    value: Any
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """``part``: shown, values, sites, site, schemes, fundings, choices, practices, sources. ``about``: which site or
    source. ``gone``: values that are no more; ``new``: values that were not there.
    """

    part: str
    name: str
    about: str = ""
    gone: list[Said] = field(default_factory=list)
    new: list[Said] = field(default_factory=list)


def changes_between(before: Document, after: Document) -> list[Change]:
    """Two documents that may be shown → every difference, what is shown first."""
    return [
        *_of_columns("shown", "", SHOWN, before["party"], after["party"]),
        *_of_values(before, after),
        *_of_sites(before, after),
        *_of_lists(before, after),
        *_of_sources(before["sources"], after["sources"]),
    ]


def _of_columns(
    part: str, about: str, names: Iterable[str], before: Document, after: Document
) -> list[Change]:
    changes = []
    for name in names:
        old, new = _plain(before.get(name)), _plain(after.get(name))
        if old != new:
            changes.append(Change(part, name, about, _given(old), _given(new)))
    return changes


def _given(value: Any) -> list[Said]:
    return [] if value is None or value == "" else [Said(value)]


def _plain(value: Any) -> Any:
    """A place by its name."""
    return value[-1] if isinstance(value, list) else value


def _of_values(before: Document, after: Document) -> list[Change]:
    """Of each field, the values that no source gives any more, and those that none gave."""
    old, new = _values(before), _values(after)
    changes = []
    for name in dict.fromkeys((*old, *new)):
        left, right = old.get(name, {}), new.get(name, {})
        gone = [said for text, said in left.items() if text not in right]
        come = [said for text, said in right.items() if text not in left]
        if gone or come:
            changes.append(Change("values", name, "", gone, come))
    return changes


def _values(document: Document) -> dict[str, dict[str, Said]]:
    """field → text of the value → the value with its sources."""
    found: dict[str, dict[str, Said]] = {}
    for record in document["records"]:
        title = document["sources"][record["source"]]["title"]
        for name, value in record["values"].items():
            if name in SITE_FIELDS or name in OTHER_FIELDS:
                continue  # told with the sites, the schemes, the payments
            given = found.setdefault(name, {})
            known = given.get(str(value), Said(value)).sources
            given[str(value)] = Said(value, known if title in known else (*known, title))
    return found


def _of_sites(before: Document, after: Document) -> list[Change]:
    old = {one["identity"]: one for one in before["sites"]}
    new = {one["identity"]: one for one in after["sites"]}
    gone = [Said(_name_of(one)) for identity, one in old.items() if identity not in new]
    come = [Said(_name_of(one)) for identity, one in new.items() if identity not in old]
    changes = [Change("sites", "sites", "", gone, come)] if gone or come else []
    for identity, one in new.items():
        if identity in old:
            changes += _of_columns("site", _name_of(one), SITE_COLUMNS, old[identity], one)
    return changes


def _name_of(site: Document) -> str:
    place = site["commune"] or site["departement"]
    return ", ".join(part for part in (site["name"], site.get("address"), place and place[-1]) if part)


def _scheme(one: Document) -> tuple[str, ...]:
    return one["scheme"], one["detail"]


def _funding(one: Document) -> tuple[Any, ...]:
    return one["year"], one["amount_cents"], one["purpose"]


def _choice(one: Document) -> tuple[Any, ...]:
    return one["field"], str(one["value"]), one["reason"]


def _practice(one: Document) -> tuple[Any, ...]:
    confirmations = tuple((by["peer"], by["words"]) for by in one["confirmations"])
    contradictions = tuple((by["opened_at"], by["state"]) for by in one["contradictions"])
    return one["theme"], one["text"], one["evidence"], confirmations, contradictions


_LISTS: tuple[tuple[str, Callable[[Document], Hashable]], ...] = (
    ("schemes", _scheme),
    ("fundings", _funding),
    ("choices", _choice),
    ("practices", _practice),
)


def _of_lists(before: Document, after: Document) -> list[Change]:
    changes = []
    for part, key in _LISTS:
        old, new = ({key(one): one for one in document.get(part, [])} for document in (before, after))
        gone = [_said(one, before) for which, one in old.items() if which not in new]
        come = [_said(one, after) for which, one in new.items() if which not in old]
        if gone or come:
            changes.append(Change(part, part, "", gone, come))
    return changes


def _said(one: Document, document: Document) -> Said:
    source = document["sources"].get(one.get("source", ""))
    return Said(one, (source["title"],) if source else ())


def _of_sources(before: Document, after: Document) -> list[Change]:
    gone = [Said(facts["title"]) for code, facts in before.items() if code not in after]
    come = [Said(facts["title"]) for code, facts in after.items() if code not in before]
    changes = [Change("sources", "sources", "", gone, come)] if gone or come else []
    for code, facts in after.items():
        if code in before:
            changes += _of_columns("source", facts["title"], SOURCE_FACTS, before[code], facts)
    return changes


# Which revision did it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One revision of one address: from ``before`` (None: it was not shown) to ``after`` (None: it no longer is)."""

    revision: Revision
    before: State | None
    after: State | None

    @property
    def public_id(self) -> str:
        state = self.after or self.before
        return state.public_id if state else ""


def events_of(past: Past) -> list[Event]:
    """Every known change of the address, and of those merged into it, the newest first."""
    states: dict[str, list[State]] = {}
    for state in versions_of(past):
        states.setdefault(state.public_id, []).append(state)
    events = [event for some in states.values() for event in _events(some)]
    events.sort(key=lambda event: (event.revision.number, event.public_id), reverse=True)
    told(event.revision for event in events)
    return events


def _events(states: list[State]) -> list[Event]:
    events = []
    before: State | None = None
    for state in states:
        left = before.until if before else None
        if left is not None and left == state.since:
            events.append(Event(left, before, state))
        else:  # it was not shown for a while, or never before
            events += [Event(left, before, None)] if left else []
            events += [Event(state.since, None, state)] if state.since else []
        before = state
    if before and before.until:
        events.append(Event(before.until, before, None))
    return events


def revisions(verb: str = "") -> "QuerySet[Revision]":
    """Of the whole site, the newest first, without those about what is masked."""
    hidden = [subject_of(one) for one in hidden_public_ids()]
    found = Revision.objects.exclude(subject__in=hidden)
    return (found.filter(verb=verb) if verb else found).order_by("-number")


def verbs_used() -> list[str]:
    return list(Revision.objects.order_by("verb").values_list("verb", flat=True).distinct())


def parties_touched(numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Revision → how many parties it wrote, and how many versions it replaced, masked ones left out."""
    wanted = list(numbers)
    hidden = [subject_of(one) for one in hidden_public_ids()]
    written = _counts(Version.objects.filter(since__in=wanted), "since")
    written_hidden = _counts(Version.objects.filter(since__in=wanted, subject__in=hidden), "since")
    present = _counts(visible_parties().filter(revision__in=wanted), "revision")
    replaced = _counts(Version.objects.filter(until__in=wanted), "until")
    replaced_hidden = _counts(Version.objects.filter(until__in=wanted, subject__in=hidden), "until")
    return {
        one: (
            written.get(one, 0) - written_hidden.get(one, 0) + present.get(one, 0),
            replaced.get(one, 0) - replaced_hidden.get(one, 0),
        )
        for one in wanted
    }


def _counts(rows: "QuerySet[Any]", by: str) -> dict[int, int]:
    return dict(rows.order_by().values(by).annotate(n=Count("pk")).values_list(by, "n"))


def visible_names(public_ids: Iterable[str]) -> dict[str, str]:
    """Address → name, for those that lead to a page."""
    rows = visible_parties().filter(public_id__in=list(public_ids)).order_by()
    return dict(rows.values_list("public_id", "name"))
