"""The labelled pairs of organisations: audited, placed by their sources, mixed with other organisations.

Read from the folder of open data; nothing of it is shipped. SIREN stays here as the truth: what ``records`` gives
to the matcher has none.
"""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

import polars as pl

from terreau_engines.linkage.lists import LISTS
from terreau_engines.linkage.names import fold

Row = dict[str, str]
Place = tuple[str | None, str | None, str | None]  # INSEE commune, département, post code
_NOWHERE: Place = (None, None, None)
# A list of a département's grants says no address: its own département is the place, when ``grantors`` is asked.
_GRANTORS = {code: code for code in ("44", "49", "53", "72", "85")}
_OVERSEAS = ("971", "972", "973", "974", "976")
_CHAMBER = re.compile(r"\bchambre (?:\w+ )?(?:de |des |d.)(\w{4})")


@dataclass(frozen=True)
class Gold:
    """``records``: what the matcher sees. ``siren``: the truth, by record. ``pairs``: what must be found.

    ``excluded``: pairs left out by the rules of ``why_excluded``, with the reason. ``lists``: which lists name a
    record so. ``names``: every name of the sources with its département, those of ``records`` among them: what a
    matcher that is given whole lists knows of the words of a place.
    """

    records: pl.DataFrame
    lists: pl.DataFrame
    names: pl.DataFrame
    siren: dict[str, str]
    pairs: list[tuple[str, str, bool]]  # a, b, both placed
    excluded: list[tuple[str, str, str]]


def why_excluded(name_a: str, name_b: str, place_a: Place, place_b: Place) -> str:
    """Why a labelled pair cannot judge a matcher of names within a place; empty when it can."""
    if not name_a or not name_b:
        return "empty name"
    if any("\u00c3" in name or "\u00c5\u2019" in name for name in (name_a, name_b)):
        return "letters broken by the source"
    kinds = [match.group(1) for name in (name_a, name_b) if (match := _CHAMBER.search(fold(name)))]
    if len(kinds) == 2 and kinds[0] != kinds[1]:
        return "two different chambers under one SIREN"
    if place_a[1] and place_b[1] and place_a[1][:2] != place_b[1][:2]:
        return "establishments in two départements: not within a place"
    return ""


def load(folder: Path, *, seed: int = 24) -> Gold:
    """The pairs of ``folder``/organisations/linkage_gold.csv among as many other organisations."""
    sources, listed = read_sources(folder)
    gold = _rows(folder / "organisations" / "linkage_gold.csv")
    siren: dict[str, str] = {}
    known: dict[tuple[str, str, Place], str] = {}

    def record(name: str, owner: str, place: Place) -> str:
        identifier = known.setdefault((owner, name, place), f"r{len(known):05}")
        siren[identifier] = owner
        return identifier

    pairs, excluded, wanted = [], [], Counter[tuple[str, str | None]]()
    for row in gold:
        ends = [(row[f"source_{s}"], row[f"nom_{s}"].strip()) for s in "ab"]
        places = [sources.get(source, {}).get((row["siren"], name), _NOWHERE) for source, name in ends]
        reason = why_excluded(ends[0][1], ends[1][1], *places)
        if reason:
            excluded.append((ends[0][1], ends[1][1], reason))
            continue
        for (source, name), place in zip(ends, places, strict=True):
            wanted[source, place[1]] += (row["siren"], name, place) not in known
            record(name, row["siren"], place)
        a, b = (known[row["siren"], name, place] for (_, name), place in zip(ends, places, strict=True))
        if a != b:
            pairs.append((min(a, b), max(a, b), all(place[1] for place in places)))
    _add_others(sources, wanted, {row["siren"] for row in gold}, record, Random(seed))
    columns = {
        name: pl.Float64 if name in {"lon", "lat"} else pl.String
        for name in (
            "id",
            "name",
            "acronym",
            "siren",
            "rna",
            "commune",
            "departement",
            "post_code",
            "lon",
            "lat",
        )
    }
    rows = [
        (identifier, name, None, None, None, *place, None, None)
        for (_, name, place), identifier in known.items()
    ]
    lists = [
        (identifier, *appearance)
        for (owner, name, _place), identifier in known.items()
        for appearance in sorted(listed[owner, name])
    ]
    names = sorted(
        {(name, place[1]) for named in sources.values() for (_, name), place in named.items()}, key=str
    )
    return Gold(
        records=pl.DataFrame(rows, schema=columns, orient="row"),
        lists=pl.DataFrame(lists, schema=dict(LISTS.empty().schema), orient="row"),
        names=pl.DataFrame(names, schema=["name", "departement"], orient="row"),
        siren=siren,
        pairs=sorted(set(pairs)),
        excluded=excluded,
    )


