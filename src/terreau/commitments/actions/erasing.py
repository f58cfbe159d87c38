"""Erasing what a person wrote in the register: no trace of her words stays, and history still reads.

What is left on PostgreSQL until VACUUM, and in backups: ``docs/guides/erasure.md``.
"""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import Commitment
from terreau.commitments.queries.words import ADDRESSES, ERASED, STEP_WORDS, WORDS, family_of, texts_of
from terreau.commitments.rules import may_erase
from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import clean_publications, without_words, write_file_anew
from terreau.commons.actions.log_keeping import erase_from_log
from terreau.commons.actions.mail import forget_mail
from terreau.commons.models import User
from terreau.commons.search.fold import fold_for_search
from terreau.lake.turn import take_turn

from .writing import NotAllowed, searchable, subject_of, write_change


@transaction.atomic
def erase_words(*, commitment: Commitment, texts: Collection[str], by: User) -> int:
    """Take texts out of a commitment, and of those that it replaced or that replace it, for they copy its words.

    ``texts``: keys of ``queries.words.texts_of``. Returns how many texts. Raises ValidationError, NotAllowed. On SQLite
    the file is written anew once the act is certain: a time that grows with its size.
    """
    take_turn()
    if not may_erase(by):
        raise NotAllowed(_("Seuls les gardiens des données et les administrateurs effacent des mots."))
    row = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    known = {text.key: text.words for text in texts_of(row)}
    words = sorted({known[key] for key in texts if key in known}, key=len, reverse=True)
    if not words:
        raise ValidationError({"texts": _("Choisissez au moins un texte à effacer.")})
    for one in family_of(row):
        _clean(one, words)
        forget_mail(about=subject_of(one), by=by)
        erase_from_log(subject=subject_of(one), by=by)
    clean_publications([*words, *filter(None, map(fold_for_search, words))], ERASED)
    row.refresh_from_db()
    if row.is_draft:
        write_journal(verb="erase-commitment-words", subject=subject_of(row), by=by)
    else:
        write_change(row, "erase-commitment-words", by=by)
    transaction.on_commit(write_file_anew)
    return len(words)


def _clean(row: Commitment, words: list[str]) -> None:
    for step in row.fulfilments.all():
        _save(step, **_cleaned(step, STEP_WORDS, ("evidence_url",), words))
    for change in row.changes.all():
        before = {
            name: "" if name in ADDRESSES and said in words else without_words(said, words, ERASED)
            for name, said in change.before.items()
        }
        _save(change, before=before, reason=without_words(change.reason, words, ERASED))
    changed = _cleaned(row, WORDS, ADDRESSES, words)
    for name, value in changed.items():
        setattr(row, name, value)
    _save(row, **changed, search_text=searchable(row), changed_at=timezone.now())


def _cleaned(
    row: Model, words_of: Collection[str], addresses: Collection[str], words: list[str]
) -> dict[str, Any]:
    """An address is emptied, for a mention would be no address."""
    columns: dict[str, Any] = {name: row._meta.get_field(name) for name in words_of}
    said = {
        name: without_words(getattr(row, name), words, ERASED)[: column.max_length]
        for name, column in columns.items()
    }
    return {**said, **{name: "" for name in addresses if getattr(row, name) in words}}


def _save(row: Model, **values: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**values)


@transaction.atomic
def discard_drafts_of(*, user: User, by: User | None) -> int:
    """The drafts of an account that is about to be erased. Returns how many."""
    take_turn()
    drafts = Commitment.objects.filter(state="draft", created_by=user)
    found = drafts.count()
    if found:
        drafts.delete()
        write_journal(verb="discard-drafts", subject=f"person:{user.pk}", by=by, count=found)
        transaction.on_commit(write_file_anew)
    return found
