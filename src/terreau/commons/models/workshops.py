"""A workshop: a room full of people on one connection, for an afternoon."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from terreau.commons.tokens import LETTERS

from .places import Place

MOST_HOURS = 12
MOST_EXPECTED = 500
ACTS_A_PERSON = 20
MOST_ACTS = 3_000


def new_code() -> str:
    """Six letters and digits, typed from a poster."""
    return get_random_string(6, LETTERS)


class Workshop(models.Model):
    """Whoever enters ``code`` in the room is counted with the room and no more with her connection: nothing else.

    It begins and ends by itself. ``used``: how many acts were counted, of ``allowance`` in all.
    """

    code = models.CharField(_("code"), max_length=6, unique=True, default=new_code)
    name = models.CharField(_("nom de l’atelier"), max_length=120)
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    starts_at = models.DateTimeField(_("commence le"), db_index=True)
    hours = models.PositiveSmallIntegerField(_("durée en heures"))
    expected = models.PositiveSmallIntegerField(_("personnes attendues"))
    used = models.PositiveIntegerField(_("actes comptés"), default=0)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="workshops"
    )
    opened_at = models.DateTimeField(_("ouvert le"), auto_now_add=True)
    ended_at = models.DateTimeField(_("arrêté avant l’heure le"), null=True)

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("atelier")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours__gte=1, hours__lte=MOST_HOURS), name="workshop_of_one_day"
            ),
            models.CheckConstraint(
                condition=models.Q(expected__gte=1, expected__lte=MOST_EXPECTED), name="workshop_of_one_room"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ends_at(self) -> dt.datetime:
        planned = self.starts_at + dt.timedelta(hours=self.hours)
        return min(self.ended_at, planned) if self.ended_at else planned

    @property
    def is_open(self) -> bool:
        return self.starts_at <= timezone.now() < self.ends_at

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.ends_at

    @property
    def allowance(self) -> int:
        return min(ACTS_A_PERSON * self.expected, MOST_ACTS)
