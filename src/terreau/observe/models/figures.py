"""Figures computed from what sources say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Place


class IndicatorValue(models.Model):
    """A published figure: one indicator, one place, one period.

    ``value`` empty means *not measured*; it is never written 0 for want of a source. ``unplaced``: how many
    units of the level above could not be placed more finely, so a reader sees what the figure misses.
    """

    indicator = models.SlugField(_("indicateur"))
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="indicator_values")
    period = models.CharField(_("période"), max_length=10)  # "2022", "2022-01"
    value = models.FloatField(_("valeur"), null=True)
    unplaced = models.PositiveIntegerField(_("non localisés"), default=0)

    class Meta:
        ordering = ["indicator", "period"]
        verbose_name = _("valeur d’indicateur")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "place", "period"], name="indicator_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.place_id} {self.period}"
