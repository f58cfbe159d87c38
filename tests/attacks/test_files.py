"""Files that somebody made to harm: each ends in one sentence, soon, and touches nothing outside its folder."""

import csv
import gzip
import json
import shutil
import tarfile
import tracemalloc
import zipfile
from collections import namedtuple
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from terreau.observe.sources import files, workbooks
from terreau.observe.sources.declaration import Declaration, parse
from terreau.observe.sources.errors import SourceError
from terreau.observe.sources.mapping import Mapped, map_rows
from terreau.observe.sources.placing import Territory
from terreau.observe.sources.readers import read
from terreau.observe.sources.territory import load_territory
from terreau.portal.backup import BackupError, restore_backup
from terreau.portal.backup.archive import extract_archive

pytestmark = pytest.mark.django_db
GOOD = "id,nom,texte\n1,Lieu fictif,bien\n"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
DECLARATION = {
    "code": "essai", "title": "Essai", "publisher": "Essai", "licence": "etalab-2.0", "path": "x", "format": "csv",
    "covers": "x", "key": ["id"], "unplaced": "keep", "fields": {"name": "nom", "description": "texte"},
}  # fmt: skip


def declared(format_: str, **values: object) -> Declaration:
    return parse({**DECLARATION, "format": format_, **values})


def take(path: Path, format_: str = "csv", **values: object) -> Mapped:
    """What is kept of a file, before it is written to the database."""
    territory: Territory = load_territory()
    declaration = declared(format_, **values)
    selection = read(declaration, str(path), territory.departements)
    return map_rows(
        selection.rows,
        declaration,
        territory,
        lambda rows: pl.Series([False] * rows.height, dtype=pl.Boolean),
    )


def refusal(path: Path, format_: str = "csv") -> str:
    with pytest.raises(SourceError) as refused:
        take(path, format_)
    return str(refused.value).replace("\u00a0", " ")


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


# Archives -------------------------------------------------------------------------------------------------------


def small_disk(monkeypatch, room: int) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(room * 2, 0, room * 2))


@pytest.mark.parametrize("number", [1, 40])
def test_archive_that_unfolds_without_end_stops_before_the_disk_is_full(
    tmp_path, monkeypatch, number
) -> None:
    bomb = GOOD.encode() + b"a" * (4 << 20)
    small_disk(monkeypatch, 3 << 20 if number == 1 else 40 << 20)
    path = zipped(tmp_path / "bombe.zip", {f"{n}.csv": bomb for n in range(number)})
    assert path.stat().st_size < 1 << 20
    assert "trop grand" in refusal(path)


def test_gzip_bomb_stops_too(tmp_path, monkeypatch) -> None:
    small_disk(monkeypatch, 2 << 20)
    assert "trop grand" in refusal(written(tmp_path, "bombe.csv.gz", gzip.compress(b"a" * (8 << 20))))


def test_member_of_an_archive_cannot_leave_its_folder(tmp_path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    take(zipped(folder / "monte.zip", {"../../../../../../monte.csv": GOOD}))
    take(zipped(folder / "absolu.zip", {str(tmp_path / "absolu.csv"): GOOD}))
    assert not [*tmp_path.rglob("monte.csv"), *tmp_path.rglob("absolu.csv"), *Path("/tmp").glob("monte.csv")]


def test_archive_with_a_password_or_an_unknown_packing_is_said(tmp_path) -> None:
    path = zipped(tmp_path / "secret.zip", {"a.csv": GOOD})
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    locked, odd = content.copy(), content.copy()
    locked[6] |= 1
    locked[central + 8] |= 1
    odd[8] = odd[central + 10] = 99
    for attack in (locked, odd):
        assert "abîmée" in refusal(written(tmp_path, "secret.zip", bytes(attack)))


# Workbooks ------------------------------------------------------------------------------------------------------


def workbook(path: Path, rows: str) -> Path:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped(
        path,
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="a" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="b"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="b"'
            f' Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": SHEET.format(rows),
        },
    )


def cells(row: int, texts: dict[str, str]) -> str:
    found = "".join(
        f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in texts.items()
    )
    return f'<row r="{row}">{found}</row>'


HEAD = cells(1, {"A": "id", "B": "nom", "C": "texte"})


def test_ordinary_workbook_is_read(tmp_path) -> None:
    row = cells(2, {"A": "1", "B": "Lieu fictif", "C": "bien"})
    assert take(workbook(tmp_path / "a.xlsx", HEAD + row), "xlsx").rows["name"].to_list() == ["Lieu fictif"]


