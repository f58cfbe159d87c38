"""The Merkle tree of RFC 6962: roots, proofs that an entry is in, proofs that nothing before was changed."""

from collections.abc import Callable, Sequence
from hashlib import sha256

Hash = bytes
NodeReader = Callable[[int, int], Hash]
"""(height, index) → hash of the perfect subtree over entries ``index·2^height`` to ``(index+1)·2^height``."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> Hash:
    return sha256(b"\0" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[Hash]) -> Hash:
    """The root over leaf hashes, level by level: an odd last node waits for a sibling."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        last = [level.pop()] if len(level) % 2 else []
        level = [sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)] + last
    return level[0]


def reader_over(leaves: Sequence[Hash]) -> NodeReader:
    """Of a tree that is small enough to be held whole."""
    return lambda height, index: root_of(leaves[index << height : (index + 1) << height])


def range_hash(start: int, end: int, node: NodeReader) -> Hash:
    """The hash over entries ``start`` to ``end``, where ``start`` is one that RFC 6962 splits at."""
    count = end - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return node_hash(range_hash(start, middle, node), range_hash(middle, end, node))


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[Hash]:
    """The hashes that lead from entry ``index`` to the root of the first ``size`` entries, from below upwards."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} among {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start = middle
    return path[::-1]


def root_by_inclusion(index: int, size: int, leaf: Hash, path: Sequence[Hash]) -> Hash | None:
    """The root that ``path`` leads to; None when a path of another length belongs there."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            found = node_hash(sibling, found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def consistency_proof(old: int, size: int, node: NodeReader) -> list[Hash]:
    """The hashes that show the first ``old`` of ``size`` entries to be those that were there before."""
    if not 0 < old <= size:
        raise ValueError(f"no proof from {old} to {size}")
    start, end, path = 0, size, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start = middle
    if start:
        path.append(range_hash(start, end, node))
    return path[::-1]


def is_consistent(old: int, size: int, old_root: Hash, root: Hash, path: Sequence[Hash]) -> bool:
    """Whether ``path`` shows that a log of ``size`` entries has grown from one of ``old``."""
    if old == size:
        return not path and old_root == root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < size or not path:
        return False
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, size - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
