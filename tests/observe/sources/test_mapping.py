"""From text to rows kept and reasons told: no row is lost, whatever the file holds."""

from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.observe.sources.declaration import Declaration
from terreau.observe.sources.linking import records_of, with_identities
from terreau.observe.sources.mapping import Mapped, map_rows
from terreau.observe.sources.placing import Territory
from terreau.observe.sources.readers import LINE

from .conftest import declare

FIELDS = {
    "name": "nom",
    "siren": "siren",
    "rna": "rna",
    "departement": "dep",
    "commune": "com",
    "lon": "lon",
    "lat": "lat",
    "created_on": "cree",
    "amount_cents": "montant",
    "year": "annee",
    "legal_category": "cj",
    "diffusion": "dif",
    "description": "texte",
    "address": "adresse",
}
COLUMNS = ["id", *FIELDS.values()]
GOOD = {"id": "1", "nom": "Association fictive", "dep": "37"}


def nobody(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([False] * rows.height, dtype=pl.Boolean)


def map_it(territory: Territory, *rows: dict[str, str | None], known: Any = nobody, **more: Any) -> Mapped:
    declaration = declare(FIELDS, **more)
    frame = pl.DataFrame(
        [{column: row.get(column) for column in COLUMNS} for row in rows],
        schema=dict.fromkeys(COLUMNS, pl.String),
    )
    return map_rows(frame.with_row_index(LINE, offset=2), declaration, territory, known)


def reasons(mapped: Mapped) -> list[tuple[Any, ...]]:
    return mapped.rejects.select("line", "field", "value", "reason", "whole_row").rows()


def test_a_good_row(territory: Territory) -> None:
    mapped = map_it(territory, {**GOOD, "montant": "12,5", "annee": "2020", "com": "37261"})
    (row,) = mapped.rows.to_dicts()
    assert row["name"] == "Association fictive"
    assert (row["commune"], row["departement"], row["amount_cents"], row["year"]) == (
        "37261",
        "37",
        1250,
        2020,
    )
    assert reasons(mapped) == []


@pytest.mark.parametrize(
    ("change", "value", "reason"),
    [
        ({"id": " "}, "", "missing_key"),
        ({"nom": None}, "1", "missing_name"),
        ({"nom": "<br/>"}, "1", "missing_name"),
        ({"dep": None}, "1", "no_place"),
        ({"cj": "1000"}, "", "natural_person"),
        ({"dif": "N"}, "", "not_diffusible"),
    ],
)
def test_a_row_left_out_as_a_whole(
    territory: Territory, change: dict[str, Any], value: str, reason: str
) -> None:
    mapped = map_it(territory, {**GOOD, **change})
    assert mapped.rows.is_empty()
    assert reasons(mapped) == [(2, "", value, reason, True)]
    assert (mapped.out_of_region, mapped.rejected, mapped.repeated) == (0, 1, 0)


@pytest.mark.parametrize(
    ("column", "text", "field", "reason"),
    [
        ("siren", "123", "siren", "invalid_siren"),
        ("cree", "0001-01-01", "created_on", "invalid_date"),
        ("montant", "beaucoup", "amount_cents", "not_a_number"),
        ("com", "41082", "commune", "merged_commune"),
        ("texte", "un <i>texte</i>", "description", "html_removed"),
        ("texte", "V\ufffdlo", "description", "encoding"),
        ("adresse", "x" * 400, "address", "too_long"),
    ],
)
def test_a_value_left_out_of_a_row_that_is_kept(
    territory: Territory, column: str, text: str, field: str, reason: str
) -> None:
    mapped = map_it(territory, {**GOOD, column: text})
    assert mapped.rows.height == 1
    assert reasons(mapped) == [(2, field, text[:200], reason, False)]


def test_contacts_are_not_kept_even_in_the_report(territory: Territory) -> None:
    mapped = map_it(territory, {**GOOD, "texte": "Appeler le 02 47 00 00 00 ou moi@exemple.fr"})
    assert mapped.rows["description"].to_list() == ["Appeler le ou"]
    assert reasons(mapped) == [(2, "description", "", "contact_removed", False)]


def test_a_repeated_key_is_kept_once_and_told(territory: Territory) -> None:
    again = {**GOOD, "nom": "Autre nom"}
    mapped = map_it(territory, {**GOOD, "nom": None}, GOOD, again, {**GOOD, "id": "2"})
    assert mapped.rows["name"].to_list() == ["Association fictive"] * 2
    assert [(row[0], row[3]) for row in reasons(mapped)] == [(2, "missing_name"), (4, "duplicate_key")]
    assert (mapped.rejected, mapped.repeated) == (1, 1)


def test_rows_of_other_regions_are_counted_and_nothing_is_said_of_them(territory: Territory) -> None:
    mapped = map_it(territory, {**GOOD, "dep": "75", "siren": "123", "nom": None}, GOOD)
    assert (mapped.out_of_region, mapped.rows.height, reasons(mapped)) == (1, 1, [])


def test_partial_diffusion_keeps_the_commune_and_hides_the_address(territory: Territory) -> None:
    mapped = map_it(
        territory,
        {**GOOD, "dif": "P", "cj": "9220", "com": "37261", "adresse": "1 rue", "lon": "0.69", "lat": "47.39"},
    )
    (row,) = mapped.rows.to_dicts()
    assert (row["commune"], row["name"], row["diffusion"]) == ("37261", "Association fictive", "partial")
    assert (row["address"], row["lon"], row["lat"]) == (None, None, None)


def test_a_row_without_place_is_kept_where_its_party_is_known(territory: Territory) -> None:
    siren = "732829320"
    here, nowhere = {**GOOD, "siren": siren}, {**GOOD, "id": "2", "dep": None, "siren": siren}
    assert map_it(territory, here, nowhere, unplaced="known").rows.height == 2
    assert map_it(territory, nowhere, unplaced="known").rejected == 1
    assert (
        map_it(territory, nowhere, known=lambda rows: rows["siren"] == siren, unplaced="known").rows.height
        == 1
    )
    assert map_it(territory, nowhere, unplaced="keep").rows.height == 1


def test_values_of_a_declaration(territory: Territory) -> None:
    fields = {
        "name": "nom",
        "departement": "dep",
        "nature": {"columns": ["cj"], "values": {"Asso": "association", "Inconnu": ""}},
        "description": {"columns": ["texte"], "values": {"-": "", "*": "="}},
    }
    rows = [
        ("1", "A", "37", "Asso", "-"),
        ("2", "B", "37", "Inconnu", "Bien"),
        ("3", "C", "37", "Club", None),
    ]
    raw = pl.DataFrame(rows, schema=["id", "nom", "dep", "cj", "texte"], orient="row").with_row_index(
        LINE, offset=2
    )
    mapped = map_rows(raw, declare(fields), territory, nobody)
    assert mapped.rows["nature"].to_list() == ["association", None, None]
    assert mapped.rows["description"].to_list() == [None, "Bien", None]
    assert reasons(mapped) == [(4, "nature", "Club", "unknown_value", False)]


CELLS = {
    "id": [None, "", "1", "2", "3"],
    "nom": [None, "", "A", "<b>B</b>", "C"],
    "siren": [None, "732829320", "662042449", "999"],
    "rna": [None, "W372000001", "x"],
    "dep": [None, "37", "45", "75", "00"],
    "com": [None, "37261", "41082", "86194", "45999", "zz"],
    "lon": [None, "0.69", "47.39", "999", "x"],
    "lat": [None, "47.39", "0.69", "x"],
    "cree": [None, "0001-01-01", "2020-01-01"],
    "montant": [None, "10", "x"],
    "annee": [None, "2020", "x"],
    "cj": [None, "9220", "1000"],
    "dif": [None, "O", "P", "N"],
    "texte": [None, "x@y.fr", "bien"],
    "adresse": [None, "1 rue"],
}
ROW = st.fixed_dictionaries({column: st.sampled_from(cells) for column, cells in CELLS.items()})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=8), unplaced=st.sampled_from(["reject", "known", "keep"]))
def test_no_row_is_lost(territory: Territory, rows: list[dict[str, str | None]], unplaced: str) -> None:
    mapped = map_it(territory, *rows, unplaced=unplaced)
    assert len(rows) == mapped.rows.height + mapped.out_of_region + mapped.rejected + mapped.repeated
    whole = mapped.rejects.filter("whole_row")
    assert whole.height == mapped.rejected + mapped.repeated
    assert whole["line"].n_unique() == whole.height
    assert not set(whole["line"]) & set(mapped.rows[LINE])
    assert set(mapped.rejects.filter(~pl.col("whole_row"))["line"]) <= set(mapped.rows[LINE])
    assert mapped.rows["key"].is_unique().all()
    counted = Counter(mapped.rejects.filter("whole_row")["reason"])
    assert counted["duplicate_key"] == mapped.repeated


