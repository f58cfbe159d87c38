"""Generated files with the columns of the official stock of establishments (StockEtablissement)."""

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.organisations import communes

COLUMNS = (
    "siren", "nic", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement",
    "trancheEffectifsEtablissement", "anneeEffectifsEtablissement",
    "activitePrincipaleRegistreMetiersEtablissement", "dateDernierTraitementEtablissement",
    "etablissementSiege", "nombrePeriodesEtablissement", "complementAdresseEtablissement",
    "numeroVoieEtablissement", "indiceRepetitionEtablissement", "dernierNumeroVoieEtablissement",
    "indiceRepetitionDernierNumeroVoieEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement",
    "codePostalEtablissement", "libelleCommuneEtablissement", "libelleCommuneEtrangerEtablissement",
    "distributionSpecialeEtablissement", "codeCommuneEtablissement", "codeCedexEtablissement",
    "libelleCedexEtablissement", "codePaysEtrangerEtablissement", "libellePaysEtrangerEtablissement",
    "identifiantAdresseEtablissement", "coordonneeLambertAbscisseEtablissement",
    "coordonneeLambertOrdonneeEtablissement", "complementAdresse2Etablissement", "numeroVoie2Etablissement",
    "indiceRepetition2Etablissement", "typeVoie2Etablissement", "libelleVoie2Etablissement",
    "codePostal2Etablissement", "libelleCommune2Etablissement", "libelleCommuneEtranger2Etablissement",
    "distributionSpeciale2Etablissement", "codeCommune2Etablissement", "codeCedex2Etablissement",
    "libelleCedex2Etablissement", "codePaysEtranger2Etablissement", "libellePaysEtranger2Etablissement",
    "dateDebut", "etatAdministratifEtablissement", "enseigne1Etablissement", "enseigne2Etablissement",
    "enseigne3Etablissement", "denominationUsuelleEtablissement", "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement", "caractereEmployeurEtablissement",
)  # fmt: skip
_CHUNK = 250_000


def write_establishments(path: Path, number: int) -> None:
    """``number`` rows, always the same, in no order of place; about a fifth of the cells are filled, as in the
    official file. Every SIRET is different and passes Luhn's check; one commune in twenty is in Centre-Val de Loire.
    """
    random = np.random.default_rng(24)
    table = communes()
    with path.open("wb") as file:
        for start in range(0, number, _CHUNK):
            rows = min(_CHUNK, number - start)
            _chunk(random, table, start, rows).write_csv(file, include_header=start == 0)


def _chunk(random: np.random.Generator, table: pl.DataFrame, start: int, rows: int) -> pl.DataFrame:
    place = table[random.integers(0, table.height, rows)]
    siren = _with_luhn(np.arange(start, start + rows) * 17 % 89_999_999 + 10_000_000, 9)
    siret = _with_luhn(siren * 10_000 + 1, 14)
    days = pl.Series(random.integers(0, 20_000, rows)).cast(pl.Int32).cast(pl.Date).cast(pl.String)
    dates = days.to_list()
    filled = {
        "siren": [f"{n:09}" for n in siren.tolist()],
        "nic": [f"{n % 100_000:05}" for n in siret.tolist()],
        "siret": [f"{n:014}" for n in siret.tolist()],
        "statutDiffusionEtablissement": _pick(random, rows, ["O"] * 9 + ["P"]),
        "dateCreationEtablissement": dates,
        "trancheEffectifsEtablissement": _pick(random, rows, ["NN", "NN", "00", "01", "11", None]),
        "anneeEffectifsEtablissement": _pick(random, rows, ["2023", None]),
        "dateDernierTraitementEtablissement": (days + "T10:20:30").to_list(),
        "etablissementSiege": _pick(random, rows, ["true", "false"]),
        "nombrePeriodesEtablissement": _pick(random, rows, list("12345")),
        "numeroVoieEtablissement": _pick(random, rows, [str(n) for n in range(1, 99)]),
        "typeVoieEtablissement": _pick(random, rows, ["RUE", "AV", "PL", "CHE", "RTE"]),
        "libelleVoieEtablissement": _pick(random, rows, ["DE LA GARE", "DU BOURG", "DES ECOLES", "DE L EGLISE"]),
        "codePostalEtablissement": place["post_codes"].list.first(),
        "libelleCommuneEtablissement": place["name"].str.to_uppercase(),
        "codeCommuneEtablissement": place["code"],
        "identifiantAdresseEtablissement": [f"{n}_B" for n in siren.tolist()],
        "coordonneeLambertAbscisseEtablissement": random.uniform(1e5, 1.2e6, rows).round(2),
        "coordonneeLambertOrdonneeEtablissement": random.uniform(6e6, 7.1e6, rows).round(2),
        "dateDebut": dates,
        "etatAdministratifEtablissement": _pick(random, rows, ["A", "A", "F"]),
        "enseigne1Etablissement": _pick(random, rows, [None, None, None, "ATELIER FICTIF", "MAISON FICTIVE"]),
        "denominationUsuelleEtablissement": _pick(random, rows, [None, "ASSOCIATION FICTIVE, SECTION \"EST\""]),
        "activitePrincipaleEtablissement": _pick(random, rows, ["94.99Z", "88.99B", "47.11B", "93.12Z"]),
        "nomenclatureActivitePrincipaleEtablissement": ["NAFRev2"] * rows,
        "caractereEmployeurEtablissement": _pick(random, rows, ["O", "N"]),
    }  # fmt: skip
    empty = pl.Series([None] * rows, dtype=pl.String)
    return pl.DataFrame({name: filled.get(name, empty) for name in COLUMNS})


def _pick(random: np.random.Generator, rows: int, choices: list[str | None]) -> pl.Series:
    return pl.Series(choices, dtype=pl.String).gather(random.integers(0, len(choices), rows))


def _with_luhn(numbers: np.ndarray, digits: int) -> np.ndarray:
    """Each number with the last digit that makes it ``digits`` long and pass Luhn's check."""
    total, rest = np.zeros_like(numbers), numbers.copy()
    for position in range(digits - 1):
        digit = rest % 10 * (2 if position % 2 == 0 else 1)
        total += digit // 10 + digit % 10
        rest //= 10
    return numbers * 10 + (-total) % 10
