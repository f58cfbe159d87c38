"""Make ``organisations/*.parquet`` from the files as published: the columns that are read, as text, and no person.

Called by ``prepare.py``; or alone: ``python data/prepare_organisations.py SOURCE_FOLDER [--into data]``.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from terreau.observe.sources.declaration import Declaration

FILES = {
    "adulte_relais": "adulte_relais_2020_2023.csv",
    "ess_numerique": "ess_numerique_unites_legales_2026.csv",
    "fonjep": "postes_fonjep_2020_2023.csv",
    "france_services": "france_services_20240801.csv",
    "mediation_numerique": "lieux_mediation_numerique_centre_val_de_loire_hublo.csv",
    "siae": "siae_marche_inclusion_2022-01.csv",
    "subventions_etat_2010": "jaune_plf2012_associations_subventionnees_2010.csv",
}
#: "Prénom NOM" where an organisation's name should be: the name of the person who typed the form.
PERSON = r"^\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)? (?:\p{Lu}+|\p{Lu}\p{Ll}+)$"


def prepare_organisations(source: Path, target: Path) -> None:
    """``source``: folder of the published files. One Parquet file per declared source that is shipped."""
    from terreau.observe.sources.converters import without_contacts, without_persons
    from terreau.observe.sources.declaration import declarations
    from terreau.observe.sources.readers import LINE

    target.mkdir(parents=True, exist_ok=True)
    for code, declaration in declarations().items():
        if not declaration.shipped:
            continue
        table = pl.read_csv(source / FILES[code], infer_schema=False).with_row_index(LINE, offset=2)
        unknown = set(table.columns) - {LINE, *declaration.columns, *declaration.ignored}
        if unknown:
            print(f"{code}: columns that the declaration does not know: {', '.join(sorted(unknown))}")
        if code == "siae":
            table = named_as_organisations(table)
        table = table.with_columns(without_contacts(table[column]) for column in free_texts(declaration))
        table = table.with_columns(without_persons(table[column]) for column in names(declaration))
        path = target / Path(declaration.path).name
        table.select(LINE, *declaration.columns).write_parquet(
            path, compression="zstd", compression_level=19, statistics=False
        )
        print(f"{path.name}: {table.height:,} rows, {path.stat().st_size / 1000:,.0f} kB")


def free_texts(declaration: "Declaration") -> list[str]:
    """Columns where someone may have written a telephone number or an e-mail address."""
    specs = declaration.fields.values()
    texts = {column for spec in specs if spec.converter in ("text", "name") for column in spec.columns}
    return sorted(texts - set(declaration.key))


def names(declaration: "Declaration") -> list[str]:
    """Columns where an organisation may be said to be at somebody's home."""
    specs = declaration.fields.values()
    return sorted({column for spec in specs if spec.converter == "name" for column in spec.columns})


def named_as_organisations(table: pl.DataFrame) -> pl.DataFrame:
    """A person's name given for an establishment takes the other name that the list gives for it."""
    organisations = (
        table.filter(~pl.col("name").str.contains(PERSON))
        .group_by("siret")
        .agg(pl.col("name").first().alias("organisation"))
    )
    is_person = pl.col("name").str.contains(PERSON) & pl.col("organisation").is_not_null()
    named = table.join(organisations, on="siret", how="left", maintain_order="left")
    print(f"siae: {named.filter(is_person).height} names of persons replaced")
    return named.with_columns(pl.when(is_person).then("organisation").otherwise("name").alias("name"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    setup()
    prepare_organisations(arguments.source / "organisations", arguments.into / "organisations")


def setup() -> None:
    """Declarations are read by the platform's own code; its state goes to a folder that is thrown away."""
    import django

    os.environ.setdefault("TERREAU_DATA", tempfile.mkdtemp(prefix="terreau-prepare-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")
    django.setup()


if __name__ == "__main__":
    main()
