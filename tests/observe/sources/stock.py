"""Files with the official columns of SIRENE and fictional units."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from terreau.observe.sources.declaration import declaration_of

ESTABLISHMENT = {
    "statutDiffusionEtablissement": "O",
    "etatAdministratifEtablissement": "A",
    "codeCommuneEtablissement": "37261",
    "codePostalEtablissement": "37000",
    "libelleCommuneEtablissement": "TOURS",
    "numeroVoieEtablissement": "1",
    "typeVoieEtablissement": "RUE",
    "libelleVoieEtablissement": "FICTIVE",
    "dateDernierTraitementEtablissement": "2024-01-02T03:04:05",
}
UNIT = {
    "statutDiffusionUniteLegale": "O",
    "etatAdministratifUniteLegale": "A",
    "economieSocialeSolidaireUniteLegale": "O",
    "categorieJuridiqueUniteLegale": "9220",
    "activitePrincipaleUniteLegale": "94.99Z",
    "dateCreationUniteLegale": "2001-02-03",
}


def _official(ending: str) -> list[str]:
    sirene = declaration_of("sirene")
    every = [*sirene.columns, *sirene.ignored]
    return [c for c in every if c.endswith(ending) or c in {"siren", "siret", "nic", "dateDebut"}]


def key(digits: str) -> str:
    """``digits`` with the last one that makes them pass the Luhn check."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def siren(number: int) -> str:
    return key(f"{30_000_000 + number:08}")


def siret(number: int) -> str:
    return key(f"{siren(number)}0001")


def write(folder: Path, units: Iterable[dict[str, Any]], form: str = "csv") -> Path:
    """One establishment per unit; each dictionary changes the defaults of both."""
    establishments, legal_units = [], []
    for number, change in enumerate(units):
        own = {"siren": siren(number), "siret": siret(number), "nic": "00010"}
        establishments.append({**ESTABLISHMENT, **own, **change})
        unit = {"denominationUniteLegale": f"UNITE FICTIVE {number}", **UNIT, **own, **change}
        legal_units.append(unit)
    folder.mkdir(exist_ok=True)
    for name, ending, rows in (
        ("StockEtablissement", "Etablissement", establishments),
        ("StockUniteLegale", "UniteLegale", legal_units),
    ):
        columns = _official(ending)
        table = pl.DataFrame(
            [{c: row.get(c) for c in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
        )
        path = folder / f"{name}_utf8.{form}"
        table.write_csv(path) if form == "csv" else table.write_parquet(path)
    return folder
