"""Which days the content of each dataset describes."""

import datetime as dt

from django.db.models import Max, Min, QuerySet

from terreau.commons.models import Source
from terreau.observe.models import IndicatorValue

Period = tuple[dt.date, dt.date]


def periods_described() -> dict[str, Period]:
    """Dataset → first and last day that its sources, or its figures, speak of. Absent when no source says it."""
    harvested = _vintages(Source.objects.filter(records__isnull=False))
    zonings = _vintages(Source.objects.filter(zonings__isnull=False))
    found = {
        "organisations": harvested,
        "sites": harvested,
        "places": zonings,
        "memberships": zonings,
        "indicators": _figures(),
    }
    return {name: period for name, period in found.items() if period}


def _vintages(sources: "QuerySet[Source]") -> Period | None:
    found = sources.aggregate(first=Min("vintage"), last=Max("vintage"))
    return (found["first"], found["last"]) if found["first"] else None


def _figures() -> Period | None:
    """A period of a figure is a year, ``2021``, or a day, ``2024-08-01``."""
    found = IndicatorValue.objects.aggregate(first=Min("period"), last=Max("period"))
    try:
        return _day(found["first"], "-01-01"), _day(found["last"], "-12-31")
    except (TypeError, ValueError):  # no figure, or a period that is no date
        return None


def _day(period: str, rest_of_year: str) -> dt.date:
    return dt.date.fromisoformat(period + rest_of_year if len(period) == 4 else period)
