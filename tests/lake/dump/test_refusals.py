"""A dump that is damaged or lies is refused with a sentence, and nothing of it is written."""

import gzip
import io
import json
import shutil
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import polars as pl
import pytest

from terreau.commons.licences import IncompatibleLicences
from terreau.lake.dump import DumpError, insert_content, read_dump, write_dump
from terreau.portal.cli.dump import fill_site

from .made import MANIFEST, contents, counts, manifest_of, replace, write_manifest

pytestmark = pytest.mark.django_db


@pytest.fixture
def dumped(written: Path, tmp_path: Path) -> Path:
    """A good dump, to be spoiled; the site holds nothing."""
    return shutil.copytree(written, tmp_path / "export")


def refused(source: Path) -> str:
    """The sentence; nothing was written."""
    with pytest.raises(DumpError) as caught:
        insert_content(read_dump(source))
    assert not any(counts().values())
    message = str(caught.value)
    assert message and "Traceback" not in message and len(message) < 700
    return message


def test_what_is_good_is_not_refused(dumped) -> None:
    insert_content(read_dump(dumped))
    assert counts()["parties"] == 3


def test_one_flipped_byte_in_any_file(dumped) -> None:
    for path, content in contents(dumped).items():
        if not content or path == MANIFEST:
            continue
        for at in (0, len(content) // 2, len(content) - 1):
            changed = bytearray(content)
            changed[at] ^= 1
            (dumped / path).write_bytes(changed)
            assert path in refused(dumped)
        (dumped / path).write_bytes(content[:-1])
        assert path in refused(dumped)
        (dumped / path).write_bytes(content)
    insert_content(read_dump(dumped))


def test_missing_file(dumped) -> None:
    (dumped / "sites.parquet").unlink()
    assert "Il manque à l’export\u00a0: sites.parquet" in refused(dumped)


@pytest.mark.parametrize("name", ["notes.txt", ".cache", "files/photo.jpg"])
def test_extra_file(dumped, name) -> None:
    (dumped / name).parent.mkdir(exist_ok=True)
    (dumped / name).write_text("de trop")
    assert name in refused(dumped)


def test_link_in_place_of_a_file(dumped, tmp_path) -> None:
    (dumped / "sites.parquet").rename(tmp_path / "elsewhere")
    (dumped / "sites.parquet").symlink_to(tmp_path / "elsewhere")
    assert "sites.parquet" in refused(dumped)


@pytest.mark.parametrize(
    "path",
    ["../parties.parquet", "/etc/hostname", "files/../parties.parquet", "a\\b.parquet", "", "manifest.json", 7, None,
     ["parties.parquet"], "files/autre.geojson.gz", "parties.parquet\n", "x" * 300],
)  # fmt: skip
def test_manifest_with_a_path_that_leaves_its_folder(dumped, path) -> None:
    manifest = manifest_of(dumped)
    manifest["tables"][0]["path"] = path
    write_manifest(dumped, manifest)
    refused(dumped)
    manifest = {**manifest, "tables": manifest["tables"][1:], "files": [manifest["tables"][0]]}
    write_manifest(dumped, manifest)
    refused(dumped)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "manifeste est illisible"),
        ("[]", "manifeste est illisible"),
        ("[" * 100_000, "manifeste est illisible"),
        ('{"format": 1}', "manifeste est incomplet"),
        ('{"format": 1, "tables": [], "files": []}', "n’a pas les tables"),
        ('{"format": 1, "tables": [3], "files": []}', "manifeste est incomplet"),
        ('{"format": 1, "tables": 3, "files": []}', "manifeste est incomplet"),
        (
            '{"format": 2, "tables": [], "files": []}',
            "a le format 2, cette version de Terreau lit le format 1",
        ),
        ('{"format": true, "tables": [], "files": []}', "a le format True"),
        ('{"format": {"a": "b"}}', "a le format"),
    ],
)
def test_manifest_that_is_none(dumped, text, said) -> None:
    (dumped / MANIFEST).write_text(text)
    assert said in refused(dumped)


def test_manifest_of_another_encoding_or_absent(dumped) -> None:
    (dumped / MANIFEST).write_bytes(b"\xff\xfe{}")
    assert "manifeste est illisible" in refused(dumped)
    (dumped / MANIFEST).unlink()
    assert "pas de manifeste" in refused(dumped)


@pytest.mark.parametrize("field", ["rows", "bytes"])
@pytest.mark.parametrize("wrong", [-1, 0, 2, 4, 10**9, 10**15, "3", 3.0, True, None])
def test_manifest_that_lies_about_sizes(dumped, field, wrong) -> None:
    manifest = manifest_of(dumped)
    (entry,) = [one for one in manifest["tables"] if one["name"] == "parties"]
    entry[field] = wrong
    write_manifest(dumped, manifest)
    refused(dumped)


