"""Links between records: identifiers first, names within a place, and what is refused."""

import json
from pathlib import Path

import polars as pl
import pytest

from terreau_engines.cli import main
from terreau_engines.frames import FrameError
from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links
from terreau_engines.linkage.names import read_name

COLUMNS = ("id", "name", "acronym", "siren", "rna", "commune", "departement", "post_code", "lon", "lat")


def records(*rows: dict[str, str]) -> pl.DataFrame:
    full = [{column: row.get(column) for column in COLUMNS} for row in rows]
    types = {column: pl.Float64 if column in {"lon", "lat"} else pl.String for column in COLUMNS}
    return pl.DataFrame(full, schema=types)


def links(*rows: dict[str, str], review_at: float = REVIEW_AT) -> list[dict[str, object]]:
    return find_links(records(*rows), link_at=max(LINK_AT, review_at), review_at=review_at).value.to_dicts()


def test_the_same_siren_is_a_link_whatever_the_names() -> None:
    (link,) = links(
        {"id": "a", "name": "Coallia", "siren": "775680309", "departement": "75"},
        {"id": "b", "name": "AFTAM", "siren": "775680309", "departement": "18"},
    )
    assert (link["a"], link["b"], link["probability"], link["decision"]) == ("a", "b", 1.0, "link")
    assert json.loads(str(link["explanation"])) == [
        {"comparison": "identifier", "level": "same SIREN", "weight": None}
    ]


def test_two_siren_are_never_linked_by_name_nor_by_rna() -> None:
    same = {"name": "Amicale laïque de Savenay", "rna": "W442000001", "departement": "44"}
    assert links({"id": "a", "siren": "111111111"} | same, {"id": "b", "siren": "222222222"} | same) == []


def test_two_rna_numbers_are_never_linked_by_name() -> None:
    same = {"name": "Amicale laïque de Savenay", "departement": "44"}
    rows = ({"id": "a", "rna": "W442000001"} | same, {"id": "b", "rna": "W442000002"} | same)
    assert links(*rows, review_at=1e-9) == []
    assert len(links(rows[0], {"id": "b"} | same, review_at=1e-9)) == 1


def test_the_same_name_in_two_departements_is_not_compared() -> None:
    name = {"name": "Recyclerie des Grandes Oreilles"}
    found = links(
        {"id": "a", "departement": "18"} | name, {"id": "b", "departement": "45"} | name, review_at=1e-9
    )
    assert found == []


def test_an_acronym_meets_its_full_title_and_says_why() -> None:
    (found,) = links(
        {"id": "a", "name": "FALEP", "departement": "45"},
        {"id": "b", "name": "Fédération des associations laïques d’éducation populaire", "departement": "45"},
        review_at=1e-9,
    )
    said = {line["comparison"]: line["level"] for line in json.loads(str(found["explanation"]))}
    assert said["acronym"] == "5 letters or more are the initials"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ASS SPORTIV CULTUREL BONNE GARDE", "Association sportive et culturelle Bonne Garde"),
        ("CTRE SOCIAL DES RIVES", "Centre social des rives"),
        ("L’Œuvre de l'été", "OEUVRE ETE"),
        ("M.F.R. de Chaingy", "Maison familiale rurale de Chaingy"),
    ],
)
def test_the_same_words_are_read(one: str, other: str) -> None:
    assert set(read_name(one).stems) == set(read_name(other).stems)


def test_bad_columns_and_bounds_are_refused() -> None:
    with pytest.raises(FrameError, match="'12' in row 1 is not nine figures"):
        links({"id": "a", "name": "x", "siren": "12"})
    with pytest.raises(FrameError, match="given twice"):
        links({"id": "a", "name": "x"}, {"id": "a", "name": "y"})
    with pytest.raises(FrameError, match="bounds"):
        find_links(records(), link_at=0.5, review_at=0.9)


def test_no_record_no_link() -> None:
    assert find_links(records(), link_at=0.9, review_at=0.5).value.is_empty()


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "organisations.csv"
    file.write_text("id,name,siren\na,Un,123456789\nb,Deux,123456789\n", encoding="utf-8")
    assert main(["linkage", str(file), "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert [(row["a"], row["b"], row["decision"]) for row in result["value"]] == [("a", "b", "link")]
