"""Computing the indicators of every territory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet

from terreau.commons.actions import write_journal
from terreau.commons.models import Source, User
from terreau.observe import bridge
from terreau.observe.bridge import Figures, Territory
from terreau.observe.indicators import (
    ESS_ORGANISATIONS,
    FUNDED_AMOUNT,
    FUNDED_POSTS,
    ORGANISATIONS,
    ORGANISATIONS_PER_10000,
    PER,
    POPULATION,
    WORK_INTEGRATION,
    Indicator,
)
from terreau.observe.models import IndicatorValue, Scheme
from terreau.observe.queries import indicators as read

Series = Iterator[tuple[Indicator, str, Figures]]
"""(indicator, period, its figures)"""


@transaction.atomic
def compute_indicators(*, by: User | None) -> dict[str, int]:
    """Compute every indicator for every place of every zoning, and put them in place of those published.

    Returns indicator → how many figures are published (empty ones left out). An indicator none of whose
    sources was read gets no row: it is not measured.
    """
    territory = _territory()
    values: list[IndicatorValue] = []
    counts: Counter[str] = Counter()
    for indicator, period, figures in _all_series(territory):
        # Money is summed in cents, exactly, and published in euros.
        scale = 100 if indicator is FUNDED_AMOUNT else 1
        for zone, (value, unplaced) in figures.items():
            shown = None if value is None else value / scale
            values.append(
                IndicatorValue(
                    indicator=indicator.code,
                    place_id=int(zone),
                    period=period,
                    value=shown,
                    unplaced=unplaced,
                )
            )
            counts[indicator.code] += value is not None
    IndicatorValue.objects.all().delete()
    IndicatorValue.objects.bulk_create(values, batch_size=2_000)
    write_journal(verb="compute-indicators", by=by, published=dict(counts))
    return dict(counts)


def _all_series(territory: Territory) -> Series:
    population = bridge.population_by_year(
        ((str(place), year, count) for place, year, count in read.population_counts()), territory
    )
    for year, figures in population.items():
        yield POPULATION, str(year), figures
    last_year = population[max(population)] if population else {}
    yield from _organisations(territory, last_year)
    yield from _fundings(territory)


def _organisations(territory: Territory, population: Figures) -> Series:
    vintage = _newest(read.read_sources())
    if vintage:
        organisations = _count(ORGANISATIONS, read.located_organisations(), territory)
        yield ORGANISATIONS, vintage, organisations
        yield ORGANISATIONS_PER_10000, vintage, bridge.rate(organisations, population, per=PER)
        yield (
            ESS_ORGANISATIONS,
            vintage,
            _count(ESS_ORGANISATIONS, read.located_ess_organisations(), territory),
        )
    vintage = _newest(read.sources_of_scheme(Scheme.WORK_INTEGRATION))
    if vintage:
        members = read.located_scheme_members(Scheme.WORK_INTEGRATION)
        yield WORK_INTEGRATION, vintage, _count(WORK_INTEGRATION, members, territory)


def _fundings(territory: Territory) -> Series:
    amounts: dict[int, list[tuple[str | None, int]]] = defaultdict(list)
    posts: dict[int, list[tuple[str | None, int]]] = defaultdict(list)
    for year, commune, departement, cents, number in read.placed_fundings():
        place = _key(commune or departement)
        amounts[year].append((place, cents))
        if number:
            posts[year].append((place, number))
    for indicator, by_year in ((FUNDED_AMOUNT, amounts), (FUNDED_POSTS, posts)):
        for year, rows in sorted(by_year.items()):
            yield indicator, str(year), bridge.sum_amounts(rows, territory, exhaustive=indicator.exhaustive)


def _count(indicator: Indicator, rows: Iterable[tuple[str, int | None]], territory: Territory) -> Figures:
    located = ((siren, _key(place)) for siren, place in rows)
    return bridge.count_units(located, territory, exhaustive=indicator.exhaustive)


def _territory() -> Territory:
    communes = ((str(place), bool(inside)) for place, inside in read.commune_coverage())
    belongs = ((str(commune), str(zone)) for commune, zone in read.memberships())
    return Territory.build(communes, belongs, (str(place) for place in read.departements()))


def _key(place: int | None) -> str | None:
    return None if place is None else str(place)


def _newest(sources: "QuerySet[Source]") -> str | None:
    """The newest date that these sources describe; empty when none gives a date, None without a source."""
    if not sources.exists():
        return None
    newest: date | None = sources.aggregate(newest=Max("vintage"))["newest"]
    return newest.isoformat() if newest else ""