def test_table_named_twice(dumped) -> None:
    manifest = manifest_of(dumped)
    manifest["tables"].append(manifest["tables"][0])
    write_manifest(dumped, manifest)
    assert "deux fois" in refused(dumped)


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def test_truncated_parquet_with_a_manifest_that_agrees(dumped) -> None:
    content = (dumped / "parties.parquet").read_bytes()
    for end in (0, 4, len(content) // 2, len(content) - 1):
        replace(dumped, "parties.parquet", content[:end])
        assert "La table parties est illisible" in refused(dumped)


def test_parquet_damaged_inside_with_a_manifest_that_agrees(dumped) -> None:
    """Whatever the reader makes of it: a sentence, or values that are checked like any others."""
    content = (dumped / "parties.parquet").read_bytes()
    for at in range(4, len(content), max(1, len(content) // 30)):
        changed = bytearray(content)
        changed[at] ^= 0xFF
        replace(dumped, "parties.parquet", bytes(changed))
        try:
            read_dump(dumped)
        except DumpError as error:
            assert "parties" in str(error) or "party" in str(error)
    assert not any(counts().values())


def test_parquet_that_unpacks_to_far_more_than_it_is(dumped) -> None:
    bomb = parquet(pl.select(identity=pl.repeat("a", 30_000_000)))
    replace(dumped, "parties.parquet", bomb, rows=30_000_000)
    assert len(bomb) < 100_000 and "trop de lignes annoncées" in refused(dumped)
    replace(dumped, "parties.parquet", bomb, rows=3)
    assert "le manifeste en annonce 3" in refused(dumped)


def changed_parties(dumped: Path, **columns: object) -> None:
    frame = pl.read_parquet(dumped / "parties.parquet")
    frame = frame.with_columns(
        **{
            name: value if isinstance(value, pl.Expr) else pl.lit(value, frame.schema[name])
            for name, value in columns.items()
        }
    )
    replace(dumped, "parties.parquet", parquet(frame), rows=frame.height)


def test_wrong_columns(dumped) -> None:
    frame = pl.read_parquet(dumped / "parties.parquet")
    for wrong in (frame.drop("naf"), frame.rename({"naf": "ape"}), frame.with_columns(pl.lit(1).alias("id")),
                  frame.with_columns(pl.lit(3).alias("name")), frame.select(reversed(frame.columns))):  # fmt: skip
        replace(dumped, "parties.parquet", parquet(wrong), rows=wrong.height)
        assert "n’a pas les colonnes attendues" in refused(dumped)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "x" * 301), ("name", None), ("name", "a\0b"), ("nature", "licorne"), ("public_id", "../../x"),
        ("diffusion", "public"), ("kind", None), ("is_active", None),
    ],
)  # fmt: skip
def test_values_that_no_model_takes(dumped, column, value) -> None:
    changed_parties(dumped, **{column: value})
    assert f"valeurs refusées dans la colonne {column}" in refused(dumped)


def test_values_that_the_database_refuses(dumped) -> None:
    changed_parties(dumped, siren=pl.lit("abc"))
    assert "La base refuse des lignes de la table parties" in refused(dumped)
    changed_parties(dumped, siren=pl.lit("123456789"))
    assert "La base refuse des lignes de la table parties" in refused(dumped)
    changed_parties(dumped, identity=pl.lit("local:monde:1"))
    assert "deux lignes de même clé" in refused(dumped)


def test_reference_to_a_row_that_is_not_there(dumped) -> None:
    frame = pl.read_parquet(dumped / "sites.parquet")
    for column in ("party", "commune.code", "departement.zoning"):
        wrong = frame.with_columns(pl.lit("nulle-part").alias(column))
        replace(dumped, "sites.parquet", parquet(wrong), rows=wrong.height)
        assert "La table sites nomme une ligne de" in refused(dumped)


@pytest.mark.parametrize(
    "line",
    [
        b"{}", b"[]", b"3", b"", b"{", b"\xff", b'{"source": NaN}', b"[" * 200_000,
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":"4",'
        b'"observed_on":null,"values":{},"digest":"","rank":0}',
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":true,'
        b'"observed_on":null,"values":{},"digest":"","rank":0}',
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":4,'
        b'"observed_on":"2024-13-45","values":{},"digest":"","rank":0}',
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":4,'
        b'"observed_on":null,"values":{"lon":Infinity},"digest":"","rank":0}',
        b'{"source":"monde","key":"\\ud800","identity":"","party":"local:monde:1","site":null,"line":4,'
        b'"observed_on":null,"values":{},"digest":"","rank":0}',
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":99999999999999999999,'
        b'"observed_on":null,"values":{},"digest":"","rank":0}',
        b'{"source":"monde","key":"1","identity":"","party":"local:monde:1","site":null,"line":4,'
        b'"observed_on":null,"values":{},"digest":"","rank":null}',
    ],
)  # fmt: skip
def test_lines_that_are_no_records(dumped, line) -> None:
    replace(dumped, "records.jsonl", line + b"\n", rows=1)
    assert "records" in refused(dumped)