def identities(
    declaration: Declaration, mapped: Mapped, known: dict[str, str] | None = None
) -> list[tuple[Any, Any]]:
    rows, _rejects = with_identities(mapped.rows, declaration, known or {})
    return rows.select("party_identity", "site_identity").rows()


def test_identities_by_official_number_then_by_the_source(territory: Territory) -> None:
    mapped = map_it(
        territory,
        {**GOOD, "siren": "732829320", "rna": "W372000001"},
        {**GOOD, "id": "2", "rna": "W372000001"},
        {**GOOD, "id": "3", "rna": "W372000002"},
        {**GOOD, "id": "4"},
        {**GOOD, "id": "5", "rna": "W372000003"},
    )
    assert identities(declare(FIELDS), mapped, {"W372000003": "662042449"}) == [
        ("siren:732829320", "local:essai:1"),
        ("siren:732829320", "local:essai:2"),
        ("rna:W372000002", "local:essai:3"),
        ("local:essai:4", "local:essai:4"),
        ("siren:662042449", "local:essai:5"),
    ]


def test_one_rna_number_is_of_one_siren(territory: Territory) -> None:
    first = {**GOOD, "siren": "732829320", "rna": "W372000001"}
    mapped = map_it(territory, first, {**first, "id": "2", "siren": "662042449"})
    rows, rejects = with_identities(mapped.rows, declare(FIELDS), {})
    assert rows["rna"].to_list() == ["W372000001", None]
    assert rejects.select("line", "value", "reason").rows() == [(3, "W372000001", "rna_taken")]


