"""Questions that pages, files and the API put to the observatory: one file per topic."""

from django.db.models import QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party


def visible_parties() -> "QuerySet[Party]":
    """Every party that may be shown. All reads start here: a masked party is nowhere."""
    return Party.objects.exclude(diffusion=Diffusion.MASKED)
