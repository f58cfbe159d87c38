"""Make the compact tables that the project ships from a folder of the files as published.

    python data/prepare.py SOURCE_FOLDER [--into data]

For whoever renews the data, once a year. SOURCE_FOLDER holds ``territories/`` and ``organisations/`` (one of
them will do) with the files that NOTICE.md names. The same files give the same bytes. Files under separate
licences stay separate.
"""

import argparse
import gzip
import json
from datetime import date
from pathlib import Path

import polars as pl

from terreau.commons.succession import Change, successors

YEARS = range(2013, 2022)
# Modes of the INSEE list of changes → what they mean for a code. Others concern delegated communes only.
KINDS = {
    "10": "rename",
    "20": "split",
    "21": "split",
    "30": "merge",
    "31": "merge",
    "32": "merge",
    "33": "merge",
    "41": "move",
    "50": "move",
}
# What the zoning tables write for "no zone": "ZZZZZ".
NO_ZONE = r"^Z+$"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    if (territories := arguments.source / "territories").is_dir():
        prepare_territories(territories, arguments.into / "territories")
    if (organisations := arguments.source / "organisations").is_dir():
        from prepare_organisations import prepare_organisations, setup  # beside this file; it needs Django

        setup()
        prepare_organisations(organisations, arguments.into / "organisations")


def prepare_territories(source: Path, target: Path) -> None:
    (target / "contours").mkdir(parents=True, exist_ok=True)
    reference = read(source / "referentiel_communes_2026.csv")
    changes = commune_changes(read(source / "mouvements_communes_insee.csv"))
    counts = read(source / "population_communes_2013_2021.csv")
    tables = {
        "communes": communes(reference),
        "changes": changes,
        "population": population(counts, reference, changes),
        "zonings": zonings(source / "zonings", reference, changes, counts),
        "zoning_labels": zoning_labels(source / "zonings"),
    }
    for name, table in tables.items():
        save(table, target / f"{name}.parquet")
    for path in sorted((source / "contours").glob("communes_*.geojson")):
        save_contours(path, reference, target / "contours")


def read(path: Path) -> pl.DataFrame:
    """Every column as text: codes keep their leading zeros."""
    return pl.read_csv(path, infer_schema=False, encoding="utf8")


def save(table: pl.DataFrame, path: Path) -> None:
    table.write_parquet(path, compression="zstd", compression_level=19, statistics=False)
    print(f"{path.name}: {table.height:,} rows, {path.stat().st_size / 1000:,.0f} kB")


def communes(reference: pl.DataFrame) -> pl.DataFrame:
    """Code, name, SIREN, post codes (list), population, département, région, EPCI, point: the open part."""
    return reference.select(
        code="code_insee",
        name="nom",
        siren="siren_commune",
        post_codes=pl.col("codes_postaux").str.split("|").list.sort(),
        population=pl.col("population").cast(pl.Float64).cast(pl.Int32),
        departement="code_departement",
        departement_name="departement",
        region="code_region",
        region_name="region",
        arrondissement="code_arrondissement",
        epci="code_epci",
        epci_name="epci",
        epci_type="type_epci",
        lon=pl.col("lon").cast(pl.Float64).round(5),
        lat=pl.col("lat").cast(pl.Float64).round(5),
    ).sort("code")


def commune_changes(moves: pl.DataFrame) -> pl.DataFrame:
    """Changes between full communes. Dropped: those of delegated and associated communes."""
    return (
        moves.filter(
            pl.col("MOD").is_in(list(KINDS)), pl.col("TYPECOM_AV") == "COM", pl.col("TYPECOM_AP") == "COM"
        )
        .select(
            date=pl.col("DATE_EFF").str.to_date("%Y-%m-%d"),
            kind=pl.col("MOD").replace_strict(KINDS),
            code_before="COM_AV",
            name_before="LIBELLE_AV",
            code_after="COM_AP",
            name_after="LIBELLE_AP",
        )
        .unique(subset=["date", "kind", "code_before", "code_after"], keep="first", maintain_order=True)
        .sort("date", "code_before", "code_after", "kind")
    )


def followed(changes: pl.DataFrame, on: date | None = None) -> pl.DataFrame:
    """``before`` (a code of that day) → ``code`` (of today), one row for each pair."""
    rows = (
        changes.filter(pl.col("kind") != "rename").select("date", "kind", "code_before", "code_after").rows()
    )
    pairs = [
        (before, code) for before, codes in successors(map(Change._make, rows), on).items() for code in codes
    ]
    return pl.DataFrame(pairs, schema={"before": pl.String, "code": pl.String}, orient="row")