def test_last_line_cut(dumped) -> None:
    content = (dumped / "records.jsonl").read_bytes()
    replace(dumped, "records.jsonl", content[:-1])
    assert "la dernière ligne n’est pas finie" in refused(dumped)


# Archives -----------------------------------------------------------------------------------------------------


def tar_of(path: Path, members: list[tuple[str | tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def zip_of(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


MAKERS = [(tar_of, "export.tar.gz"), (zip_of, "export.zip")]


@pytest.fixture(params=MAKERS, ids=["tar", "zip"])
def make(request, tmp_path):
    maker, name = request.param
    return lambda members: maker(tmp_path / name, members)


def test_archive_made_by_hand_is_read(dumped, make) -> None:
    insert_content(read_dump(make(list(contents(dumped).items()))))
    assert counts()["parties"] == 3


@pytest.mark.parametrize(
    "name", ["../x", "/tmp/x", "x", "files/x", "a/../../x", "manifest.json", "parties.parquet"]
)
def test_archive_with_a_member_too_many(dumped, make, name, tmp_path) -> None:
    members = list(contents(dumped).items())
    before = sorted(tmp_path.iterdir())
    with warnings.catch_warnings(action="ignore"):  # of a name that is there already
        archive = make([*members, (name, b"x")])
    assert "inattendu" in refused(archive)
    assert sorted(tmp_path.iterdir()) == sorted([*before, archive])


def test_archive_without_a_member_or_a_manifest(dumped, make) -> None:
    members = list(contents(dumped).items())
    assert "Il manque à l’archive" in refused(make(members[:-1]))
    assert "ne commence pas par un manifeste" in refused(make(members[1:]))
    assert "ne commence pas par un manifeste" in refused(make([]))


def test_archive_with_links(dumped, tmp_path) -> None:
    members = list(contents(dumped).items())
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
        link = tarfile.TarInfo("parties.parquet")
        link.type, link.linkname = kind, "/etc/hostname"
        others = [member for member in members if member[0] != "parties.parquet"]
        assert "inattendu" in refused(tar_of(tmp_path / "export.tar.gz", [*others, (link, b"")]))
    about = zipfile.ZipInfo("parties.parquet")
    about.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "inattendu" in refused(zip_of(tmp_path / "export.zip", [*others, (about, b"/etc/hostname")]))


def test_archive_cut_anywhere(dumped, tmp_path, make) -> None:
    archive = make(list(contents(dumped).items()))
    content = archive.read_bytes()
    for end in (0, 10, len(content) // 2, len(content) - 1):
        archive.write_bytes(content[:end])
        refused(archive)


def test_archive_bomb(dumped, make) -> None:
    """A manifest that announces it is refused by its ratio; one that does not, by its sizes."""
    members = {**contents(dumped), "records.jsonl": b" " * 40_000_000}
    archive = make(list(members.items()))
    assert archive.stat().st_size < 200_000 and "inattendu" in refused(archive)
    replace(dumped, "records.jsonl", b"x", rows=1)
    manifest = manifest_of(dumped)
    (entry,) = [one for one in manifest["tables"] if one["name"] == "records"]
    entry["bytes"] = len(members["records.jsonl"])
    members[MANIFEST] = json.dumps(manifest).encode()
    assert "beaucoup plus de contenu" in refused(make(list(members.items())))


def test_archive_with_an_endless_tail_or_a_huge_name(dumped, tmp_path) -> None:
    archive = tar_of(tmp_path / "export.tar.gz", list(contents(dumped).items()))
    whole = archive.read_bytes()
    archive.write_bytes(whole + gzip.compress(b"\0" * 50_000_000))
    assert "inattendu" in refused(archive)
    long = tarfile.TarInfo("x" * 200_000)
    assert "inattendu" in refused(tar_of(archive, [(long, b"x")]))


def test_neither_folder_nor_archive(tmp_path) -> None:
    (tmp_path / "export.rar").write_text("x")
    assert "ni un dossier, ni une archive" in refused(tmp_path / "export.rar")
    (tmp_path / "export.zip").write_text("ceci n’est pas une archive")
    assert "abîmée" in refused(tmp_path / "export.zip")
    assert "n’a pas pu être lu" in refused(tmp_path / "absent.zip")


def test_dump_that_cannot_be_written_leaves_nothing(tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DumpError, match="n’a pas pu être écrit"):
        write_dump(tmp_path / "file" / "export")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_sources_that_cannot_stand_together_are_refused_whole(dumped) -> None:
    """No site would have written it: a harvest refuses them."""
    content = read_dump(dumped)
    sources = content.frames["sources"]
    other = sources.head(1).with_columns(code=pl.lit("autre"), licence=pl.lit("cc-by-sa-4.0"))
    content.frames["sources"] = pl.concat([sources.with_columns(licence=pl.lit("odbl-1.0")), other])
    with pytest.raises(IncompatibleLicences, match="Rien n’a été écrit"):
        fill_site(content)
    assert not any(counts().values())
