"""Erasing the words of a practice, of a confirmation, of a contradiction: what they said is nowhere any more.

That they were, and when, still reads, with ERASED_WORDS in their place. What is left on PostgreSQL until VACUUM, and in
backups: ``docs/guides/erasure.md``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import without_words, write_file_anew
from terreau.commons.actions.mail import forget_mail
from terreau.commons.models import User, Version, public_id
from terreau.lake.turn import take_turn
from terreau.observe.models import ERASED_WORDS, Confirmation, Contradiction, Practice
from terreau.observe.queries.documents import Document, subject_of
from terreau.observe.rules import may_erase_words

from .changing import change_parties
from .erasing import ERASED, ever_joined, save_if_changed, subjects_of
from .practices import PracticeRefused

Row = TypeVar("Row", Practice, Confirmation, Contradiction)


@transaction.atomic
def erase_practice(*, practice: Practice, by: User) -> None:
    """With its evidence, and what the organisation replied to who contested it. Then it is withdrawn.

    Raises PracticeRefused.
    """
    found = _locked(practice, by)
    replies = found.contradictions.exclude(reply="").values_list("reply", flat=True)
    words = [found.text, found.evidence, *replies]
    told = _told_in_versions(found)
    words += [text for one in told for text in (one["text"], one["evidence"])]
    with _change("erase-practice", found, by):
        found.text, found.evidence, found.declared_by = ERASED_WORDS, "", None
        found.withdrawn_at = found.withdrawn_at or timezone.now()
        found.save(update_fields=["text", "evidence", "declared_by", "withdrawn_at"])
    _clean(found, words, lambda one: one.update(text=ERASED_WORDS, evidence=""), by)


@transaction.atomic
def erase_confirmation(*, confirmation: Confirmation, by: User) -> None:
    """It is no more shown. Raises PracticeRefused."""
    found = _locked(confirmation, by)
    with _change("erase-confirmation", found.practice, by):
        Confirmation.objects.filter(pk=found.pk).delete()
    moment = found.confirmed_at.isoformat()

    def clean(practice: Document) -> None:
        for one in practice["confirmations"]:
            if one["confirmed_at"] == moment and one["words"] == found.words:
                one["words"] = ERASED_WORDS

    _clean(found.practice, [found.words], clean, by)


@transaction.atomic
def erase_contradiction(*, contradiction: Contradiction, by: User) -> None:
    """Once closed, how it was judged still shows; still open, it is taken back. Raises PracticeRefused."""
    found = _locked(contradiction, by)
    with _change("erase-contradiction", found.practice, by):
        if found.state == Contradiction.State.OPEN:
            Contradiction.objects.filter(pk=found.pk).delete()
            forget_mail(about=f"contradiction:{found.pk}", by=by)
        else:
            Contradiction.objects.filter(pk=found.pk).update(
                reason=ERASED_WORDS, evidence="", contact="", author=None
            )
    _clean(found.practice, [found.reason, found.evidence], lambda one: None, by)


def _locked(row: Row, by: User) -> Row:
    take_turn()
    found = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None or ERASED_WORDS in (getattr(found, "text", ""), getattr(found, "reason", "")):
        raise PracticeRefused(_("Ces mots sont déjà effacés."))
    if not may_erase_words(by, found):
        raise PracticeRefused(
            _("Ces mots sont effacés par qui les a écrits, ou par un gardien des données à sa demande.")
        )
    return found


@contextmanager
def _change(verb: str, practice: Practice, by: User) -> Iterator[None]:
    """A revision where it is shown. One of an organisation that is away has none: it is shown nowhere."""
    subject = subject_of(practice.party.public_id if practice.party else public_id(practice.identity))
    shown = [practice.party_id] if practice.party_id else []
    with change_parties(parties=shown, verb=verb, subject=subject, by=by, reason=ERASED):
        yield
    write_journal(verb=verb, subject=subject, by=by, practice=practice.pk)


def _versions_of(practice: Practice) -> Iterator[tuple[Version, list[Document]]]:
    """Those that hold it, each with what it holds of it."""
    subjects = subjects_of(ever_joined(practice.identity))
    for version in Version.objects.filter(subject__in=subjects):
        found = [
            one
            for one in version.content.get("practices", [])
            if (one["theme"], one["declared_at"]) == (practice.theme, practice.declared_at.isoformat())
        ]
        if found:
            yield version, found


def _told_in_versions(practice: Practice) -> list[Document]:
    return [dict(one) for _version, found in _versions_of(practice) for one in found]


def _clean(practice: Practice, words: list[str], clean: Callable[[Document], None], by: User) -> None:
    """Take ``words`` out of what others said about ``practice``, and, with ``clean``, out of its versions."""
    told = sorted({one for one in words if one and one != ERASED_WORDS}, key=len, reverse=True)
    for version, found in _versions_of(practice):
        for one in found:
            clean(one)
            one.update(without_words(one, told, ERASED_WORDS))
        Version.objects.filter(pk=version.pk).update(content=version.content)
    for confirmation in practice.confirmations.all():
        _quote_less(confirmation, told, "words")
    for contradiction in practice.contradictions.all():
        _quote_less(contradiction, told, "reason", "evidence", "reply", "answer")
        forget_mail(about=f"contradiction:{contradiction.pk}", by=by)
    transaction.on_commit(write_file_anew)


def _quote_less(row: Model, words: list[str], *names: str) -> None:
    said: dict[str, Any] = {name: getattr(row, name) for name in names}
    save_if_changed(row, **without_words(said, words, ERASED_WORDS))
