"""Who was reminded of a step that ends."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .processes import Step


class Reminder(models.Model):
    """One for a step to an address, whatever happens. ``address_key``: a keyed digest, which says nothing of the
    address. It is forgotten once the step is over.
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    address_key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("rappel envoyé")
        constraints = [models.UniqueConstraint(fields=["step", "address_key"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.step_id}"
