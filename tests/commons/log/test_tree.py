"""The tree is that of RFC 6962: known roots and proofs, and a naive tree that agrees whatever the size."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons.log.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    range_hash,
    reader_over,
    root_by_inclusion,
    root_of,
)

# The eight entries that implementations of RFC 6962 compare themselves by, and what they lead to.
LEAVES = [
    leaf_hash(bytes.fromhex(entry))
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"


def naive_root(leaves: list[bytes]) -> bytes:
    """As the RFC writes it, with nothing remembered."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_inclusion(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_inclusion(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_consistency(old: int, leaves: list[bytes], known: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [naive_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*naive_consistency(old, leaves[:half], known), naive_root(leaves[half:])]
    return [*naive_consistency(old - half, leaves[half:], False), naive_root(leaves[:half])]


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def test_known_roots() -> None:
    assert [root_of(LEAVES[:size]).hex() for size in range(9)] == ROOTS
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [A, B, C]),
        (5, 8, [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (1, 5, [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            B,
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]),
    ],
)  # fmt: skip
def test_known_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    found = inclusion_proof(index, size, reader_over(LEAVES))
    assert [one.hex() for one in found] == path
    assert root_by_inclusion(index, size, LEAVES[index], found) == bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (1, 1, []),
        (1, 8, [A, B, C]),
        (6, 8, [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]),
        (2, 5, [B, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_known_consistency_proofs(old: int, size: int, path: list[str]) -> None:
    found = consistency_proof(old, size, reader_over(LEAVES))
    assert [one.hex() for one in found] == path
    assert is_consistent(old, size, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]), found)


@given(st.integers(0, 300))
def test_roots_are_those_of_the_naive_tree(size: int) -> None:
    leaves = numbered(size)
    assert root_of(leaves) == range_hash(0, size, reader_over(leaves)) == naive_root(leaves)


@given(st.data())
def test_inclusion_is_that_of_the_naive_tree(data) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = numbered(size)
    path = inclusion_proof(index, size, reader_over(leaves))
    assert path == naive_inclusion(index, leaves)
    assert root_by_inclusion(index, size, leaves[index], path) == naive_root(leaves)


@given(st.data())
def test_consistency_is_that_of_the_naive_tree(data) -> None:
    size = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(1, size))
    leaves = numbered(size)
    path = consistency_proof(old, size, reader_over(leaves))
    assert path == naive_consistency(old, leaves)
    assert is_consistent(old, size, naive_root(leaves[:old]), naive_root(leaves), path)


def test_no_mutated_proof_is_accepted() -> None:
    """5,000 proofs, each wrong in one way: a bit, a hash more or less, two swapped, another place or size."""
    import random

    chance, leaves = random.Random(6962), numbered(300)
    refused = 0
    for _ in range(2500):
        size = chance.randint(2, 300)
        index = chance.randrange(size)
        path = inclusion_proof(index, size, reader_over(leaves))
        root, leaf = root_of(leaves[:size]), leaves[index]
        wrong = mutated(chance, path)
        kind = chance.randrange(3)
        if kind == 0:
            refused += root_by_inclusion(index, size, leaf, wrong) != root
        elif kind == 1:
            other = (index + chance.randint(1, size - 1)) % size
            refused += root_by_inclusion(other, size, leaf, path) != root
        else:
            refused += root_by_inclusion(index, size, flipped(chance, leaf), path) != root
    for _ in range(2500):
        size = chance.randint(2, 300)
        old = chance.randint(1, size - 1)
        path = consistency_proof(old, size, reader_over(leaves))
        before, after = root_of(leaves[:old]), root_of(leaves[:size])
        kind = chance.randrange(3)
        if kind == 0:
            refused += not is_consistent(old, size, before, after, mutated(chance, path))
        elif kind == 1:
            refused += not is_consistent(old, size, flipped(chance, before), after, path)
        else:
            refused += not is_consistent(old, size, before, flipped(chance, after), path)
    assert refused == 5000


def flipped(chance, one: bytes) -> bytes:
    at = chance.randrange(len(one) * 8)
    return bytes(byte ^ (1 << at % 8) if place == at // 8 else byte for place, byte in enumerate(one))


def mutated(chance, path: list[bytes]) -> list[bytes]:
    wrong, at = list(path), chance.randrange(len(path))
    kind = chance.randrange(4)
    if kind == 0:
        wrong[at] = flipped(chance, wrong[at])
    elif kind == 1:
        del wrong[at]
    elif kind == 2:
        wrong.insert(at, chance.randbytes(32))
    else:
        wrong = [*wrong[1:], wrong[0]] if len(wrong) > 1 else []
    return wrong


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        inclusion_proof(index, size, reader_over(LEAVES))
    assert root_by_inclusion(index, size, LEAVES[0], []) is None
