"""Every format and every way a file can be bad: rows as text, or one clear French sentence."""

import gzip
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from terreau.observe.sources.errors import SourceError
from terreau.observe.sources.readers import LINE, Selection, read

from .conftest import declare

Write = Callable[..., Path]
NAMED = {"name": "nom"}
REGION = frozenset({"37"})


def read_it(path: Path | str, fields: dict[str, Any] | None = None, **more: Any) -> Selection:
    return read(declare(fields or NAMED, **more), str(path), REGION)


def rows(selection: Selection) -> list[tuple[Any, ...]]:
    return selection.rows.select(LINE, "id", "nom").rows()


GOOD = [(2, "1", "Épicerie"), (3, "2", "Vélo")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_in_each_encoding_with_each_separator(write: Write, encoding: str, separator: str) -> None:
    text = "id,nom\r\n1,Épicerie\r\n2,Vélo\r\n".replace(",", separator)
    found = read_it(write(text, encoding=encoding))
    assert rows(found) == GOOD
    assert any(encoding in note for note in found.notes) == (encoding in {"cp1252", "utf-16"})


def test_an_encoding_announced_wrongly_is_still_read(write: Write) -> None:
    path = write("id,nom\n1,Épicerie\n2,Vélo\n")
    assert rows(read_it(path, encoding="cp1252")) == GOOD


def test_one_broken_byte_does_not_spoil_the_accents_of_a_file(write: Write) -> None:
    lines = [f"{n},Épicerie n°{n}" for n in range(1, 50)]
    path = write(("id,nom\n" + "\n".join(lines)).encode() + b"\n50,V\xe9lo\n")
    found = read_it(path)
    assert rows(found)[0] == (2, "1", "Épicerie n°1")
    assert rows(found)[-1] == (51, "50", "V\N{REPLACEMENT CHARACTER}lo")
    assert "1 caractères illisibles" in " ".join(found.notes)


def test_cells_over_several_lines_keep_the_row_number_of_a_spreadsheet(write: Write) -> None:
    path = write('id,nom\n1,"Deux\nlignes"\n\n2,"Des ""guillemets"", et une virgule"\n')
    assert rows(read_it(path)) == [(2, "1", "Deux\nlignes"), (4, "2", 'Des "guillemets", et une virgule')]


def test_rows_with_too_many_or_too_few_cells_are_named_by_their_line(write: Write) -> None:
    path = write("id,nom,ville\n1,A,Tours\n2,B\n3,C,Tours,37\n4,D,\n5,E,Blois\n")
    found = read_it(path)
    assert [row[1] for row in rows(found)] == ["1", "4", "5"]
    assert found.ragged == (3, 4)
    assert found.read == 5


@pytest.mark.parametrize("broken", ['2,"ouvert', '2,"a"b', '2,5" de large'])
def test_a_stray_quote_costs_its_own_row_at_most(write: Write, broken: str) -> None:
    after = "".join(f"{n},Suivante {n}\n" for n in range(3, 400))
    found = read_it(write(f"id,nom\n1,Avant\n{broken}\n{after}"))
    keys = [row[1] for row in rows(found)]
    assert [key for key in keys if key != "2"] == ["1", *(str(n) for n in range(3, 400))]


def test_blank_rows_are_not_rows(write: Write) -> None:
    found = read_it(write("id,nom\n1,A\n,\n\n2,B\n,\n"))
    assert [row[0] for row in rows(found)] == [2, 5]
    assert found.read == 2


def test_a_repeated_and_an_empty_column_name(write: Write) -> None:
    found = read_it(write("id,nom,nom,\n1,A,B,C\n"))
    assert rows(found) == [(2, "1", "A")]
    assert found.unmapped == ("nom_2", "colonne_4")


def test_a_header_alone_is_a_source_without_rows(write: Write) -> None:
    assert read_it(write("id,nom\n")).read == 0


def test_zip_and_gz(write: Write) -> None:
    text = "id,nom\n1,Épicerie\n2,Vélo\n"
    assert rows(read_it(write(gzip.compress(text.encode()), "a.csv.gz"))) == GOOD
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("LISEZMOI.txt", "notice")
        archive.writestr("dpt_37.csv", text)
        archive.writestr("dpt_41.csv", "id,nom\n3,Blois\n")
    assert [row[1] for row in rows(read_it(write(packed.getvalue(), "a.zip")))] == ["1", "3", "2"]


def test_parquet_of_any_type_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"id": [1, 2], "nom": ["A", None], "oui": [True, False], "liste": [[1], [2]]}).write_parquet(
        path
    )
    found = read_it(path, {"name": "nom", "active": "oui"})
    assert found.rows.rows() == [(1, "1", "A", "true"), (2, "2", None, "false")]


