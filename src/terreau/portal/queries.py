"""What the home page counts across rooms."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from terreau.commons.enums import Perimeter
from terreau.commons.models import Place, Site, Source
from terreau.observe.models import SourceRecord
from terreau.observe.queries import visible_parties


@dataclass(frozen=True)
class HomeFigures:
    """``communes_reached``: with at least one active site of a party shown, out of the region's communes."""

    organisations: int
    in_perimeter: int
    communes_reached: int
    communes: int
    sources: int
    oldest: date | None
    newest: date | None


def sources_read() -> "QuerySet[Source]":
    """The sources from which at least one organisation was read."""
    return Source.objects.filter(Exists(SourceRecord.objects.filter(source=OuterRef("pk"))))


def home_figures() -> HomeFigures:
    parties = visible_parties().filter(is_active=True)
    sites = Site.objects.filter(is_active=True, party__in=parties, commune__communes_in_region__gt=0)
    sources = sources_read()
    dates = sources.aggregate(oldest=Min("vintage"), newest=Max("vintage"))
    return HomeFigures(
        organisations=parties.count(),
        in_perimeter=parties.filter(perimeter=Perimeter.IN).count(),
        communes_reached=sites.values("commune").distinct().count(),
        communes=Place.objects.filter(zoning="commune", communes_in_region__gt=0).count(),
        sources=sources.count(),
        **dates,
    )
