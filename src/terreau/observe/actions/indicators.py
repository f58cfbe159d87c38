"""Computing the indicators of every territory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import Source, User
from terreau.lake.bulk import insert_rows
from terreau.lake.turn import take_turn
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
    Measure,
)
from terreau.observe.models import IndicatorValue, Scheme
from terreau.observe.queries import indicators as read

Series = Iterator[tuple[Indicator, str, Figures]]
"""(indicator, period, its figures)"""

Row = tuple[str, int, str, float | None, int]
COLUMNS = ("indicator", "place_id", "period", "value", "unplaced")


@dataclass(frozen=True)
class IndicatorsComputed:
    """``published``: indicator → how many figures, empty ones left out. ``changed``: any figure did change."""

    published: dict[str, int]
    places: int
    changed: bool

    def __str__(self) -> str:
        facts = {"figures": sum(self.published.values()), "places": self.places, "kinds": len(self.published)}
        found = _("%(kinds)d indicateurs, %(figures)d chiffres pour %(places)d territoires") % facts
        return found if self.changed else found + _(" ; rien n’a changé")


@transaction.atomic
def compute_indicators(
    *, by: User | None, progress: Callable[[int, int], None] | None = None
) -> IndicatorsComputed:
    """Compute every indicator for every place of every zoning, and put them in place of those published.

    An indicator none of whose sources was read gets no row: it is not measured. When nothing changed,
    nothing is written. ``progress(families of indicators done, in all)``.
    """
    take_turn()
    territory = _territory()
    families = (_population, _organisations, _work_integration, _fundings)
    rows: list[Row] = []
    for done, family in enumerate(families, start=1):
        for indicator, period, figures in family(territory):
            rows.extend(_rows(indicator, period, figures))
        if progress:
            progress(done, len(families))
    published = Counter(row[0] for row in rows if row[3] is not None)
    places = len({row[1] for row in rows})
    changed = set(rows) != set(IndicatorValue.objects.values_list(*COLUMNS))
    if changed:
        IndicatorValue.objects.all().delete()
        insert_rows(IndicatorValue, COLUMNS, rows)
        write_journal(verb="compute-indicators", by=by, published=dict(published), places=places)
    return IndicatorsComputed(dict(published), places, changed)


def _rows(indicator: Indicator, period: str, figures: Figures) -> Iterator[Row]:
    # Money is summed in cents, exactly, and published in euros.
    scale = 100 if indicator.measure is Measure.EUROS else 1
    for zone, (value, unplaced) in figures.items():
        yield indicator.code, int(zone), period, None if value is None else value / scale, unplaced


def _population(territory: Territory) -> Series:
    for year, figures in _population_by_year(territory).items():
        yield POPULATION, str(year), figures


def _population_by_year(territory: Territory) -> dict[int, Figures]:
    counts = ((str(place), year, count) for place, year, count in read.population_counts())
    return bridge.population_by_year(counts, territory)


def _organisations(territory: Territory) -> Series:
    vintage = _newest(read.read_sources())
    if vintage is None:
        return
    population = _population_by_year(territory)
    last_year = population[max(population)] if population else {}
    organisations = _count(ORGANISATIONS, read.located_organisations(), territory)
    yield ORGANISATIONS, vintage, organisations
    yield ORGANISATIONS_PER_10000, vintage, bridge.rate(organisations, last_year, per=PER)
    yield ESS_ORGANISATIONS, vintage, _count(ESS_ORGANISATIONS, read.located_ess_organisations(), territory)


def _work_integration(territory: Territory) -> Series:
    vintage = _newest(read.sources_of_scheme(Scheme.WORK_INTEGRATION))
    if vintage is not None:
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
