"""A declared interest locks its file for whoever declares it, until it has ended (trap 2)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.models import Interest, Process, Proposal, Text
from terreau.deliberate.rules import powers_of

from .writing import NotAllowed, locked, write_change


@transaction.atomic
def declare_interest(
    *, process: Process, words: str, proposal: Proposal | None = None, text: Text | None = None, by: User
) -> Interest:
    """In one proposal, one text, or the whole process; by whoever has a role in it.

    Raises NotAllowed, ValidationError.
    """
    row = locked(process)
    if not powers_of(by, row) or row.is_draft:
        raise NotAllowed(_("Un intérêt est déclaré par qui a un rôle dans une démarche publique."))
    if not words.strip():
        raise ValidationError({"words": _("Dites quel intérêt, en quelques mots : c’est public.")})
    for file in (proposal, text):
        if file is not None and file.process_id != row.pk:
            raise NotAllowed(_("Ce dossier n’est pas de cette démarche."))
    same = row.interests.filter(user=by, proposal=proposal, text=text, ended_at__isnull=True)
    if same.exists():
        raise ValidationError({"words": _("Vous avez déjà déclaré un intérêt dans ce dossier.")})
    shown = row.roles.filter(user=by, ended_at__isnull=True).values_list("shown_name", flat=True)[0]
    return write_interest(row, words=words, shown_name=shown, proposal=proposal, text=text, by=by)


def write_interest(
    row: Process,
    *,
    words: str,
    shown_name: str,
    proposal: Proposal | None = None,
    text: Text | None = None,
    by: User,
) -> Interest:
    interest = Interest(
        process=row, user=by, shown_name=shown_name, proposal=proposal, text=text, words=words.strip(),
        declared_at=timezone.now(),
    )  # fmt: skip
    interest.full_clean(exclude=["process", "user", "proposal", "text"], validate_constraints=False)
    interest.save()
    write_change(row, "declare-interest", by=by)
    return interest


@transaction.atomic
def end_interest(*, interest: Interest, because: str, by: User) -> Interest:
    """By whoever declared it; the reason is public, and the file opens again. Raises NotAllowed, ValidationError."""
    row = locked(interest.process)
    held = row.interests.get(pk=interest.pk)
    if held.user_id != by.pk or held.ended_at is not None:
        raise NotAllowed(_("Un intérêt est terminé une fois, par la personne qui l’a déclaré."))
    if not because.strip():
        raise ValidationError({"because": _("Dites pourquoi il a pris fin : c’est public.")})
    held.ended_at, held.ended_because = timezone.now(), because.strip()
    held.full_clean(exclude=["process", "user", "proposal", "text"], validate_constraints=False)
    held.save()
    write_change(row, "end-interest", by=by)  # the reason is in the interest, and kept once
    return held