def population(counts: pl.DataFrame, reference: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Code of today, year, population in today's boundaries.

    The file counts year Y in the boundaries of 1 January Y + 2. Communes that merged later are added up when
    the file still has each of them; when it has not, or when a split would have to share people out, the year
    is left out for that commune: a wrong jump is worse than a gap.
    """
    overseas = pl.col("codgeo").str.len_chars() == 6  # "971102": département and commune, run together
    code = pl.when(overseas).then(
        pl.concat_str(pl.col("codgeo").str.slice(0, 2), pl.col("codgeo").str.slice(3))
    )
    counted = (
        counts.select(
            arrondissements(code.otherwise("codgeo")).alias("before"),
            *(pl.col(f"p{year % 100}_pop").cast(pl.Int32).alias(str(year)) for year in YEARS),
        )
        .unpivot(index="before", variable_name="year", value_name="population")
        .drop_nulls()
        .group_by("before", pl.col("year").cast(pl.Int16))
        .agg(pl.col("population").sum())
    )
    years = []
    for year in YEARS:
        of_year = counted.filter(year=year).drop("year")
        moved = followed(changes, date(year + 2, 1, 1))
        stayed = of_year.join(moved, on="before", how="anti").select("before", code="before")
        parts = pl.concat([moved, stayed]).join(of_year, on="before", how="left")
        unknown = pl.col("population").is_null() | (pl.len().over("before") > 1)
        years.append(
            parts.with_columns(unknown=unknown)
            .group_by("code")
            .agg(pl.lit(year, pl.Int16).alias("year"), pl.col("population").sum(), pl.col("unknown").any())
            .filter(~pl.col("unknown"))
            .drop("unknown")
        )
    known = reference.select(code="code_insee")
    return pl.concat(years).join(known, on="code", how="semi").sort("code", "year")


def arrondissements(code: pl.Expr) -> pl.Expr:
    """Paris, Lyon and Marseille are counted by arrondissement; give the code of the city."""
    return (
        pl.when(code.str.contains(r"^751(?:0[1-9]|1[0-9]|20)$"))
        .then(pl.lit("75056"))
        .when(code.str.contains(r"^6938[1-9]$"))
        .then(pl.lit("69123"))
        .when(code.str.contains(r"^132(?:0[1-9]|1[0-6])$"))
        .then(pl.lit("13055"))
        .otherwise(code)
    )


def zonings(
    source: Path, reference: pl.DataFrame, changes: pl.DataFrame, counts: pl.DataFrame
) -> pl.DataFrame:
    """Commune of today → its zone in each zoning, empty when it has none."""
    of_2022 = read(source / "table_supracom_2022.csv").select("CODGEO", bassin_de_vie_2012="BV2012")
    of_2024 = read(source / "table_supracom_2024.csv").select(
        "CODGEO", bassin_de_vie_2022="BV2022", zone_emploi_2020="ZE2020"
    )
    people = counts.select("codgeo", people=pl.col("p21_pop").cast(pl.Int32))
    known = reference.select(code="code_insee")
    for table, on in ((of_2022, date(2022, 1, 1)), (of_2024, date(2024, 1, 1))):
        known = known.join(in_todays_communes(table, on, known, changes, people), on="code", how="left")
    zones = [column for column in known.columns if column != "code"]
    known = known.with_columns(
        pl.when(~pl.col(zone).str.contains(NO_ZONE)).then(zone).alias(zone) for zone in zones
    )
    print({zone: f"{known[zone].null_count()} communes without a zone" for zone in zones})
    return known.sort("code")


def in_todays_communes(
    table: pl.DataFrame, on: date, today: pl.DataFrame, changes: pl.DataFrame, people: pl.DataFrame
) -> pl.DataFrame:
    """The table of that day, by code of today.

    A commune that kept its code keeps its zone; one with a new code takes the zone of the most populated
    commune it comes from.
    """
    kept = table.rename({"CODGEO": "code"}).join(today, on="code", how="semi")
    renewed = (
        table.join(followed(changes, on), left_on="CODGEO", right_on="before")
        .join(people, left_on="CODGEO", right_on="codgeo", how="left")
        .join(kept, on="code", how="anti")
        .sort("people", "CODGEO", descending=[True, False], nulls_last=True)
        .unique(subset="code", keep="first", maintain_order=True)
        .drop("CODGEO", "people")
    )
    return pl.concat([kept, renewed.select(kept.columns)])


def zoning_labels(source: Path) -> pl.DataFrame:
    levels = {"BV2012": "bassin_de_vie_2012", "BV2022": "bassin_de_vie_2022", "ZE2020": "zone_emploi_2020"}
    of_2022 = read(source / "libelles_supracom_2022.csv").filter(NIVGEO="BV2012")
    of_2024 = read(source / "libelles_supracom_2024.csv").filter(pl.col("NIVGEO").is_in(["BV2022", "ZE2020"]))
    return (
        pl.concat([of_2022, of_2024])
        .filter(~pl.col("CODGEO").str.contains(NO_ZONE))
        .select(zoning=pl.col("NIVGEO").replace_strict(levels), code="CODGEO", name="LIBGEO")
        .sort("zoning", "code")
    )


def save_contours(path: Path, reference: pl.DataFrame, folder: Path) -> None:
    """Code and outline of each commune; everything else is in the tables."""
    features = sorted(
        json.loads(path.read_text("utf8"))["features"], key=lambda one: one["properties"]["code"]
    )
    regions = dict(reference.select("code_insee", "code_region").iter_rows())
    (region,) = {regions[feature["properties"]["code"]] for feature in features}
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": feature["properties"]["code"]},
                "geometry": feature["geometry"],
            }
            for feature in features
        ],
    }
    text = json.dumps(collection, separators=(",", ":"), ensure_ascii=False)
    target = folder / f"{region}.geojson.gz"
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{target.name}: {len(features):,} communes, {target.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
