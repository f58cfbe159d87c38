"""From a file to filtered, indexed rows in the database: our reader beside pandas."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, models

from benchmarks import context
from benchmarks.measure import cpu_seconds, print_table, verdict
from benchmarks.sirene import write_establishments
from benchmarks.tables import Establishment, Grant, empty_table
from terreau.lake.bulk import insert_rows
from terreau.observe.sources.declaration import Declaration, parse
from terreau.observe.sources.readers import read

GOAL = 3.0
SIZES = (50_000, 500_000)
FULL_SIZES = (*SIZES, 5_000_000)
REGION = frozenset({"18", "28", "36", "37", "41", "45"})  # Centre-Val de Loire
PUBLISHED = "organisations/jaune_plf2012_associations_subventionnees_2010.csv"
_ABOUT = {
    "code": "benchmark", "title": "Mesure", "publisher": "personne", "licence": "etalab-2.0", "path": "x.csv",
    "format": "csv", "covers": "rien",
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """``columns``: of the file, in the order of the model's fields. ``keep``: one column and its only value kept.
    ``place``: the column that says the commune or the département, by its first two characters.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    place: str
    declaration: Declaration
    keep: tuple[str, str] | None = None

    @property
    def fields(self) -> list[str]:
        return [field.name for field in self.model._meta.local_concrete_fields if not field.primary_key]


ESTABLISHMENTS = Task(
    Establishment,
    (
        "siret", "siren", "denominationUsuelleEtablissement", "activitePrincipaleEtablissement",
        "numeroVoieEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement",
        "codePostalEtablissement", "codeCommuneEtablissement", "dateCreationEtablissement",
    ),
    "codeCommuneEtablissement",
    parse({
        **_ABOUT,
        "key": ["siret"],
        "keep": {"etatAdministratifEtablissement": "A"},
        "region_column": {"commune": "codeCommuneEtablissement"},
        "fields": {
            "name": "denominationUsuelleEtablissement", "siren": "siren", "siret": "siret",
            "naf": "activitePrincipaleEtablissement", "commune": "codeCommuneEtablissement",
            "post_code": "codePostalEtablissement", "created_on": "dateCreationEtablissement",
            "address": {
                "columns": ["numeroVoieEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement"],
                "join": " ",
            },
        },
    }),
    keep=("etatAdministratifEtablissement", "A"),
)  # fmt: skip
GRANTS = Task(
    Grant,
    ("siren", "nom", "departement", "commune", "imputation", "montant_eur"),
    "departement",
    parse({
        **_ABOUT,
        "key": ["siren", "imputation"],
        "region_column": {"departement": "departement"},
        "fields": {
            "name": "nom", "siren": "siren", "departement": "departement", "commune_name": "commune",
            "purpose": "imputation", "amount_cents": "montant_eur",
        },
    }),
)  # fmt: skip


def by_harvest_reader(task: Task, path: Path) -> int:
    """The reader of every harvest: it also checks the encoding and the number of cells, and keeps line numbers."""
    rows = read(task.declaration, str(path), REGION).rows
    rows = rows.filter(pl.col(task.place).str.slice(0, 2).is_in(REGION))
    return insert_rows(task.model, task.fields, rows.select(pl.col(task.columns).fill_null("")).rows())


def by_polars(task: Task, path: Path) -> int:
    """The library under that reader, with no check."""
    rows = pl.scan_csv(path, infer_schema=False).filter(pl.col(task.place).str.slice(0, 2).is_in(REGION))
    if task.keep:
        rows = rows.filter(pl.col(task.keep[0]) == task.keep[1])
    found = rows.select(pl.col(task.columns).fill_null("")).collect(engine="streaming")
    return insert_rows(task.model, task.fields, found.rows())


def by_pandas(task: Task, path: Path, *, all_columns: bool = False) -> int:
    """As its manual advises for large files: the needed columns only, as text, in parts."""
    import pandas as pd

    needed = [*task.columns, *(task.keep[:1] if task.keep else ())]
    kept = []
    for part in pd.read_csv(
        path, dtype=str, keep_default_na=False, usecols=None if all_columns else needed, chunksize=250_000
    ):
        chosen = part[task.place].str.slice(0, 2).isin(REGION)
        if task.keep:
            chosen &= part[task.keep[0]] == task.keep[1]
        kept.append(part.loc[chosen, list(task.columns)])
    rows = pd.concat(kept).set_axis(task.fields, axis="columns")
    with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as database:
        rows.to_sql(task.model._meta.db_table, database, index=False, if_exists="append")
    database.close()
    return len(rows)


def measure(task: Task, path: Path, work: Callable[[Task, Path], int], repeat: int) -> tuple[float, int]:
    """CPU seconds, and rows found in the database."""
    spent = []
    for _ in range(repeat):
        with empty_table(task.model) as table:
            spent.append(cpu_seconds(lambda: work(task, path))[0])
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                rows = cursor.fetchone()[0]
    return min(spent), rows


def compare(title: str, task: Task, path: Path, repeat: int) -> None:
    contenders: dict[str, Callable[[Task, Path], int]] = {
        "Terreau: harvest reader, insert_rows": by_harvest_reader,
        "Terreau: Polars without checks, insert_rows": by_polars,
        "pandas: needed columns, to_sql": by_pandas,
        "pandas: all columns, to_sql": lambda task, path: by_pandas(task, path, all_columns=True),
    }
    found = {label: measure(task, path, work, repeat) for label, work in contenders.items()}
    if len({rows for _, rows in found.values()}) != 1:
        raise AssertionError(f"contenders disagree: {found}")
    reader, polars, tuned, plain = (spent for spent, _ in found.values())
    rows: list[list[Any]] = [[label, spent, kept, spent / reader] for label, (spent, kept) in found.items()]
    print_table(title, ["", "CPU s", "rows kept", "÷ harvest reader"], rows)
    print(f"pandas, needed columns / harvest reader: {verdict(tuned / reader, GOAL)}")
    print(f"pandas, all columns / harvest reader: {verdict(plain / reader, GOAL)}")
    print(f"pandas, needed columns / Polars without checks: {verdict(tuned / polars, GOAL)}")


def published_file() -> Path | None:
    here = Path(__file__).resolve().parent.parent
    folders = [context.data] if context.data else [here.parent / "shared" / "data", here / "data"]
    return next((folder / PUBLISHED for folder in folders if (folder / PUBLISHED).is_file()), None)


def run() -> None:
    if path := published_file():
        compare("Reading: the published file of 20,194 rows, those of the region", GRANTS, path, repeat=5)
    else:
        print(f"\nReading: skipped, no file {PUBLISHED}; name its folder with --data")
    for size in FULL_SIZES if context.full else SIZES:
        path = context.folder / f"establishments_{size}.csv"
        write_establishments(path, size)
        title = f"Reading: {size:,} generated establishments ({path.stat().st_size / 1e6:,.0f} MB), those of the region"
        repeat = 3 if size < 1_000_000 else 1
        compare(title, ESTABLISHMENTS, path, repeat)
        path.unlink()
