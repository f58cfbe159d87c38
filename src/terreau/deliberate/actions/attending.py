"""How many of each college were at a meeting: counted in the room, written by hand."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.models import Attendance, Step
from terreau.deliberate.rules import may_facilitate

from .writing import NotAllowed, locked, write_change


@transaction.atomic
def count_attendance(*, step: Step, numbers: Mapping[str, int], by: User) -> None:
    """College → people, 0 for nobody; what it replaces stays readable. Raises NotAllowed, ValidationError."""
    row = locked(step.process)
    if row.is_draft or not may_facilitate(by, row):
        raise NotAllowed(_("Les présents sont comptés par les animateurs d’une démarche publique."))
    unknown = numbers.keys() - set(row.colleges)
    if unknown:
        raise ValidationError(_("Ce collège n’est pas de cette démarche."))
    before = dict(step.attendances.values_list("college", "number"))
    now = {college: number for college, number in numbers.items() if number}
    if now == before:
        return
    step.attendances.all().delete()
    Attendance.objects.bulk_create(
        Attendance(step=step, college=college, number=number) for college, number in now.items()
    )
    write_change(row, "count-attendance", by=by, before={"step": step.token, "numbers": before})