def xlsx(cells: list[list[str]]) -> bytes:
    """The least workbook: one sheet, texts in line."""
    sheet = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in cells
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}"><Relationship Id="a" Type="{links}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="Liste" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}"><Relationship Id="b"'
        f' Type="{links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_xlsx(write: Write) -> None:
    path = write(xlsx([["id", "nom"], ["1", "Épicerie"], ["2", "Vélo"]]), "a.xlsx")
    assert rows(read_it(path)) == GOOD
    assert rows(read_it(path, sheet="Liste")) == GOOD
    with pytest.raises(SourceError, match="Feuilles attendues"):
        read_it(path, sheet="Autre")


def test_json_elements_are_flat(write: Write) -> None:
    elements = [
        {"id": 1, "nom": "A", "adresse": {"ville": "Tours"}, "mots": ["x", "y"], "rien": None},
        {"id": 2, "nom": "B", "cat": [{"nom": "c1"}, {"nom": "c2"}]},
    ]
    found = read_it(write(json.dumps(elements), "a.json"), format="json")
    assert rows(found) == [(1, "1", "A"), (2, "2", "B")]
    assert set(found.unmapped) == {"adresse.ville", "mots", "cat.nom"}
    fields = {"name": "nom", "tags": "cat.nom", "description": "mots"}
    assert read_it(write(json.dumps(elements), "a.json"), fields, format="json").rows.rows() == [
        (1, "1", "A", None, "x ; y"),
        (2, "2", "B", "c1 ; c2", None),
    ]


def test_json_with_stray_backslashes_is_mended_and_said(write: Write) -> None:
    found = read_it(write(r'[{"id": "1", "nom": "A \[b] \\ c\u00e9"}]', "a.json"), format="json")
    assert rows(found) == [(1, "1", "A \\[b] \\ cé")]
    assert "barres obliques" in " ".join(found.notes)


def test_geojson(write: Write) -> None:
    features = [
        {"properties": {"id": "1", "nom": "A"}, "geometry": {"type": "Point", "coordinates": [0.69, 47.39]}},
        {"properties": {"id": "2", "nom": "B"}, "geometry": None},
    ]
    path = write(json.dumps({"type": "FeatureCollection", "features": features}), "a.geojson")
    fields = {"name": "nom", "lon": "geometry.lon", "lat": "geometry.lat"}
    assert read_it(path, fields).rows.rows() == [(1, "1", "A", "0.69", "47.39"), (2, "2", "B", None, None)]


def test_gogocarto_as_a_dictionary_and_its_short_form_refused(write: Write) -> None:
    full = {"licence": "x", "ontology": "gogofull", "data": [{"id": "1", "nom": "A"}]}
    assert rows(read_it(write(json.dumps(full), "elements.json"), format="gogocarto")) == [(1, "1", "A")]
    short = {"ontology": "gogocompact", "data": [["1", ["A"], 47.3, 0.6, []]]}
    with pytest.raises(SourceError, match="ontology=gogofull"):
        read_it(write(json.dumps(short), "elements.json"), format="gogocarto")