def test_names_stand_for_an_identifier_where_the_source_has_none(territory: Territory) -> None:
    declaration = declare(FIELDS, same_party=["departement", "name"], same_site=["departement", "name"])
    mapped = map_it(
        territory,
        {**GOOD, "nom": "Ligue de l’Enseignement"},
        {**GOOD, "id": "2", "nom": "LIGUE DE L'ENSEIGNEMENT"},
        {**GOOD, "id": "3", "nom": "Ligue de l’Enseignement", "dep": "45"},
    )
    same = "local:essai:37:ligue de l enseignement"
    assert [party for party, _site in identities(declaration, mapped)] == [
        same,
        same,
        same.replace("37", "45"),
    ]


def test_a_very_long_key_stays_unique_and_short(territory: Territory) -> None:
    mapped = map_it(territory, {**GOOD, "id": "x" * 900 + "1"}, {**GOOD, "id": "x" * 900 + "2"})
    assert mapped.rows["key"].n_unique() == 2
    assert max(mapped.rows["key"].str.len_chars()) <= 180


def test_the_digest_follows_values_and_identities_only(territory: Territory) -> None:
    def digest(**change: Any) -> str:
        declaration = declare(FIELDS)
        rows, _rejects = with_identities(map_it(territory, {**GOOD, **change}).rows, declaration, {})
        return records_of(rows)["digest"][0]

    assert digest() == digest(nom=" Association  fictive ")
    assert (
        len({digest(), digest(nom="Autre"), digest(com="37261"), digest(id="2"), digest(siren="732829320")})
        == 5
    )
