"""Generated organisations, always the same for a size, with names built as French associations build theirs."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import polars as pl

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
_FORMS = [
    "Association", "Amicale", "Comité", "Union", "Fédération", "Société coopérative", "Les amis de l’", "Club",
    "Collectif", "Régie", "Foyer rural", "Centre social", "Mutuelle", "Groupement", "Atelier", "Maison", "AMAP",
    "A.D.M.R.", "Cercle", "Compagnie",
]  # fmt: skip
_THINGS = [
    "épicerie", "vélos", "travaux", "jardins partagés", "habitat participatif", "énergie citoyenne", "recyclerie",
    "monnaie locale", "insertion", "œuvres sociales", "culture", "musique", "théâtre", "sport", "pêche", "chasse",
    "lecture publique", "aînés", "parents d’élèves", "petite enfance", "handicap", "emploi", "formation",
    "numérique", "réparation", "mobilité", "terres agricoles", "circuits courts", "boulangerie", "vigne",
    "patrimoine", "journaux", "radio", "cinéma", "danse", "football", "randonnée", "solidarité", "logement",
    "entraide", "santé", "aide à domicile", "éducation populaire", "tiers-lieu", "rivière", "forêt", "abeilles",
    "chevaux", "bateaux", "fêtes", "jumelage", "anciens combattants", "sapeurs-pompiers", "bibliothèque",
]  # fmt: skip


def communes() -> tuple[list[str], list[str]]:
    """Official codes and names of the communes of France, from the shipped table."""
    table = pl.read_parquet(_COMMUNES)
    return table["code"].to_list(), table["name"].to_list()


def organisations(number: int) -> Iterator[tuple[object, ...]]:
    """Rows of COLUMNS, in no order of their keys."""
    random = Random(24)
    names = communes()[1]
    sirens = random.sample(range(100_000_000, 999_999_999), number)
    for siren in sirens:
        thing, second = random.sample(_THINGS, 2)
        place = names[int(len(names) * random.random() ** 3)]
        name = f"{random.choice(_FORMS)} {thing} {second} de {place}"
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
