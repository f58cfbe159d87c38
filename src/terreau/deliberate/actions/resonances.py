"""The resonance matrix: whoever facilitates or keeps the data says which action serves which orientation."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.deliberate.models import Process, Resonance, ResonanceMatrix
from terreau.deliberate.rules import is_known, may_resonate, may_start
from terreau.lake.turn import take_turn

from .writing import NotAllowed


@transaction.atomic
def make_matrix(
    *,
    title: str,
    orientations: Programme,
    programmes: Iterable[Programme] = (),
    process: Process | None = None,
    by: User,
) -> ResonanceMatrix:
    """Raises NotAllowed, ValidationError."""
    take_turn()
    _check_may_keep(by)
    title, chosen = " ".join(title.split()), list(programmes)
    _check_programmes(orientations, chosen)
    row = ResonanceMatrix(slug=_free_slug(title), title=title, orientations=orientations, process=process)
    row.full_clean(exclude=["orientations", "process"])
    row.save()
    row.programmes.set(chosen)
    write_journal(verb="make-matrix", subject=subject_of_matrix(row), by=by)
    return row


@transaction.atomic
def change_matrix(*, matrix: ResonanceMatrix, programmes: Iterable[Programme], by: User) -> ResonanceMatrix:
    """Which actors' programmes it shows; their resonances stay if one leaves. Raises NotAllowed, ValidationError."""
    take_turn()
    _check_may_keep(by)
    chosen = list(programmes)
    _check_programmes(matrix.orientations, chosen)
    matrix.programmes.set(chosen)
    write_journal(verb="change-matrix", subject=subject_of_matrix(matrix), by=by, programmes=len(chosen))
    return matrix


@transaction.atomic
def add_resonance(
    *,
    matrix: ResonanceMatrix,
    action: ProgrammeItem,
    orientation: ProgrammeItem,
    words: str = "",
    by: User,
) -> Resonance:
    """Said once: again, it changes ``words``. Who speaks for an actor says it of its programme; unknown as yet, she is
    reviewed first, and changes no line that is published. Raises NotAllowed, ValidationError.
    """
    take_turn()
    _check_may_say(by, action)
    if orientation.programme_id != matrix.orientations_id or orientation.is_withdrawn:
        raise ValidationError({"orientation": _("Choisissez une orientation de ce tableau.")})
    if action.is_withdrawn or not matrix.programmes.filter(pk=action.programme_id).exists():
        raise ValidationError({"action": _("Choisissez une action d’un programme de ce tableau.")})
    row = Resonance.objects.filter(matrix=matrix, action=action, orientation=orientation).first()
    row = row or Resonance(matrix=matrix, action=action, orientation=orientation)
    waits = not may_start(by) and not is_known(by)
    if waits and row.pk is not None and not row.is_waiting:
        raise ValidationError({"orientation": _("Cette résonance est déjà notée et publiée.")})
    row.words, row.is_waiting, row.by = words.strip(), waits, row.by or by
    row.full_clean(exclude=["matrix", "action", "orientation", "by"], validate_constraints=False)
    row.save()
    _journal("add-resonance", row, by)
    return row


@transaction.atomic
def withdraw_resonance(*, resonance: Resonance, by: User) -> None:
    """Raises NotAllowed."""
    take_turn()
    _check_may_say(by, resonance.action)
    _journal("withdraw-resonance", resonance, by)
    resonance.delete()


@transaction.atomic
def publish_resonance(*, resonance: Resonance, by: User) -> Resonance:
    """Reviewed, by somebody else than who wrote it. Raises NotAllowed."""
    take_turn()
    _check_may_keep(by)
    if resonance.by_id == by.pk:
        raise NotAllowed(_("Une autre personne relit ce que vous avez écrit."))
    resonance.is_waiting = False
    resonance.save(update_fields=["is_waiting"])
    _journal("publish-resonance", resonance, by)
    return resonance


def _journal(verb: str, row: Resonance, by: User) -> None:
    write_journal(
        verb=verb,
        subject=subject_of_matrix(row.matrix),
        by=by,
        action=[row.action.programme.slug, row.action.code],
        orientation=row.orientation.code,
    )


def subject_of_matrix(matrix: ResonanceMatrix) -> str:
    return f"matrix:{matrix.slug}"


def _check_may_keep(by: User) -> None:
    if not may_start(by):
        raise NotAllowed(
            _("Seuls les animateurs et les gardiens des données tiennent un tableau des résonances.")
        )


def _check_may_say(by: User, action: ProgrammeItem) -> None:
    if not may_resonate(by, action.programme):
        raise NotAllowed(
            _(
                "Une résonance est notée par les animateurs, les gardiens des données et qui parle pour l’acteur de "
                "ce programme."
            )
        )


def _check_programmes(orientations: Programme, programmes: list[Programme]) -> None:
    if any(one.pk == orientations.pk for one in programmes):
        raise ValidationError(
            {
                "programmes": _(
                    "Les orientations sont un programme à part : décochez-le parmi ceux des acteurs."
                )
            }
        )


def _free_slug(words: str) -> str:
    stem = slugify(words)[:60].strip("-") or "resonances"
    taken = {"nouveau", *ResonanceMatrix.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    return next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if one not in taken)
