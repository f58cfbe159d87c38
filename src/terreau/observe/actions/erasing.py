"""Erasing what a person contributed: no trace of her words stays, and history still reads.

What is left on PostgreSQL until VACUUM, and in backups: ``docs/guides/erasure.md``.
"""

from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import clean_publications, without_words, write_file_anew
from terreau.commons.actions.log_keeping import erase_from_log
from terreau.commons.actions.mail import forget_mail
from terreau.commons.models import Party, Revision, User, Version, public_id
from terreau.commons.search.fold import fold_for_search
from terreau.commons.search.index import rebuild
from terreau.lake.turn import take_turn
from terreau.observe.models import Appeal, Choice, Correction, Merge, SourceRecord
from terreau.observe.queries.documents import subject_of

from .correction_answers import apply_to_party
from .correction_records import change_place, is_of_place
from .correction_values import CorrectionRefused
from .refreshing import refresh_published

ERASED = "effacé à la demande de son auteur"
_WORDS = ("name", "acronym", "website", "description", "address", "site_name", "opening_hours")


@transaction.atomic
def erase_correction(*, correction: Correction, by: User | None) -> None:
    """Take the words of ``correction`` out of everything: by its author's link, or by a steward at her request.

    What it said is no more shown. Raises CorrectionRefused when it is erased already. On SQLite the file is
    written anew once the act is certain: a time that grows with its size.
    """
    take_turn()
    found = Correction.objects.select_for_update().get(pk=correction.pk)
    if found.is_erased:
        raise CorrectionRefused(_("Cette correction est déjà effacée."))
    _erase(found, by)
    _finish(by)
    erase_from_log(subject=f"correction:{found.token}", by=by)
    write_journal(verb="erase-correction", subject=f"correction:{found.token}", by=by)


@transaction.atomic
def erase_corrections_of(*, user: User, by: User | None) -> int:
    """Every correction of an account that is about to be erased. Returns how many."""
    take_turn()
    found = list(Correction.objects.select_for_update().filter(author=user, is_erased=False))
    for one in found:
        _erase(one, by)
        erase_from_log(subject=f"correction:{one.token}", by=by)
    if found:
        _finish(by)
        write_journal(verb="erase-corrections", subject=f"person:{user.pk}", by=by, count=len(found))
    return len(found)


def _erase(correction: Correction, by: User | None) -> None:
    identities = ever_joined(correction.identity)
    subjects = _subjects(correction, identities)  # before its party goes, if nobody else speaks of it
    stood = correction.state == Correction.State.ACCEPTED
    if correction.state == Correction.State.PROPOSED:
        correction.state = Correction.State.WITHDRAWN
    correction.is_erased = True
    correction.save(update_fields=["state", "is_erased"])
    words = _texts(correction)
    said = [*words, *filter(None, (correction.evidence, correction.credit))]
    _forget_appeal(correction, said)
    _forget_choices(correction, words)
    if stood:
        _take_back(correction, by)
    forget_mail(about=f"correction:{correction.token}", by=by)
    _clean_history(correction, identities, subjects, words, said)
    if stood:
        clean_publications(words, ERASED)
    Correction.objects.filter(pk=correction.pk).update(
        values={},
        evidence="",
        credit="",
        contact="",
        answer=without_words(correction.answer, said, ERASED),
        secret_digest="",
        author=None,
    )


def _take_back(correction: Correction, by: User | None) -> None:
    correction.credit = ""
    if is_of_place(correction):
        change_place(correction, verb="erase-correction", by=by, reason=ERASED)
    elif correction.party:
        apply_to_party(correction, verb="erase-correction", by=by, reason=ERASED)


def _texts(correction: Correction) -> list[str]:
    """The values that are her words, longest first, as typed and as the search folds them; not those that another
    source says too.
    """
    said = [str(value) for name, value in correction.values.items() if name in _WORDS]
    others = SourceRecord.objects.filter(party=correction.party_id).exclude(key=correction.token)
    elsewhere = {str(value) for record in others.only("values") for value in record.values.values()}
    own = [text for text in said if text not in elsewhere]
    both = {*own, *(fold_for_search(text) for text in own)}
    return sorted((text for text in both if text), key=len, reverse=True)


def _forget_appeal(correction: Correction, said: list[str]) -> None:
    for appeal in Appeal.objects.filter(correction=correction):
        quoted = [*said, *filter(None, [appeal.words])]
        reasons = {
            name: without_words(getattr(appeal, name), quoted, ERASED) for name in ("refusal", "reason")
        }
        save_if_changed(appeal, words="", **reasons)


def _forget_choices(correction: Correction, words: list[str]) -> None:
    """A steward may have kept her value against others."""
    for choice in Choice.objects.filter(_of_its_party(correction)):
        if choice.value in words:
            choice.delete()


def _of_its_party(correction: Correction) -> Q:
    return Q(identity=correction.identity) | Q(party=correction.party_id, party__isnull=False)


def ever_joined(identity: str) -> set[str]:
    """Of a party, and of those into which it was ever merged."""
    named = new = {identity} - {""}
    while new:
        merged = Merge.objects.filter(gone_identity__in=new)
        new = set(merged.values_list("kept_identity", flat=True)) - named
        named = named | new
    return named


def _subjects(correction: Correction, identities: set[str]) -> set[str]:
    """Whose versions may hold her words."""
    if correction.place and not correction.identity:
        return {f"place:{correction.place.zoning_id}:{correction.place.code}"}
    return subjects_of(identities)


def subjects_of(identities: set[str]) -> set[str]:
    """Under which versions name the parties that had ``identities``, those that are away too."""
    gone = Merge.objects.filter(gone_identity__in=identities).values_list("gone_public_id", flat=True)
    there = Party.objects.filter(identity__in=identities).values_list("public_id", flat=True)
    return {subject_of(one) for one in {*gone, *there, *map(public_id, identities)}}


def _clean_history(
    correction: Correction, identities: set[str], subjects: set[str], words: list[str], said: list[str]
) -> None:
    """``words``: her values; ``said``: these, her source and her name, that stewards may have quoted."""
    for version in Version.objects.filter(subject__in=subjects):
        cleaned = without_words(version.content, words, ERASED)
        if "choices" in cleaned:
            cleaned["choices"] = without_words(cleaned["choices"], said, ERASED)
        save_if_changed(version, content=cleaned)
    own = f"correction:{correction.token}"
    Revision.objects.filter(subject=own).update(credit="")
    if correction.identity:
        others = Correction.objects.filter(_of_its_party(correction))
    else:
        others = Correction.objects.filter(place=correction.place_id, identity="")
    others = others.exclude(pk=correction.pk)
    for other in others:
        save_if_changed(other, values_before=without_words(other.values_before, words, ERASED))
    merges = Merge.objects.filter(Q(gone_identity__in=identities) | Q(kept_identity__in=identities))
    for rows, field in (
        (Revision.objects.filter(subject__in={own, *subjects}), "reason"),
        (others, "answer"),
        (Choice.objects.filter(_of_its_party(correction)), "reason"),
        (merges, "reason"),
        (merges, "undone_because"),
    ):
        for row in rows:
            save_if_changed(row, **{field: without_words(getattr(row, field), said, ERASED)})


def save_if_changed(row: Model, **values: Any) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        type(row)._base_manager.filter(pk=row.pk).update(**changed)


def _finish(by: User | None) -> None:
    rebuild()  # the index for search keeps words of rows that are gone until it is merged
    transaction.on_commit(lambda: refresh_published(by=by))
    transaction.on_commit(write_file_anew)
