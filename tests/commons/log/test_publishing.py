"""Tiles: however often and wherever publishing was cut, the files are those of one go; and nothing signed is denied."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.commons.log.errors import LogError, Problem
from terreau.commons.log.keys import load_or_make_keys, renew_key
from terreau.commons.log.publishing import published_entries
from terreau.commons.log.tiles import TileFolder, TileReader, parse_tile_name, tile_name
from terreau.commons.log.tree import leaf_hash, root_of

from .logs import NAME, OwnLog, entry


@pytest.mark.parametrize(
    ("level", "number", "width", "name"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (3, 273, 112, "tile/3/273.p/112"),
        ("entries", 1000, 1, "tile/entries/x001/000.p/1"),
    ],
)
def test_names_of_tiles(level: int | str, number: int, width: int, name: str) -> None:
    assert tile_name(level, number, width) == name
    assert parse_tile_name(name) == (level, number, width)


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/001", "tile/0/000.p/256", "tile/0/000.p/0",
        "tile/0/000.p/01", "tile/0/../000", "tile/0/000/", "/tile/0/000", "tile/0/٠٠٠", "tile/entries/000.p/1\n",
    ],
)  # fmt: skip
def test_what_is_the_name_of_no_tile(name: str) -> None:
    assert parse_tile_name(name) is None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_many_small_publications_make_the_files_of_one(tmp_path_factory, steps: list[int]) -> None:
    bit_by_bit = OwnLog(tmp_path_factory.mktemp("steps"))
    for step in steps:
        bit_by_bit.publish(len(bit_by_bit.entries) + step)
    at_once = OwnLog(tmp_path_factory.mktemp("once"), list(bit_by_bit.entries))
    (at_once.folder / "keys").mkdir()
    for name in ("log.key", "log.pub"):
        (at_once.folder / "keys" / name).write_bytes((bit_by_bit.folder / "keys" / name).read_bytes())
    at_once.publish()
    assert bit_by_bit.contents() == at_once.contents()
    assert at_once.verify().is_whole


def test_size_of_files_is_that_of_the_example_of_the_specification(log: OwnLog) -> None:
    """70,000 entries: 273 full tiles and one of 112 at the bottom, one full and one of 17, one of width 1."""
    log.publish(70_000)
    names = {name for name in log.contents() if name.startswith("tile/") and "entries" not in name}
    assert len(names) == 273 + 1 + 1 + 1 + 1
    assert {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= names
    assert TileReader(TileFolder(log.files), 70_000).root() == root_of(
        [leaf_hash(one) for one in log.entries]
    )


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_a_lost_file_is_made_again(log: OwnLog, size: int) -> None:
    log.publish(size)
    before = log.contents()
    for name in before:
        if name.startswith("tile/"):
            (log.files / name).unlink()
    log.publish(whole=True)
    assert log.contents() == before
    for name in before:
        if name.startswith("tile/"):
            log.change(name, lambda data: data[:-1])
    log.publish(size + 1)
    log.publish(whole=True)
    assert log.verify().is_whole


def test_an_older_and_narrower_tile_is_read_from_a_wider_one(log: OwnLog) -> None:
    log.publish(5)
    five = TileFolder(log.files).hashes(0, 0, 5)
    log.publish(300)
    assert TileFolder(log.files).hashes(0, 0, 5) == five
    assert TileFolder(log.files).entries(0, 5) == log.entries[:5]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_rows_that_are_not_those_signed_are_never_signed(log: OwnLog, index: int, whole: bool) -> None:
    log.publish(300)
    before = log.contents()
    log.entries[index] = entry(index, subject="source:autre")
    if not whole and index < 256:
        log.publish(301)  # what lies far behind is compared by `terreau log publish`
        before = log.contents()
        whole = True
    with pytest.raises(LogError) as caught:
        log.publish(302, whole=whole)
    assert (caught.value.problem, caught.value.where) == (Problem.REWRITTEN, f"entry {index}")
    assert log.contents() == before


def test_fewer_rows_than_signed_are_never_signed(log: OwnLog) -> None:
    log.publish(300)
    del log.entries[280:]
    with pytest.raises(LogError) as caught:
        log.publish()
    assert caught.value.problem == Problem.BEHIND
    assert published_entries(log.files, 280) == [entry(index) for index in range(280, 300)]


def test_an_old_key_signs_on_until_it_is_forgotten_and_what_it_signed_stays_verifiable(log: OwnLog) -> None:
    log.publish(3)
    old = log.keys.known
    renew_key(log.folder / "keys", NAME, keep_old=True)
    both = log.publish(4)
    assert len(both.require_signature(log.keys.known, "x")) == 2
    assert both.require_signature(old, "x") == list(old)
    kept = log.keep_checkpoint(log.folder / "kept")
    renew_key(log.folder / "keys", NAME, keep_old=False)
    newest = log.publish(5)
    assert [one.name for one in newest.require_signature(log.keys.known, "x")] == [NAME]
    with pytest.raises(LogError):
        newest.require_signature(old, "x")
    assert log.verify(kept).is_whole  # the list of public keys still has the old one


def test_secret_keys_are_for_their_owner_alone(log: OwnLog) -> None:
    log.publish(0)
    secret = log.folder / "keys" / "log.key"
    assert secret.stat().st_mode & 0o777 == 0o600
    secret.chmod(0o644)  # as a backup unpacked by hand leaves it
    assert load_or_make_keys(log.folder / "keys", NAME).origin == NAME
    assert secret.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in b"".join(log.contents().values())


def test_a_damaged_key_is_not_replaced(log: OwnLog) -> None:
    log.publish(1)
    (log.folder / "keys" / "log.key").write_text("PRIVATE+KEY+")
    with pytest.raises(LogError) as caught:
        log.publish(2)
    assert caught.value.problem == Problem.BAD_KEY
