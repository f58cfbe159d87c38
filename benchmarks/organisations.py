"""Generated organisations, always the same for a size, with names built as French associations build theirs."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

import polars as pl

from terreau.commons.actions.journal import write_journal
from terreau.commons.models import Party, public_id
from terreau.commons.search.fold import party_search_text
from terreau.commons.search.index import bulk_load
from terreau.lake.bulk import insert_rows

COLUMNS = (
    "identity", "public_id", "kind", "name", "acronym", "siren", "rna", "nature", "legal_category", "naf",
    "description", "website", "perimeter", "perimeter_basis", "diffusion", "is_active", "search_text",
)  # fmt: skip
_COMMUNES = Path(__file__).parent.parent / "data" / "territories" / "communes.parquet"
_NATURES = ["association"] * 8 + ["cooperative", "company"]
# How many of 20,194 associations that the State funded in 2010 have the word in their name.
_WORDS = {
    "association": 4960, "centre": 1331, "fédération": 778, "maison": 767, "club": 743, "comité": 724,
    "centre social": 597, "union": 540, "culture": 540, "jeunes": 510, "théâtre": 459, "compagnie": 431,
    "sport": 426, "arts": 376, "foyer rural": 346, "loisirs": 334, "familles": 333, "radio": 308,
    "animation": 297, "développement": 296, "les amis de l’": 275, "amicale": 251, "éducation": 243,
    "école": 237, "musique": 208, "formation": 205, "emploi": 180, "recherche": 171, "environnement": 169,
    "football": 168, "œuvres sociales": 161, "nature": 154, "société coopérative": 149, "santé": 148,
    "accueil": 147, "monnaie locale": 139, "festival": 129, "femmes": 115, "petite enfance": 113,
    "parents d’élèves": 112, "danse": 112, "solidarité": 109, "ateliers": 107, "travail": 105,
    "collectif": 89, "prévention": 88, "droits": 87, "insertion": 81, "cinéma": 80, "cercle": 77,
    "patrimoine": 75, "groupement": 71, "entraide": 70, "quartiers": 70, "fêtes": 64, "étudiants": 63,
    "terres agricoles": 61, "livre": 60, "logement": 58, "citoyenne": 30, "bibliothèque": 29,
    "orchestre": 28, "habitat": 27, "pêche": 27, "vélos": 23, "paysans": 22, "énergie": 21,
    "jardins partagés": 19, "aide à domicile": 19, "lieu": 17, "aînés": 16, "randonnée": 14, "A.D.M.R.": 14,
    "régie": 13, "chevaux": 10, "mobilité": 8, "mutuelle": 7, "épicerie": 6, "circuits courts": 6,
    "vigne": 5, "bateaux": 3, "réparation": 2, "abeilles": 2, "recyclerie": 2, "AMAP": 2, "journaux": 1,
}  # fmt: skip


def communes() -> pl.DataFrame:
    """The communes of France: the shipped table, columns ``code``, ``name``, ``population``…"""
    return pl.read_parquet(_COMMUNES)


def organisations(number: int) -> Iterator[tuple[object, ...]]:
    """Rows of COLUMNS, in no order of their keys. Words are as frequent as in names of real associations."""
    random = Random(24)
    table = communes().filter(pl.col("population") > 0)
    weights = list(accumulate(table["population"]))
    places = iter(random.choices(table["name"].to_list(), cum_weights=weights, k=2 * number))
    words = iter(random.choices(list(_WORDS), cum_weights=list(accumulate(_WORDS.values())), k=2 * number))
    for siren in random.sample(range(100_000_000, 999_999_999), number):
        name = f"{next(words)} {next(words)} de {next(places)}"
        if random.random() < 0.5:
            name = f"{name} et {next(places)}"
        identity = f"siren:{siren}"
        yield (
            identity, public_id(identity), "organisation", name, "", str(siren), None, random.choice(_NATURES),
            "9220", f"{random.randrange(1, 99):02}.{random.randrange(1, 99):02}Z", "", "",
            random.choice(("in", "in", "out", "unknown")), "legal_status", "open", random.random() < 0.9,
            party_search_text(name),
        )  # fmt: skip


def load(number: int) -> None:
    """Make the database hold these ``number`` parties and no other."""
    with bulk_load():
        Party.objects.all().delete()
        insert_rows(Party, COLUMNS, list(organisations(number)))
    write_journal(
        verb="benchmark", subject=str(number), by=None
    )  # caches that follow the journal are renewed
