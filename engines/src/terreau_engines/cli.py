"""``terreau-engines``: re-run a published figure from the published files.

Exit code 0 when figures are printed, 2 when a file or an option is wrong.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from terreau_engines import __version__
from terreau_engines.frames import FrameError
from terreau_engines.indicators import count_units, population_by_zone, rate, sum_amounts
from terreau_engines.result import Result

_NUMBERS = ("lon", "lat")

_EUROS = r"^-?[0-9]{1,15}([.,][0-9]{1,2}0*)?$"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.run is _opinion:
            sys.stdout.write(_opinion(options) + "\n")
            return 0
        results = options.run(options)
    except (FrameError, pl.exceptions.PolarsError, OSError) as error:
        sys.stderr.write(f"terreau-engines: {error}\n")
        return 2
    if options.format == "json":
        content = json.dumps([result.to_dict() for result in results], ensure_ascii=False, indent=2)
    elif options.explain:
        content = "\n\n".join(f"{result.explain()}\n\n{_as_table(result)}" for result in results)
    else:
        content = _as_table(results[-1])
    sys.stdout.write(content + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="terreau-engines", description="How Terreau computes what it publishes."
    )
    parser.add_argument("--version", action="version", version=f"terreau-engines {__version__}")
    commands = parser.add_subparsers(required=True, metavar="ENGINE")
    command = commands.add_parser(
        "indicators",
        help="figures per zone",
        description="Count the different units of each zone, or sum the amount column, in cents.",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="CSV: unit,commune[,amount in euros]")
    command.add_argument("--by", type=Path, required=True, metavar="CSV", help="CSV: commune,zone[,covered]")
    command.add_argument(
        "--population", type=Path, metavar="CSV", help="CSV: commune,year,population; gives a rate"
    )
    command.add_argument("--year", type=int, help="year of the population; the last one when not given")
    command.add_argument("--per", type=int, default=10_000, help="inhabitants a rate is for (10,000)")
    command.add_argument(
        "--exhaustive", action="store_true", help="the file claims to hold every unit: 0 is sure"
    )
    command.add_argument("--format", choices=("table", "json"), default="table")
    command.add_argument("--explain", action="store_true", help="print formula, parameters and trace as well")
    command.set_defaults(run=_indicators)
    _add_linkage(commands.add_parser("linkage", help="the same organisation in several lists"))
    _add_opinion(commands.add_parser("opinion", help="what unites and what divides those who voted"))
    return parser


def _add_linkage(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file",
        type=Path,
        metavar="ORGANISATIONS",
        help="CSV: id,name[,acronym,siren,rna,commune,departement,…]",
    )
    command.add_argument("--link-at", type=float, help="probability from which a pair is linked")
    command.add_argument("--review-at", type=float, help="probability from which a pair is to be judged")
    command.add_argument("--json", dest="format", action="store_const", const="json", default="table")
    command.add_argument("--explain", action="store_true", help="print formula, parameters and trace as well")
    command.set_defaults(run=_linkage)


def _add_opinion(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file",
        type=Path,
        metavar="VOTES",
        help="CSV: participant,statement,vote (1, 0 or -1); the last row counts",
    )
    command.add_argument("--colleges", type=Path, metavar="CSV", help="CSV: participant,college")
    command.add_argument("--method", choices=("terreau", "polis"), default="terreau")
    command.add_argument(
        "--agree", type=int, choices=(1, -1), default=1, help="the vote that means agreeing (1)"
    )
    command.add_argument("--most-groups", type=int, default=6, help="groups that are looked for at most (6)")
    command.add_argument(
        "--resamples", type=int, default=20, help="draws that measure stability (20; 0: none)"
    )
    command.add_argument("--json", dest="format", action="store_const", const="json", default="table")
    command.set_defaults(run=_opinion)


def _opinion(options: argparse.Namespace) -> str:
    from terreau_engines.opinion import map_opinions

    votes = _read(options.file, "participant", "statement", "vote")
    empty = votes.select(pl.any_horizontal(pl.col("participant", "statement").is_null()))
    if empty.to_series().any():
        raise FrameError(
            f"{options.file}: line {int(empty.to_series().arg_true()[0]) + 2}: an identifier is empty"
        )
    votes = votes.with_columns(_as_vote(options.file, votes["vote"]))
    colleges = None if options.colleges is None else _read(options.colleges, "participant", "college")
    found = map_opinions(
        votes, colleges, method=options.method, agree=options.agree,
        most_groups=options.most_groups, resamples=options.resamples,
    )  # fmt: skip
    if options.format == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    number = f"{found.k} groups" if found.k > 1 else "no clear groups"
    parts = {"groups": found.groups, "unites": found.consensus, "distinguishes": found.representative}
    parts["divides"] = found.divisive
    return "\n\n".join([number, *(f"{name}\n{_rows(table)}" for name, table in parts.items())])


def _linkage(options: argparse.Namespace) -> list[Result]:
    from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links  # slow to import, needed here only
    from terreau_engines.linkage.records import ORGANISATIONS

    table = _read(options.file, "id", "name").rename({"place": "commune"}, strict=False)
    absent = [c.name for c in ORGANISATIONS.columns if c.name not in table.columns]
    table = table.with_columns(pl.lit(None).alias(name) for name in absent)
    table = table.with_columns(_as_number(options.file, table[name]) for name in _NUMBERS)
    link_at = LINK_AT if options.link_at is None else options.link_at
    review_at = min(REVIEW_AT, link_at) if options.review_at is None else options.review_at
    return [find_links(table, link_at=link_at, review_at=review_at)]


def _indicators(options: argparse.Namespace) -> list[Result]:
    units = _read(options.file, "unit", "commune")
    membership = _read(options.by, "commune", "zone")
    if "covered" in membership.columns:
        membership = membership.with_columns(_as_boolean(options.by, membership["covered"]))
    if "amount" in units.columns:
        units = units.with_columns(_as_cents(options.file, units["amount"]))
        figures = sum_amounts(units, membership, exhaustive=options.exhaustive)
    else:
        figures = count_units(units, membership, exhaustive=options.exhaustive)
    if options.population is None:
        return [figures]
    counts = _read(options.population, "commune", "year", "population")
    counts = counts.with_columns(
        _as_whole(options.population, counts[name]) for name in ("year", "population")
    )
    inhabitants = population_by_zone(counts, membership)
    year = int(options.year or max(counts["year"]))
    of_year = inhabitants.value.filter(pl.col("year") == year)
    if of_year.is_empty():
        raise FrameError(f"{options.population}: no population for the year {year}")
    return [figures, inhabitants, rate(figures.value, of_year, per=options.per)]


def _read(path: Path, *columns: str) -> pl.DataFrame:
    """The CSV file (comma or semicolon, UTF-8) as text columns, with ``commune`` renamed ``place``."""
    if not path.is_file():
        raise FrameError(f"{path}: no such file")
    content = path.read_bytes()
    try:
        header = content.decode("utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FrameError(f"{path}: line {line} is not UTF-8; convert the file first") from error
    if not header.strip():
        raise FrameError(f"{path}: the file is empty")
    separator = ";" if header.count(";") > header.count(",") else ","
    table = pl.read_csv(content, infer_schema=False, separator=separator)
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise FrameError(f"{path}: missing column {', '.join(absent)}; found {', '.join(table.columns)}")
    table = table.with_columns(pl.col(pl.String).str.strip_chars().replace("", None))
    return table.rename({"commune": "place"}, strict=False)


def _refuse_bad(path: Path, cells: pl.Series, good: pl.Series, expected: str) -> None:
    bad = (~good.fill_null(False)).arg_true()
    if len(bad):
        row = int(bad[0])
        raise FrameError(f"{path}: line {row + 2}, column {cells.name}: {cells[row]!r} is not {expected}")


def _as_cents(path: Path, cells: pl.Series) -> pl.Series:
    """Euros written with a point or a comma, to whole cents; a third decimal is refused, not rounded."""
    _refuse_bad(path, cells, cells.str.contains(_EUROS), "an amount in euros and cents")
    euros = cells.str.replace(",", ".", literal=True).str.to_decimal(scale=2)
    return (euros.cast(pl.Decimal(38, 2)) * 100).cast(pl.Int64).alias("amount")


def _as_whole(path: Path, cells: pl.Series) -> pl.Series:
    _refuse_bad(path, cells, cells.str.contains(r"^[0-9]{1,18}$"), "a whole number")
    return cells.cast(pl.Int64)


def _as_vote(path: Path, cells: pl.Series) -> pl.Series:
    _refuse_bad(path, cells, cells.str.contains(r"^([+-]?1|[+-]?0)(\.0+)?$"), "-1, 0 or 1")
    return cells.str.strip_prefix("+").cast(pl.Float64).cast(pl.Int8).alias("vote")


def _as_number(path: Path, cells: pl.Series) -> pl.Series:
    if cells.null_count() == len(cells):
        return cells.cast(pl.Float64)
    found = cells.cast(pl.Float64, strict=False)
    _refuse_bad(path, cells, cells.is_null() | found.is_not_null(), "a number")
    return found


def _as_boolean(path: Path, cells: pl.Series) -> pl.Series:
    lowered = cells.str.to_lowercase()
    _refuse_bad(path, cells, lowered.is_in(["true", "false", "1", "0"]), "true or false")
    return lowered.is_in(["true", "1"])


def _as_table(result: Result) -> str:
    return _rows(result.value)


def _rows(table: pl.DataFrame) -> str:
    rows = [table.columns, *table.iter_rows()]
    return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