def parquet_bytes() -> bytes:
    packed = io.BytesIO()
    pl.DataFrame({"id": range(5000), "nom": ["A"] * 5000}).write_parquet(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", "est vide"),
        (b"\n1,2\n", "a.csv", "ligne vide : l’en-tête manque"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a.csv", "est une page web"),
        (b"\xef\xbb\xbf  <html>", "a.json", "est une page web"),
        (b"id;ville\n1;Tours\n", "a.csv", "Colonnes absentes du fichier : nom"),
        (parquet_bytes()[:2000], "a.parquet", "incomplet ou abîmé"),
        (parquet_bytes()[:-8] + b"00000000", "a.parquet", "incomplet ou abîmé"),
        (gzip.compress(b"id,nom\n" * 1000, mtime=0)[:-20], "a.csv.gz", "est incomplète ou abîmée"),
        (b"PK\x03\x04rien", "a.zip", "est incomplète ou abîmée"),
        (b'[{"id": 1, "nom": "A"}, {"id"', "a.json", "n’est pas du JSON complet"),
        (b'{"id": 1}', "a.json", "ne contient pas de liste d’éléments"),
        (b"[1, 2]", "a.json", "Colonnes absentes"),
        (b"not a workbook", "a.xlsx", "ne peut pas être lu"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(write: Write, content: bytes, name: str, message: str) -> None:
    with pytest.raises(SourceError) as error:
        read_it(write(content, name), format="json" if name.endswith("json") else "csv")
    assert message in str(error.value).replace("\u00a0", " ")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="n’existe pas"):
        read_it(tmp_path / "rien.csv")
    (tmp_path / "essai.csv").mkdir()
    with pytest.raises(SourceError, match="est un dossier"):
        read_it(tmp_path)


def test_a_missing_column_names_those_found(write: Write) -> None:
    with pytest.raises(SourceError) as error:
        read_it(write("id,nom,ville\n1,A,Tours\n"), {"name": "nom", "commune_name": "commune"})
    assert "commune" in str(error.value)
    assert "id, nom, ville" in str(error.value)


def test_one_of_several_columns_of_a_field_is_enough(write: Write) -> None:
    found = read_it(write("id,nom\n1,A\n"), {"name": ["titre", "nom"]})
    assert found.rows.select("titre", "nom").rows() == [(None, "A")]


def test_a_zip_with_two_kinds_of_tables_is_refused(write: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "id,nom\n1,A\n")
        archive.writestr("b.json", "[]")
        archive.writestr("c.parquet", b"x")
    with pytest.raises(SourceError, match="pas un seul tableau"):
        read_it(write(packed.getvalue(), "a.zip"))


def test_only_wanted_rows_and_rows_of_other_regions(write: Write) -> None:
    path = write("id,nom,etat,commune\n1,A,O,37261\n2,B,F,37261\n3,C,O,75056\n4,D,O,\n5,E,O,37122\n")
    found = read_it(
        path,
        {"name": "nom", "commune": "commune"},
        keep={"etat": ["O"]},
        region_column={"commune": "commune"},
    )
    assert [row[1] for row in rows(found)] == ["1", "4", "5"]
    assert (found.read, found.out_of_region) == (4, 1)


class Answers(BaseHTTPRequestHandler):
    bodies: dict[str, bytes] = {}

    def do_GET(self) -> None:
        body = self.bodies.get(self.path)
        self.send_response(200 if body is not None else 404)
        length = len(body or b"") + (1000 if self.path.startswith("/court") else 0)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Answers.bodies = {
        "/liste.csv": "id,nom\n1,Épicerie\n2,Vélo\n".encode(),
        "/page.csv": b"<html>Maintenance</html>",
        "/court.csv": b"id,nom\n1,A\n",
    }
    with HTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_an_address(server: str) -> None:
    assert rows(read_it(f"{server}/liste.csv")) == GOOD


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/absent.csv", "erreur 404"),
        ("/page.csv", "est une page web"),
        ("/court.csv", "arrêté avant la fin"),
    ],
)
def test_a_bad_address(server: str, path: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_it(server + path)


def test_an_address_where_nobody_answers() -> None:
    with pytest.raises(SourceError, match="ne répond pas"):
        read_it("http://127.0.0.1:9/liste.csv")
