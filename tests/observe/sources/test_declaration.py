"""A declaration says what is wrong with it, and those we ship are right."""

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings

from terreau.observe.sources.declaration import FOLDER, declaration_of, declarations, load, parse
from terreau.observe.sources.errors import SourceError
from terreau.observe.sources.readers import LINE

from .conftest import ABOUT

GOOD = {**ABOUT, "fields": {"name": "nom"}}


def test_the_least_declaration() -> None:
    declaration = parse(GOOD)
    assert declaration.columns == ("id", "nom")
    assert declaration.fields["name"].converter == "name"
    assert declaration.precedence == 50


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fieldz": {}}, "clé inconnue"),
        ({"code": "corrections"}, "prenez un autre code"),
        ({"licence": "open"}, "« open » n’est pas un choix pour « licence »"),
        ({"format": "pdf"}, "« pdf » n’est pas un choix pour « format »"),
        ({"scheme": "club"}, "« club » n’est pas un choix pour « scheme »"),
        ({"unplaced": "guess"}, "« guess » n’est pas un choix pour « unplaced »"),
        ({"fields": {"name": "nom", "naem": "x"}}, "champ inconnu"),
        ({"fields": {"siren": "s"}}, "aucune colonne ne donne le nom"),
        (
            {"fields": {"name": {"columns": ["nom"], "converter": "magic"}}},
            "« magic » n’est pas un choix pour « converter »",
        ),
        ({"fields": {"name": {"columns": ["nom"], "colour": "red"}}}, "clé du champ « name »"),
        ({"fields": {"name": 3}}, "doit être un nom de colonne"),
        ({"constants": {"nothing": 1}}, "champ inconnu"),
        ({"key": []}, "la clé « key » manque"),
        ({"key": 3}, "doit être un texte ou une liste de textes"),
        ({"title": 3}, "la clé « title » doit être un texte"),
        ({"vintage": "2024"}, "doit être une date sans guillemets"),
        ({"join": [{"on": "id"}]}, "la clé « join.path » manque"),
        ({"region_column": {"ville": "x"}}, "region_column"),
        ({"same_party": ["nom"]}, "champ inconnu"),
        ({"precedence": "haute"}, "la clé « precedence » doit être un nombre entier"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError) as error:
        parse({**GOOD, **change})
    assert message in str(error.value).replace("\u00a0", " ")


@pytest.mark.parametrize("name", [name for name in GOOD if name != "fields"])
def test_each_obligatory_key_is_asked_for(name: str) -> None:
    with pytest.raises(SourceError, match=name):
        parse({key: value for key, value in GOOD.items() if key != name})


def test_a_file_that_is_no_toml_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mienne.toml"
    with pytest.raises(SourceError, match="ne peut pas être lue"):
        load(path)
    path.write_text("code = ")
    with pytest.raises(SourceError, match=r"mienne.toml.*TOML"):
        load(path)
    path.write_bytes("titre = 'é'".encode("cp1252"))
    with pytest.raises(SourceError, match="UTF-8"):
        load(path)


def test_an_unknown_code_lists_the_known_ones() -> None:
    with pytest.raises(SourceError, match=r"ess_numerique.*siae"):
        declaration_of("sia")


def test_every_declared_source_is_complete() -> None:
    found = declarations()
    assert set(found) == {path.stem for path in FOLDER.glob("*.toml")}
    for declaration in found.values():
        assert len(declaration.covers) > 100, declaration.code
        assert not set(declaration.ignored) & set(declaration.columns), declaration.code


def test_no_declaration_takes_contacts_or_persons() -> None:
    for declaration in declarations().values():
        for column in declaration.columns:
            assert not any(
                word in column.lower() for word in ("mail", "phone", "prenom", "civilite", "nomunitelegale")
            ), (declaration.code, column)


def test_shipped_files_have_the_columns_their_declaration_reads() -> None:
    shipped = [one for one in declarations().values() if one.shipped]
    assert len(shipped) == 7
    for declaration in shipped:
        columns = pl.read_parquet_schema(settings.SHIPPED_DATA / declaration.path)
        assert set(columns) == {LINE, *declaration.columns}


def test_sources_with_rows_that_no_place_names_come_last() -> None:
    unplaced = [declaration.unplaced for declaration in declarations().values()]
    assert unplaced == sorted(unplaced, key=lambda one: one == "known")


def test_official_sirene_columns_are_all_known(shared_data: Path) -> None:
    sirene = declaration_of("sirene")
    for name in ("StockEtablissement", "StockUniteLegale", "GeolocalisationEtablissement"):
        official = pl.read_csv(shared_data / "sirene" / f"schema_{name}.csv")["column"]
        assert set(official) <= {*sirene.columns, *sirene.ignored}
    every = pl.concat(
        pl.read_csv(shared_data / "sirene" / f"schema_{name}.csv")["column"]
        for name in ("StockEtablissement", "StockUniteLegale", "GeolocalisationEtablissement")
    )
    assert set(sirene.columns) <= set(every)


def test_toml_files_have_no_duplicate_code() -> None:
    codes = [tomllib.loads(path.read_text())["code"] for path in FOLDER.glob("*.toml")]
    assert len(codes) == len(set(codes))
