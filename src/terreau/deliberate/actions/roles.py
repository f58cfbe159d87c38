"""Who facilitates, examines, votes, decides on one process: given and ended by those who facilitate it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Power, State
from terreau.deliberate.models import Process, ProcessRole
from terreau.deliberate.rules import may_facilitate

from .writing import NotAllowed, locked, subject_of, write_change


@transaction.atomic
def give_role(
    *,
    process: Process,
    email: str,
    power: str,
    shown_name: str,
    college: str = "",
    interests_url: str,
    by: User,
) -> ProcessRole:
    """To somebody who has an account; she is asked to declare her interests, at ``interests_url``.

    Raises NotAllowed, ValidationError.
    """
    row = locked(process)
    _check(row, by)
    problems = {}
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        problems["email"] = _(
            "Personne n’a de compte à cette adresse : demandez-lui d’en ouvrir un, puis recommencez."
        )
    if not shown_name.strip():
        problems["shown_name"] = _("Donnez le nom affiché : un rôle est public.")
    if problems or person is None:
        raise ValidationError(problems)
    if row.roles.filter(user=person, power=power, ended_at__isnull=True).exists():
        raise ValidationError({"power": _("Cette personne a déjà ce rôle ici.")})
    role = ProcessRole(
        process=row, user=person, power=power, shown_name=shown_name.strip(), college=college, given_by=by
    )
    role.full_clean(exclude=["process", "user", "given_by"], validate_constraints=False)
    role.save()
    _tell(row, "give-process-role", role, by)
    queue_mail(
        to=person.email,
        subject=_("Démarche « %s »") % row.title,
        body=_(
            "Vous avez le rôle « %(role)s » dans la démarche « %(title)s », sous le nom « %(name)s ».\n\n"
            "Si vous avez un intérêt dans ce dossier, ou dans une de ses propositions, déclarez-le ici : le dossier "
            "vous sera fermé, et cela protège votre décision.\n%(url)s"
        )
        % {
            "role": Power(power).label,
            "title": row.title,
            "name": role.shown_name,
            "url": interests_url,
        },
        about=f"person:{person.pk}",
        by=by,
    )
    return role


@transaction.atomic
def end_role(*, role: ProcessRole, by: User) -> ProcessRole:
    """By those who facilitate, or by its holder; it stays readable. Raises NotAllowed."""
    row = locked(role.process)
    held = row.roles.get(pk=role.pk)
    if held.user_id != by.pk or row.state == State.STOPPED:
        _check(row, by)
    if held.ended_at is not None:
        return held
    others = row.roles.filter(power=Power.FACILITATOR, ended_at__isnull=True).exclude(pk=held.pk)
    if held.power == Power.FACILITATOR and not others.exists():
        raise NotAllowed(
            _("Une démarche a toujours un animateur nommé : donnez d’abord ce rôle à quelqu’un d’autre.")
        )
    held.ended_at = timezone.now()
    held.save(update_fields=["ended_at"])
    _tell(row, "end-process-role", held, by)
    return held


def _check(row: Process, by: User) -> None:
    if not may_facilitate(by, row):
        raise NotAllowed(_("Les rôles sont donnés et terminés par les animateurs de la démarche."))
    if row.state == State.STOPPED:
        raise NotAllowed(_("Cette démarche est arrêtée : ses rôles ne changent plus."))


def _tell(row: Process, verb: str, role: ProcessRole, by: User) -> None:
    """What concerns a draft is private; the name is read in the role, not kept twice."""
    if row.is_draft:
        write_journal(verb="change-process-draft", subject=subject_of(row), by=by)
    else:
        write_change(row, verb, by=by, before={"power": role.power})