def test_workbook_of_two_kilobytes_that_would_take_half_a_terabyte(tmp_path) -> None:
    """The library lays out every cell from the first to the last one: it would end the whole process."""
    path = workbook(tmp_path / "vide.xlsx", HEAD + cells(1_048_576, {"XFD": "1"}))
    assert path.stat().st_size < 3000
    assert "trop grand" in refusal(path, "xlsx")


def test_workbook_that_unfolds_without_end(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_IN_MEMORY", 1 << 20)
    path = workbook(tmp_path / "bombe.xlsx", HEAD + cells(2, {"A": "a" * (2 << 20)}))
    assert "trop grand" in refusal(path, "xlsx")


def test_workbook_that_lies_about_its_size(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_IN_MEMORY", 1 << 20)
    path = workbook(tmp_path / "ment.xlsx", HEAD + cells(2, {"A": "a" * (2 << 20)}))
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    assert "ne peut pas être lu" in refusal(written(tmp_path, "ment.xlsx", bytes(content)), "xlsx")


# JSON -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"a":' * 50_000, "[" * 50_000 + "]" * 50_000])
def test_json_with_endless_levels(tmp_path, text) -> None:
    assert "niveaux" in refusal(written(tmp_path, "a.json", text), "json")


def test_json_too_large_for_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(files, "MOST_IN_MEMORY", 100)
    rows = json.dumps([{"id": "1", "nom": "x", "texte": "a" * 200}])
    assert "trop grand" in refusal(written(tmp_path, "a.json", rows), "json")


def test_halves_of_characters_numbers_that_are_none_and_strange_elements(tmp_path) -> None:
    text = (
        '[{"id": NaN, "nom": "a\\ud800b", "texte": 1e999}, null, 7, [], "x", {"\\udfff": {"nom": []}},'
        ' {"id": "2", "nom": "Lieu\\u0000 fictif", "texte": "é"}]'
    )
    found = take(written(tmp_path, "a.json", text), "json")
    assert found.rows["name"].to_list() == ["a\ufffdb", "Lieu fictif"]


# Text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<script " * 40_000, "<!--" * 60_000, "<a " * 60_000, "&amp;" * 50_000, "&#" + "9" * 5000 + ";<b>",
        "a.a-" * 50_000 + "@",
    ],
    ids=["scripts", "comments", "tags", "entities", "number", "addresses"],
)  # fmt: skip
def test_text_made_to_be_slow_is_cut_soon(tmp_path, text) -> None:
    """With a naive expression, each of these takes minutes, or an error of the program."""
    path = written(tmp_path, "a.csv", f"id,nom,texte\n1,Lieu fictif,{text}\n")
    found = take(path).rows["description"].to_list()
    assert len(found[0] or "") <= 5000


def test_header_with_twenty_thousand_times_the_same_column(tmp_path) -> None:
    found = take(written(tmp_path, "a.csv", "id,nom,texte" + ",a" * 20_000 + "\n1,b,c" + "," * 20_000 + "\n"))
    assert found.rows.height == 1


def test_what_cannot_be_seen_is_taken_out(tmp_path) -> None:
    hidden = "\x00\x07\x1b[31m\u202e\u2066\u200b\ufeff\U000e0041\x7f\x9b"
    path = written(tmp_path, "a.csv", f"id,nom,texte\n1,Lieu{hidden} fictif,&#8238;&#x200B;abc<b>d</b>\n")
    row = take(path).rows.row(0, named=True)
    assert (row["name"], row["description"]) == ("Lieu[31m fictif", "abc d")


def test_quotes_left_open_lose_their_own_row_alone(tmp_path) -> None:
    content = "id,nom,texte\n" + '1,"a,b\n' * 5000 + "2,Lieu fictif,bien\n"
    assert "Lieu fictif" in take(written(tmp_path, "a.csv", content)).rows["name"].to_list()


