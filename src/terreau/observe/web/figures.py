"""Published figures as a reader sees them: the value, or why there is none, and what the levels above say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from terreau.commons.models import Place
from terreau.observe import bridge
from terreau.observe.indicators import INDICATORS, ORGANISATIONS, POPULATION, Indicator, Measure
from terreau.observe.models import IndicatorValue
from terreau.observe.queries.indicators import values_at, yearly_sources
from terreau.ui.templatetags.ui import euros, format_number, percent

Key = tuple[str, str, int]
"""(indicator, period, place)"""


@dataclass(frozen=True)
class Cell:
    """``text``: the figure, or words when there is none. ``comparison``: this place against that level."""

    text: str
    is_figure: bool
    comparison: str = ""
    level: str = ""  # its name, for a screen too narrow for columns


@dataclass(frozen=True)
class Row:
    """``as_of``: the year, or the date of the newest source. ``unplaced``: how many may be here, not placed."""

    indicator: Indicator
    as_of: str
    here: Cell
    above: list[Cell]
    unplaced: int
    unplaced_words: str


@dataclass(frozen=True)
class Table:
    """One indicator by year, or all those that have no year. ``sources``: (years, titles of their sources).

    ``levels``: what the place is compared with; by year, only the levels that have a figure.
    """

    title: str
    by_year: bool
    levels: list[Place]
    rows: list[Row]
    sources: list[tuple[str, str]]

    @property
    def has_own_figure(self) -> bool:
        return any(row.here.is_figure for row in self.rows)


@dataclass(frozen=True)
class Year:
    """Population of one year; ``missing``: how many communes have no count."""

    year: int
    value: int | None
    missing: int


@dataclass(frozen=True)
class Figures:
    tables: list[Table]
    population: list[Year]

    @property
    def unplaced_organisations(self) -> int:
        """How many organisations may work here, of those whose source gives no commune."""
        rows = (row for table in self.tables for row in table.rows)
        return next((row.unplaced for row in rows if row.indicator is ORGANISATIONS), 0)

    @property
    def latest_population(self) -> Year | None:
        return next((year for year in reversed(self.population) if year.value is not None), None)

    @property
    def earliest_population(self) -> Year | None:
        return next((year for year in self.population if year.value is not None), None)


def figures_of(place: Place, levels: Sequence[Place]) -> Figures:
    """Every figure of ``place`` against ``levels``, in one query."""
    return figures_from(values_at([place, *levels]), place, levels)


def figures_from(
    found: Iterable[IndicatorValue], place: Place, levels: Sequence[Place] = (), *, with_sources: bool = True
) -> Figures:
    """``with_sources`` False: for figures of the past, whose sources are not those of today."""
    values: dict[Key, IndicatorValue] = {(one.indicator, one.period, one.place_id): one for one in found}
    comparisons = _compare(values, place, levels)
    periods: dict[str, list[str]] = {code: [] for code in INDICATORS}
    for code, period, _place in values:
        if code in periods and period not in periods[code]:
            periods[code].append(period)

    def rows(indicator: Indicator) -> list[Row]:
        return [
            _row(indicator, period, place, levels, values, comparisons)
            for period in sorted(periods[indicator.code], reverse=True) or [""]
        ]

    once = [row for one in INDICATORS.values() if not one.by_year for row in rows(one)[:1]]
    tables = [Table(_("Organisations"), False, list(levels), once, [])]
    for indicator in INDICATORS.values():
        if indicator.by_year and indicator is not POPULATION:
            titles = _titles_by_years(yearly_sources(indicator.sources)) if with_sources else []
            tables.append(
                _without_empty_levels(
                    Table(str(indicator.title), True, list(levels), rows(indicator), titles)
                )
            )
    return Figures(tables, _population(values, place))


def _without_empty_levels(table: Table) -> Table:
    kept = [
        number
        for number in range(len(table.levels))
        if any(row.above[number].is_figure for row in table.rows)
    ]
    rows = [replace(row, above=[row.above[number] for number in kept]) for row in table.rows]
    return replace(table, levels=[table.levels[number] for number in kept], rows=rows)


def _population(values: dict[Key, IndicatorValue], place: Place) -> list[Year]:
    return [
        Year(int(period), None if one.value is None else int(one.value), one.unplaced)
        for (code, period, at), one in sorted(values.items())
        if code == POPULATION.code and at == place.pk
    ]


def _compare(
    values: dict[Key, IndicatorValue], place: Place, levels: Sequence[Place]
) -> dict[tuple[str, str], bridge.Comparison]:
    pairs = [
        (_name(code, period, place.pk), _name(code, period, level.pk))
        for code, period, at in values
        if at == place.pk
        for level in levels
    ]
    return bridge.compare({_name(*key): one.value for key, one in values.items()}, pairs) if pairs else {}


def _name(code: str, period: str, place: int) -> str:
    return f"{code}|{period}|{place}"


def _row(
    indicator: Indicator,
    period: str,
    place: Place,
    levels: Sequence[Place],
    values: dict[Key, IndicatorValue],
    comparisons: dict[tuple[str, str], bridge.Comparison],
) -> Row:
    own = values.get((indicator.code, period, place.pk))
    above = []
    for level in levels:
        cell = figure_cell(indicator, values.get((indicator.code, period, level.pk)))
        pair = (_name(indicator.code, period, place.pk), _name(indicator.code, period, level.pk))
        words = _words(indicator, comparisons[pair]) if pair in comparisons else ""
        above.append(Cell(cell.text, cell.is_figure, words, f"{level.name}, {level.zoning.title}"))
    unplaced = own.unplaced if own else 0
    words = "" if indicator.measure is Measure.RATE else words_of_unplaced(indicator, own)
    return Row(indicator, as_of_words(indicator, period), figure_cell(indicator, own), above, unplaced, words)


def as_of_words(indicator: Indicator, period: str) -> str:
    if indicator.by_year or len(period) < len("2024-01-31"):  # a year or a month needs no words
        return period
    return _("source la plus récente : %s") % date_format(date.fromisoformat(period), "DATE_FORMAT")


def words_of_unplaced(indicator: Indicator, own: IndicatorValue | None) -> str:
    if own is None or not own.unplaced:
        return ""
    unplaced = own.unplaced
    if indicator.by_year:
        return ngettext(
            "%(n)s ligne au lieu trop vague est d’ici ou d’ailleurs",
            "%(n)s lignes au lieu trop vague sont d’ici ou d’ailleurs",
            unplaced,
        ) % {"n": format_number(unplaced)}
    if own.value is None:
        return ngettext(
            "%(n)s, sans commune connue, est ici ou ailleurs dans son département",
            "%(n)s, sans commune connue, sont ici ou ailleurs dans leur département",
            unplaced,
        ) % {"n": format_number(unplaced)}
    return ngettext(
        "%(n)s autre, sans commune connue, est ici ou ailleurs dans son département",
        "%(n)s autres, sans commune connue, sont ici ou ailleurs dans leur département",
        unplaced,
    ) % {"n": format_number(unplaced)}


def _titles_by_years(sources: dict[int, list[str]]) -> list[tuple[str, str]]:
    """Years in a row that have the same sources are said together: ``("2020–2023", "…")``."""
    runs: list[tuple[int, int, list[str]]] = []
    for year, titles in sorted(sources.items()):
        if runs and runs[-1][1] == year - 1 and runs[-1][2] == titles:
            runs[-1] = (runs[-1][0], year, titles)
        else:
            runs.append((year, year, titles))
    return [
        (f"{first}" if first == last else f"{first}–{last}", " ; ".join(titles))
        for first, last, titles in runs
    ]


def figure_cell(indicator: Indicator, value: IndicatorValue | None) -> Cell:
    if value is None:
        return Cell(_("non mesuré"), False)
    if value.value is None and indicator.measure is Measure.RATE:
        return Cell(_("non calculé"), False)
    if value.value is None:
        return Cell(_("non localisé") if value.unplaced else _("aucun dans nos sources"), False)
    if indicator.measure is Measure.EUROS:
        return Cell(euros(round(value.value * 100)), True)
    return Cell(format_number(value.value, indicator.decimals), True)


def _words(indicator: Indicator, comparison: bridge.Comparison) -> str:
    """A count by its share of the whole, a rate by its difference; empty when a figure is missing."""
    if comparison.difference is None or comparison.ratio is None:
        return ""
    if indicator.measure is not Measure.RATE:
        return _("ici : %(share)s du total") % {
            "share": percent(comparison.ratio, _decimals(comparison.ratio))
        }
    gap = round(comparison.difference, indicator.decimals)
    if gap == 0:
        return _("ici : autant")
    if comparison.ratio >= 2:
        return _("ici : %(times)s fois plus") % {"times": format_number(comparison.ratio, 1)}
    share = percent(abs(comparison.ratio - 1))
    return (_("ici : %s de plus") if gap > 0 else _("ici : %s de moins")) % share


def _decimals(share: float) -> int:
    return 0 if share >= 0.1 or share == 0 else 1
