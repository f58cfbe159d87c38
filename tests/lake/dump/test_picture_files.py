"""Files that rows name: an export whose pictures are missing, strange or swapped is refused."""

import gc
import hashlib
import shutil
from pathlib import Path

import polars as pl
import pytest

from terreau.lake.dump import DumpError, read_dump
from tests.factories.pictures import make_file

from .made import manifest_of, replace, write_manifest


@pytest.fixture
def export(written, tmp_path) -> Path:
    assert len(read_dump(written).files) == 1
    return shutil.copytree(written, tmp_path / "export")


def swap(folder: Path, content: bytes) -> None:
    """As a liar would: name, digest, row and manifest agree."""
    manifest = manifest_of(folder)
    (file,) = manifest["files"]
    before, after = file["sha256"], hashlib.sha256(content).hexdigest()
    (folder / file["path"]).unlink()
    file |= {"path": f"files/pictures_{after}.webp", "sha256": after, "bytes": len(content)}
    (folder / file["path"]).write_bytes(content)
    write_manifest(folder, manifest)
    table = pl.read_parquet(folder / "pictures.parquet").with_columns(pl.col("sha256").replace(before, after))
    table.write_parquet(folder / "again")
    replace(folder, "pictures.parquet", (folder / "again").read_bytes())
    (folder / "again").unlink()


def refusal(folder: Path) -> str:
    with pytest.raises(DumpError) as refused:
        read_dump(folder)
    return str(refused.value)


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script>", make_file(), make_file(kind="PNG"), make_file(kind="WEBP")],
)
def test_a_file_that_no_site_would_have_written(export, content) -> None:
    swap(export, content)
    assert "est refusé" in refusal(export)


def test_row_without_its_file(export) -> None:
    manifest = manifest_of(export)
    (file,) = manifest["files"]
    manifest["files"] = []
    shutil.rmtree(export / "files")
    write_manifest(export, manifest)
    assert "ne vont pas ensemble" in refusal(export) and file["path"].removeprefix("files/") in refusal(
        export
    )


def test_file_without_its_row(export) -> None:
    table = pl.read_parquet(export / "pictures.parquet").clear()
    table.write_parquet(export / "again")
    replace(export, "pictures.parquet", (export / "again").read_bytes(), rows=0)
    (export / "again").unlink()
    assert "ne vont pas ensemble" in refusal(export)


def test_file_named_otherwise_than_by_its_digest(export) -> None:
    manifest = manifest_of(export)
    (file,) = manifest["files"]
    path = f"files/pictures_{'0' * 64}.webp"
    (export / file["path"]).rename(export / path)
    file["path"] = path
    write_manifest(export, manifest)
    assert "fichier inattendu" in refusal(export)


def test_files_are_on_disk_as_checked_until_the_content_is_gone(export) -> None:
    content = read_dump(export)
    (name,) = content.files
    before = (export / "files" / name).read_bytes()
    (export / "files" / name).write_bytes(b"changed meanwhile")
    kept = content.files[name]
    assert kept.read_bytes() == before
    del content
    gc.collect()
    assert not kept.parent.exists()


def test_nothing_stays_of_an_export_that_is_refused(export, tmp_path, monkeypatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    swap(export, b"<html>")
    assert "est refusé" in refusal(export)
    assert list((tmp_path / "tmp").iterdir()) == []