def _add_others(sources, wanted, taken, record, random: Random) -> None:  # type: ignore[no-untyped-def]
    """As many organisations as labelled records, from the same source and département, one record each."""
    pool: dict[tuple[str, str | None], dict[str, list[tuple[str, Place]]]] = defaultdict(dict)
    for source, named in sources.items():
        for (owner, name), place in named.items():
            if owner not in taken and len(owner) == 9:
                pool[source, place[1]].setdefault(owner, []).append((name, place))
    used: set[str] = set()
    for key, number in sorted(wanted.items(), key=str):
        free = sorted(set(pool[key]) - used)
        for owner in random.sample(free, min(number, len(free))):
            name, place = random.choice(sorted(pool[key][owner], key=str))
            record(name, owner, place)
            used.add(owner)


Named = dict[str, dict[tuple[str, str], Place]]  # source → (SIREN, name) → place
Listed = dict[tuple[str, str], set[tuple[str, str, bool]]]  # (SIREN, name) → list, series, names once


def read_sources(folder: Path) -> tuple[Named, Listed]:
    organisations = folder / "organisations"
    insee = _communes(folder)
    found: Named = defaultdict(dict)
    listed: Listed = defaultdict(set)

    def add(source: str, owner: str, name: str, place: Place, *of_list: str, once: bool) -> None:
        """``of_list``: series and edition, when the source is several lists."""
        if name.strip():
            found[source].setdefault((owner, name.strip()), place)
            series = " ".join((source, *of_list[:1]))
            listed[owner, name.strip()].add((" ".join((source, *of_list)), series, once))

    for row in _rows(organisations / "siae_marche_inclusion_2022-01.csv"):
        dep = row["department"] or None
        place = (insee.get((dep or "", _town(row["city"]))), dep, row["post_code"] or None)
        for name in (row["name"], row["brand"]):
            add("siae", row["siret"][:9], name, place, once=False)
    for row in _rows(organisations / "adulte_relais_2020_2023.csv"):
        place = (None, row["insee_dep"].strip() or None, None)
        add("adulte_relais", row["code_tiers"][:9], row["raison_sociale"], place, row["annee"], once=False)
    for row in _rows(organisations / "jaune_plf2012_associations_subventionnees_2010.csv"):
        dep = row["departement"] or None
        if dep == "97":  # this list says no more of the five overseas départements: the commune may
            dep = next((d for d in _OVERSEAS if (d, _town(row["commune"])) in insee), None)
        place = (insee.get((dep or "", _town(row["commune"]))), dep, None)
        add("jaune2010", row["siren"], row["nom"], place, once=True)
    for row in _rows(organisations / "ess_numerique_unites_legales_2026.csv"):
        post_code = row["code_postal"].partition(".")[0].zfill(5) if row["code_postal"] else None
        dep = post_code[: 3 if post_code.startswith("97") else 2] if post_code else None
        place = (insee.get((dep or "", _town(row["commune"]))), dep, post_code)
        for column in ("denomination", "sigle", "nom_usage", "nom_structure_porteuse"):
            add("ess_numerique_sirene", row["siren"], row[column], place, column, once=True)
    grants = folder / "subventions" / "donnees_subventions_agregees_PDL_utf8.csv"
    for row in _rows(grants, encoding="latin-1", delimiter=";"):
        grantor = row["idAttribuant"][2:4]
        place = (None, _GRANTORS.get(grantor), None)
        edition = (grantor, row["dateConvention"][:4])
        add("subv_pdl", row["idBeneficiaire"][:9], row["nomBeneficiaire"], place, *edition, once=True)
    return found, listed


def _communes(folder: Path) -> dict[tuple[str, str], str]:
    rows = _rows(folder / "territories" / "referentiel_communes_2026.csv")
    return {(row["code_departement"], _town(row["nom"])): row["code_insee"] for row in rows}


def _town(name: str) -> str:
    words = re.sub(r"\b(cedex.*|\d+)", " ", fold(name)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def _rows(path: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[Row]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
