"""What was shown of a party: each version from one revision until another, and which one covers a date.

What is shown now is in the tables, and counts as the last version. All reads start at ``past_of``: a party that is
masked now has no past, and a version that may not be shown is not told.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Revision, Version
from terreau.observe.models import Merge

from .documents import Document, party_documents, subject_of
from .frozen import sheet_of_document
from .identities import identities_within, party_that_replaces
from .parties import PartySheet, read_sheet
from .practices import ThemeSheet, practices_by_theme, themes_of_document
from .secrecy import documents_shown, hidden_among, told


@dataclass(frozen=True)
class Past:
    """The history of one address. ``party``: what it leads to today — itself, or the one it was merged into."""

    public_id: str
    party: Party | None
    is_partial: bool

    @property
    def is_here(self) -> bool:
        return self.party is not None and self.party.public_id == self.public_id

    @property
    def is_gone(self) -> bool:
        """No source speaks of it any more."""
        return self.party is None


@dataclass(frozen=True)
class State:
    """One version. ``since`` None: older than our history. ``until`` and ``key`` None: what is shown today."""

    public_id: str
    number: int
    since: Revision | None
    until: Revision | None
    key: int | None = None

    @property
    def is_present(self) -> bool:
        return self.until is None


@dataclass(frozen=True)
class AsOf:
    """``state``: what the address showed on that date; else why there is none. ``others``: what addresses that
    were merged into it since showed then.
    """

    state: State | None
    first: State | None = None
    gone: Revision | None = None
    others: tuple[State, ...] = ()


@dataclass(frozen=True)
class Frozen:
    """One version with its content."""

    past: Past
    state: State
    sheet: PartySheet
    themes: list[ThemeSheet]

    @cached_property
    def party(self) -> Party:
        return self.sheet.party


def past_of(public_id: str) -> Past | None:
    """None for an address that never was, and for one whose party is masked."""
    row = Party.objects.filter(public_id=public_id).first()
    if row is None:
        row = party_that_replaces(public_id)
    if row is not None:
        masked = row.diffusion == Diffusion.MASKED
        return None if masked else Past(public_id, row, row.diffusion == Diffusion.PARTIAL)
    last = Version.objects.filter(subject=subject_of(public_id)).order_by("number").last()
    if last is None:
        return None
    own = last.content["party"]
    if own["diffusion"] == Diffusion.MASKED or hidden_among([own["identity"]]):
        return None
    return Past(public_id, None, own["diffusion"] == Diffusion.PARTIAL)


def versions_of(past: Past) -> list[State]:
    """Every version of this address and of those merged into it, the oldest first; what is shown today comes last."""
    public_ids = [past.public_id]
    if past.is_here and past.party:
        public_ids += former_addresses(past.party)
    found = states_of(public_ids)
    present = _present(past)
    found.sort(key=lambda state: (state.until.number if state.until else 0, state.public_id))
    return [*found, present] if present else found


def former_addresses(party: Party) -> list[str]:
    merges = Merge.objects.filter(undone_at__isnull=True, gone_identity__in=identities_within(party.identity))
    return list(merges.order_by("pk").values_list("gone_public_id", flat=True))


def states_of(public_ids: Iterable[str]) -> list[State]:
    """Those that are kept, without their contents. One whose own document says masked is not told."""
    subjects = {subject_of(public_id): public_id for public_id in public_ids}
    rows = _with_revisions(Version.objects.filter(subject__in=subjects)).defer("content")
    rows = rows.annotate(diffusion=KT("content__party__diffusion")).order_by("subject", "number")
    return [_state(row, subjects[row.subject]) for row in rows if row.diffusion != Diffusion.MASKED]


def state_at(past: Past, number: int) -> State | None:
    """The version of that number of this address."""
    present = _present(past)
    if present and present.number == number:
        return present
    rows = _with_revisions(Version.objects.filter(subject=subject_of(past.public_id), number=number))
    row = rows.defer("content").first()
    return _state(row, past.public_id) if row else None


def party_at(past: Past, number: int) -> Frozen | None:
    """The version of that number with its content; None when there is none to show."""
    state = state_at(past, number)
    return freeze(past, state) if state else None


def freeze(past: Past, state: State) -> Frozen | None:
    if state.is_present:
        now = past.party
        return Frozen(past, state, read_sheet(now), practices_by_theme(now)) if now else None
    document = contents_of(past, [state]).get((state.public_id, state.number))
    if document is None:
        return None
    return Frozen(past, state, sheet_of_document(document), themes_of_document(document))


def party_as_of(past: Past, moment: dt.datetime) -> AsOf:
    """What the address showed at ``moment``. After a merge, that is what the party kept showed."""
    own = Version.objects.filter(subject=subject_of(past.public_id))
    row = _with_revisions(covering(own, last_revision(moment))).defer("content").order_by("number").last()
    if row:
        return AsOf(_state(row, past.public_id))
    present = _present(past)
    if present and (present.since is None or present.since.at <= moment):
        return AsOf(present)
    before = _with_revisions(own.filter(until__at__lte=moment)).defer("content").order_by("number").last()
    if before and not past.is_here and past.party:
        return party_as_of(_of(past.party), moment)
    if before:
        return AsOf(None, gone=before.until)
    first = _with_revisions(own).defer("content").order_by("number").first()
    known = _state(first, past.public_id) if first else present
    return AsOf(None, first=known, others=_others_as_of(past, moment))


def _others_as_of(past: Past, moment: dt.datetime) -> tuple[State, ...]:
    if not (past.is_here and past.party):
        return ()
    subjects = {subject_of(one): one for one in former_addresses(past.party)}
    rows = covering(Version.objects.filter(subject__in=subjects), last_revision(moment))
    rows = _with_revisions(rows).defer("content").order_by("subject")
    return tuple(_state(row, subjects[row.subject]) for row in rows)


def last_revision(moment: dt.datetime) -> int:
    """The number of the last revision made by then: numbers grow with time."""
    return Revision.objects.filter(at__lte=moment).aggregate(last=Max("number"))["last"] or 0


def first_revision() -> Revision | None:
    """Before it there is no history."""
    return Revision.objects.order_by("number").first()


def covering(versions: "QuerySet[Version]", revision: int) -> "QuerySet[Version]":
    """Those shown just after ``revision``."""
    return versions.filter(Q(since__isnull=True) | Q(since__lte=revision), until__gt=revision)


def contents_of(past: Past, states: Iterable[State]) -> dict[tuple[str, int], Document]:
    """(address, number) → document, for those that may be shown."""
    keys: dict[int, tuple[str, int]] = {}
    documents: dict[int, Document] = {}
    for state in states:
        if state.key is not None:
            keys[state.key] = (state.public_id, state.number)
        elif past.party:
            keys[0] = (state.public_id, state.number)
            documents[0] = party_documents([past.party.pk])[past.party.pk]
    wanted = [key for key in keys if key]
    documents |= dict(Version.objects.filter(pk__in=wanted).order_by().values_list("pk", "content"))
    shown = documents_shown(documents, is_partial=past.is_partial)
    return {keys[key]: document for key, document in shown.items()}


def read_moment(text: str, now: dt.datetime | None = None) -> dt.datetime:
    """``AAAA-MM-JJ`` (what was shown at the end of that day) or an instant of ISO 8601, in the time of the site when
    it does not say. Raises ValueError for anything else, and for what is still to come.
    """
    now = now or timezone.now()
    text = text.strip()
    if len(text) == len("2026-01-31"):
        day = dt.date.fromisoformat(text)
        if day > timezone.localdate(now):
            raise ValueError("this date is still to come")
        return min(now, timezone.make_aware(dt.datetime.combine(day, dt.time.max)))
    moment = dt.datetime.fromisoformat(text)
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    if aware > now:
        raise ValueError("this date is still to come")
    return aware


def present_number(public_id: str) -> int:
    """Of what is shown now."""
    last = Version.objects.filter(subject=subject_of(public_id)).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _present(past: Past) -> State | None:
    if not (past.is_here and past.party):
        return None
    revision = past.party.revision
    if revision is not None:
        told([revision])
    return State(past.public_id, present_number(past.public_id), revision, None)


def _of(party: Party) -> Past:
    return Past(party.public_id, party, party.diffusion == Diffusion.PARTIAL)


def _with_revisions(versions: "QuerySet[Version]") -> "QuerySet[Version]":
    return versions.select_related("since", "until")


def _state(row: Version, public_id: str) -> State:
    return State(public_id, row.number, row.since, row.until, row.pk)
