"""Publications kept: the same bytes for ever, but for what may no longer be shown."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings as live_settings

from terreau.lake import kept
from terreau.lake.catalogue import Column, Content, Dataset
from terreau.lake.kept import kept_folder, kept_manifests, open_kept, withdraw_kept
from terreau.lake.publishing import manifest, publish, published_file

COLUMNS = (
    Column("code", "string", "Code"),
    Column("lon", "number", "Longitude"),
    Column("lat", "number", "Latitude"),
)
FORMATS = ("csv", "parquet", "json", "geojson")
hidden: set[str] = set()


def hide(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.col("code").is_in(list(hidden)))


@pytest.fixture(autouse=True)
def empty_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    hidden.clear()


def publish_codes(*codes: str, licence: str = "etalab-2.0") -> dict[str, Any]:
    shown = [code for code in codes if code not in hidden]
    rows = {"code": shown, "lon": [1.5] * len(shown), "lat": [47.5] * len(shown)}
    frame = pl.DataFrame(rows, schema={"code": pl.String, "lon": pl.Float64, "lat": pl.Float64})
    read = lambda: Content(frame, licence, "Éditeur fictif")  # noqa: E731
    return publish(Dataset("essai", "Essai", "Pour l’essai", ("code",), COLUMNS, read, ("lon", "lat"), hide))


def content(number: int, format_: str) -> bytes:
    file = open_kept("essai", number, format_)
    assert file is not None
    with file:
        return file.read()


def everything_kept() -> bytes:
    texts = []
    for path in sorted(Path(live_settings.DATA_DIR, "publications").rglob("*")):
        if path.is_file():
            name, number = path.name.removesuffix(".gz"), path.parent.name
            data = path.read_bytes()
            texts.append(content(int(number), name.rpartition(".")[2]) if "essai" in name else data)
            if name.endswith("parquet"):
                texts.append(pl.read_parquet(io.BytesIO(data)).write_csv().encode())
    return b"\n".join(texts)


def test_what_is_replaced_stays_byte_for_byte() -> None:
    first = publish_codes("alpha")
    before = {format_: published_file("essai", format_).read_bytes() for format_ in FORMATS}
    second = publish_codes("alpha", "beta")
    assert (first["version"], second["version"]) == (1, 2)
    assert {format_: content(1, format_) for format_ in FORMATS} == before
    assert kept_manifests("essai") == [first]
    for format_ in FORMATS:
        assert hashlib.sha256(content(1, format_)).hexdigest() == first["files"][format_]["sha256"]


def test_the_same_rows_make_no_version() -> None:
    publish_codes("alpha")
    publish_codes("alpha")
    assert kept_manifests("essai") == []
    publish_codes("alpha", licence="odbl-1.0")  # other terms are another publication
    assert [one["licence"] for one in kept_manifests("essai")] == ["etalab-2.0"]


def test_a_publication_of_before_versions_is_the_first() -> None:
    publish_codes("alpha")
    path = published_file("essai", "csv").with_name("manifest.json")
    old = json.loads(path.read_text())
    del old["version"]
    path.write_text(json.dumps(old))
    assert publish_codes("beta")["version"] == 2
    assert [one["version"] for one in kept_manifests("essai")] == [1]


def test_what_is_hidden_leaves_every_version() -> None:
    publish_codes("alpha", "secret")
    publish_codes("alpha", "beta", "secret")
    publish_codes("beta", "secret")
    original = {one["version"]: one for one in kept_manifests("essai")}
    assert b"secret" in everything_kept()
    hidden.add("secret")
    publish_codes("beta", "secret")
    assert b"secret" not in everything_kept()
    now = {one["version"]: one for one in kept_manifests("essai")}
    assert {number: one["rows"] for number, one in now.items()} == {1: 1, 2: 2, 3: 1}
    for number, one in now.items():
        assert one["redacted_on"]
        for format_ in FORMATS:
            digest = hashlib.sha256(content(number, format_)).hexdigest()
            assert digest == one["files"][format_]["sha256"]
            if number in original:
                assert digest != original[number]["files"][format_]["sha256"]
                assert original[number]["files"][format_]["sha256"].encode() not in everything_kept()


def test_what_is_hidden_leaves_when_nothing_else_changes() -> None:
    publish_codes("alpha", "secret")
    publish_codes("alpha")
    hidden.add("secret")
    publish_codes("alpha")
    assert b"secret" not in everything_kept()
    again = kept_manifests("essai")
    publish_codes("alpha")
    assert kept_manifests("essai") == again, "redacted once"


def test_a_version_that_cannot_be_read_is_withdrawn() -> None:
    publish_codes("alpha", "secret")
    publish_codes("alpha")
    (kept_folder("essai") / "1" / "essai.parquet").write_bytes(b"damaged")
    publish_codes("alpha")
    (entry,) = kept_manifests("essai")
    assert entry["files"] == {} and open_kept("essai", 1, "csv") is None
    assert [one.name for one in (kept_folder("essai") / "1").iterdir()] == ["manifest.json"]


def test_a_machine_that_stops_between_keeping_and_replacing(monkeypatch: pytest.MonkeyPatch) -> None:
    from terreau.lake import publishing

    publish_codes("alpha")
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_swap", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish_codes("beta")
    assert b"alpha" in published_file("essai", "csv").read_bytes()
    assert publish_codes("beta")["version"] == 2
    assert [one["version"] for one in kept_manifests("essai")] == [1]


def test_numbers_go_on_after_a_backup_is_restored() -> None:
    """Its versions are there, and what is published is of another history."""
    publish_codes("alpha")
    publish_codes("beta")
    publish_codes("gamma")
    other = manifest("essai")
    assert other is not None
    kept._write("essai", {**other, "version": 3, "published_at": "2020-01-01T00:00:00+00:00"},
                published_file("essai", "csv").parent)  # fmt: skip
    assert publish_codes("delta")["version"] == 5
    assert [one["version"] for one in kept_manifests("essai")] == [4, 3, 2, 1]
    assert b"gamma" in content(4, "csv")


def test_old_versions_can_be_withdrawn() -> None:
    for code in "abcd":
        publish_codes(code)
    assert withdraw_kept("essai", keep=1) == 2
    assert [bool(one["files"]) for one in kept_manifests("essai")] == [True, False, False]
    assert [bool(one.get("withdrawn_on")) for one in kept_manifests("essai")] == [False, True, True]
    assert open_kept("essai", 1, "csv") is None and content(3, "csv")
    assert withdraw_kept("essai", keep=1) == 0
    assert publish_codes("e")["version"] == 5