def test_report_of_rejected_values_tells_no_way_to_reach_a_person(tmp_path) -> None:
    """A text that is reported for its markup, its length or its form may hold an address too."""
    private = "Tél. 0\u200b2 38 00 00 00, a@exemple.invalid"
    rows = [
        ["1", f"Lieu {private}<b>", "bien", "", ""],
        [
            "2",
            "Lieu chez Mme Fictive <i>x</i>",
            f"<a href='mailto:a@exemple.invalid'>x</a> {'a' * 6000}",
            "",
            "",
        ],
        ["3", "Lieu", "\ufffd a@exemple.invalid", "a@exemple.invalid", ""],
        ["4", "Lieu réservé", "", "", "a" * 310 + " rue Cachée"],
    ]
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["id", "nom", "texte", "site", "adresse", "diffusion"], *([*r, "PO"[r[0] != "4"]] for r in rows)]
        )
    fields = {**DECLARATION["fields"], "website": "site", "address": "adresse", "diffusion": "diffusion"}
    found = take(path, fields=fields)
    told = str(found.rejects.rows()) + str(found.rows.rows())
    assert found.rejects.height >= 8
    for secret in ("exemple", "38", "Fictive", "Cachée", "aaaaaaaaaa rue"):
        assert secret not in told, secret
    assert "a" * 100 not in str(found.rejects.filter(pl.col("field") == "address").rows())


# Declarations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["../../evade", "/etc/x", "a b", "a/b", "", "A", "é", "a" * 60, 7, ["a"], "a\n", ".."]
)
def test_code_of_a_source_is_a_name_and_no_path(code) -> None:
    """It names a report file and an address of the site."""
    with pytest.raises(SourceError):
        declared("csv", code=code)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.invalid", "file:///etc/passwd", 7]
)
def test_address_of_a_source_is_http(url) -> None:
    with pytest.raises(SourceError):
        declared("csv", url=url)


# Backups --------------------------------------------------------------------------------------------------------


def backup(path: Path, *members: tuple[bytes, int, bytes]) -> Path:
    """(kind of member, size that its header gives, content)"""
    with gzip.open(path, "wb", 1) as file:
        for kind, size, content in members:
            header = tarfile.TarInfo("manifest.json")
            header.size, header.type = size, kind
            file.write(header.tobuf(tarfile.GNU_FORMAT) + content + b"\0" * (-len(content) % 512))
    return path


def backup_refusal(path: Path) -> str:
    folder = path.parent / "essai"
    folder.mkdir()
    with pytest.raises(BackupError) as refused:
        extract_archive(path, folder)
    assert not [one for one in folder.rglob("*") if one.is_file()]
    return str(refused.value)


@pytest.mark.parametrize(
    "kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK]
)
def test_name_of_forty_megabytes_is_not_read(tmp_path, kind: bytes) -> None:
    """Such names are read whole: an archive of a few MB would take all the memory."""
    path = backup(tmp_path / "a.tar.gz", (kind, 40 << 20, b"a" * (40 << 20)), (tarfile.REGTYPE, 2, b"{}"))
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    assert "inattendu" in backup_refusal(path)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "manifest",
    [
        b"[" * 100_000, b"[1]", b"null", b"{}", b'{"format": 1}', b'{"format": 1, "files": {"a": 1}}', b"\xff",
        b'{"format": 1, "files": [{"path": "database/x", "size": Infinity, "sha256": "a"}]}',
        b'{"format": 1, "files": [{"path": "database/x", "size": -1, "sha256": "a"}]}',
        b'{"format": 1, "files": [{"path": "../x", "size": 0, "sha256": "a"}]}',
        b'{"format": 1, "files": [{"path": "/etc/x", "size": 0, "sha256": "a"}]}',
        b'{"format": 1, "files": [{"path": "secret_key", "size": 0, "sha256": "a"}]}',
        b'{"format": 1, "files": [{"path": "database/x", "size": 1e30, "sha256": "a"}]}',
    ],
)  # fmt: skip
def test_manifest_that_is_none(tmp_path, manifest: bytes) -> None:
    backup_refusal(backup(tmp_path / "a.tar.gz", (tarfile.REGTYPE, len(manifest), manifest)))


@pytest.mark.parametrize("manifest", [{"choice": {}}, {}, {"choice": {"other": 1}}, {"choice": None}])
def test_backup_without_a_database_does_not_empty_the_site(tmp_path, settings, manifest: dict) -> None:
    settings.DATA_DIR = tmp_path
    about = {"format": 1, "engine": connection.vendor, "migrations": [], "files": [], **manifest}
    content = json.dumps(about).encode()
    path = backup(tmp_path / "a.tar.gz", (tarfile.REGTYPE, len(content), content + b"\0" * 2048))
    with pytest.raises(BackupError):
        restore_backup(path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.tar.gz"]
