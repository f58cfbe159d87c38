"""What an organisation says of its practices, who has seen them, who contests them. Words, never a score."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from terreau.commons.models import Party, User
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import ERASED_WORDS, Claim, Confirmation, Contradiction, Practice

from . import visible_parties
from .documents import PRACTICE_FIELDS, Document

State = Contradiction.State


def state_in_words(has_evidence: bool, is_confirmed: bool, contradictions: Collection[str]) -> str:
    """The last word on a practice; ``contradictions``: their states."""
    if State.UPHELD in contradictions:
        return _("contestée, contestation fondée")
    if State.OPEN in contradictions:
        return _("contestée, en examen")
    if is_confirmed:
        return _("confirmée par un pair")
    return _("appuyée par une preuve") if has_evidence else _("déclarée")


@dataclass(frozen=True)
class PracticeSheet:
    practice: Practice
    confirmations: list[Confirmation]
    contradictions: list[Contradiction]

    @property
    def state(self) -> str:
        contradictions = {one.state for one in self.contradictions}
        return state_in_words(bool(self.practice.evidence), bool(self.confirmations), contradictions)

    @property
    def evidence_link(self) -> str:
        return link_of(self.practice.evidence)


@dataclass
class ThemeSheet:
    """``withdrawn``: declarations that were taken back after a contradiction was upheld. They are not forgotten."""

    theme: PracticeTheme
    standing: list[PracticeSheet] = field(default_factory=list)
    withdrawn: list[PracticeSheet] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.standing or self.withdrawn)


def link_of(evidence: str) -> str:
    """The evidence when it is one web address, else nothing: it is then shown as words."""
    is_one = evidence.startswith(("http://", "https://")) and len(evidence.split()) == 1
    return evidence if is_one else ""


def practices_by_theme(party: Party) -> list[ThemeSheet]:
    """The eight themes, those of which nothing is said too, in three queries."""
    sheets = {theme.value: ThemeSheet(theme) for theme in PracticeTheme}
    shown = Practice.objects.filter(party=party).order_by("declared_at", "pk")
    for practice in (
        shown.filter(_STANDING | Q(contradictions__state=State.UPHELD))
        .distinct()
        .prefetch_related(Prefetch("confirmations", confirmations_that_count()), "contradictions")
    ):
        found = PracticeSheet(
            practice, _one_a_peer(practice.confirmations.all()), list(practice.contradictions.all())
        )
        of_theme = sheets[practice.theme]
        (of_theme.withdrawn if practice.withdrawn_at else of_theme.standing).append(found)
    return list(sheets.values())


_STANDING = Q(withdrawn_at__isnull=True)


def confirmations_that_count() -> "QuerySet[Confirmation]":
    """By a peer that may be shown, that was not merged since into the organisation that it confirms.

    Nor by a person who speaks, or once spoke, for that one, be it since she confirmed.
    """
    return confirmations_by_others().filter(peer__in=visible_parties())


def confirmations_by_others() -> "QuerySet[Confirmation]":
    """As above; by a peer that is away too, or masked."""
    about_it = Q(party=OuterRef("practice__party")) | Q(identity=OuterRef("practice__identity"))
    own = Claim.objects.filter(about_it, user=OuterRef("confirmed_by"), answered_at__isnull=False)
    others = Confirmation.objects.exclude(peer=F("practice__party")).exclude(Exists(own))
    return others.select_related("peer").order_by("confirmed_at", "pk")


def _one_a_peer(confirmations: Iterable[Confirmation]) -> list[Confirmation]:
    """Two peers that confirmed may be one organisation since: the first word is kept."""
    found: dict[int, Confirmation] = {}
    for one in confirmations:
        found.setdefault(one.its_party.pk, one)
    return list(found.values())


def themes_of_document(document: Document) -> list[ThemeSheet]:
    """As a version keeps them, in one query: the peers that are still shown. Rows that are in no table."""
    moment = dt.datetime.fromisoformat
    told = [one for one in document.get("practices", []) if one["theme"] in PracticeTheme.values]
    peers = {one["peer"] for practice in told for one in practice["confirmations"]}
    known = {peer.public_id: peer for peer in visible_parties().filter(public_id__in=peers)}
    sheets = {theme.value: ThemeSheet(theme) for theme in PracticeTheme}
    for one in told:
        confirmations = [
            Confirmation(peer=known[by["peer"]], words=by["words"], confirmed_at=moment(by["confirmed_at"]))
            for by in one["confirmations"]
            if by["peer"] in known
        ]
        contradictions = [
            Contradiction(
                state=by["state"],
                opened_at=moment(by["opened_at"]),
                closed_at=by["closed_at"] and moment(by["closed_at"]),
            )
            for by in one["contradictions"]
        ]
        columns = {name: one[name] for name in PRACTICE_FIELDS} | {"declared_at": moment(one["declared_at"])}
        sheets[one["theme"]].standing.append(
            PracticeSheet(Practice(**columns), confirmations, contradictions)
        )
    return list(sheets.values())


def find_practice(key: int) -> Practice | None:
    """A standing practice of an organisation that may be shown."""
    practices = Practice.objects.filter(_STANDING, pk=key, party__in=visible_parties())
    return practices.select_related("party").first()


def find_words(key: int) -> PracticeSheet | None:
    """A practice, withdrawn or not, with all that was said of it: for whoever may erase some of it."""
    practices = Practice.objects.filter(pk=key, party__in=visible_parties()).select_related("party")
    practice = practices.first()
    if practice is None:
        return None
    given = practice.confirmations.filter(peer__in=visible_parties()).select_related("peer")
    return PracticeSheet(practice, list(given), list(practice.contradictions.all()))


def withdrawn_practices(party: Party) -> "QuerySet[Practice]":
    """Those whose words are still kept."""
    withdrawn = Practice.objects.filter(party=party, withdrawn_at__isnull=False)
    return withdrawn.exclude(text=ERASED_WORDS).order_by("-withdrawn_at", "-pk")


def contradictions() -> "QuerySet[Contradiction]":
    """Those to examine first, the oldest before; then those closed, the newest before."""
    is_closed = Case(When(state=State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    shown = Contradiction.objects.filter(practice__party__in=visible_parties())
    return (
        shown.select_related("practice__party", "closed_by")
        .annotate(is_closed=is_closed)
        .order_by("is_closed", F("closed_at").desc(nulls_last=True), "opened_at", "pk")
    )


def words_on_practices_of(user: User) -> dict[str, list[Any]]:
    """What a person declared, confirmed and contested, for the export of her account."""
    shown = Q(practice__party__in=visible_parties())
    declared = Practice.objects.filter(declared_by=user, party__in=visible_parties()).order_by("pk")
    confirmed = Confirmation.objects.filter(shown, confirmed_by=user).order_by("pk")
    contested = Contradiction.objects.filter(shown, author=user).order_by("pk")
    of_whom = {"organisation": F("party__public_id")}
    of_which = {"organisation": F("practice__party__public_id")}
    return {
        "practices": list(declared.values("theme", "text", "evidence", "declared_at", **of_whom)),
        "confirmations": list(confirmed.values("words", "confirmed_at", **of_which)),
        "contradictions": list(
            contested.values("reason", "evidence", "state", "opened_at", "answer", **of_which)
        ),
    }
