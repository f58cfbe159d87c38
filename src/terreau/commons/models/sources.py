"""Where what we show comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import LICENCE_CHOICES, LICENCES, Licence


class Source(models.Model):
    """A published file or service, as declared in ``observe/sources/*.toml`` or by a steward's mapping file.

    ``vintage``: the date the content describes, not the day we read it. ``precedence``: 1 is believed first
    when two sources give a value for the same field.
    """

    code = models.SlugField(_("code"), primary_key=True)
    title = models.CharField(_("titre"), max_length=200)
    publisher = models.CharField(_("éditeur"), max_length=200)
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCE_CHOICES)
    url = models.URLField(_("adresse"), blank=True, max_length=500)
    vintage = models.DateField(_("date des données"), null=True, blank=True)
    frequency = models.CharField(_("fréquence"), max_length=40, blank=True)
    covers = models.TextField(_("ce que la source couvre et ne couvre pas"), blank=True)
    precedence = models.PositiveSmallIntegerField(_("ordre de confiance"), default=50)

    class Meta:
        ordering = ["precedence", "code"]
        verbose_name = _("source")

    def __str__(self) -> str:
        return self.title

    @property
    def licence_terms(self) -> Licence:
        return LICENCES[self.licence]
