"""The proof of one act, as one small text that anybody checks offline: C2SP's tlog-proof."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .entries import Entry, canonical_json, decode, digest_of
from .errors import LogError, Problem
from .notes import Checkpoint, PublicKey, base64, unbase64
from .publishing import CHECKPOINT, read_checkpoint
from .tiles import TileFolder, TileReader
from .tree import Hash, inclusion_proof, leaf_hash, root_by_inclusion

HEAD = "c2sp.org/tlog-proof@v1"
LONGEST = 200_000
_NUMBER = re.compile(r"index (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Opening:
    """What an entry's digest was made of, as long as it is kept and may be shown."""

    salt: bytes
    content: str


@dataclass(frozen=True)
class Proof:
    """``entry``: its bytes in the log. ``checkpoint``: the signed text, as it was published."""

    index: int
    entry: bytes
    path: tuple[Hash, ...]
    checkpoint: bytes
    opening: Opening | None = None

    def encode(self) -> bytes:
        extra = {"entry": self.entry.decode()}
        if self.opening:
            extra |= {"content": self.opening.content, "salt": self.opening.salt.hex()}
        lines = [HEAD, f"extra {base64(canonical_json(extra).encode())}", f"index {self.index}"]
        lines += [base64(one) for one in self.path]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes, where: str) -> "Proof":
        """Raises LogError unless ``data`` is a proof, written in the one way."""
        try:
            if len(data) > LONGEST:
                raise ValueError("too long for a proof")
            head, separator, checkpoint = data.partition(b"\n\n")
            first, extra, number, *path = head.decode().split("\n")
            found = _NUMBER.fullmatch(number)
            if first != HEAD or not separator or not found or not extra.startswith("extra "):
                raise ValueError("not a proof")
            values = json.loads(unbase64(extra.removeprefix("extra ")))
            opening = None
            if "salt" in values:
                opening = Opening(bytes.fromhex(values["salt"]), values["content"])
            hashes = tuple(unbase64(line) for line in path)
            proof = cls(int(found[1]), values["entry"].encode(), hashes, checkpoint, opening)
            if proof.encode() != data:
                raise ValueError("written in another way")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise LogError(Problem.UNREADABLE, where) from error
        return proof


def make_proof(folder: Path, index: int, entry: bytes, opening: Opening | None = None) -> Proof | None:
    """The proof that ``entry`` is in what was last signed; None while it is newer than that.

    Raises LogError when the files are damaged, or do not have this entry there.
    """
    signed = read_checkpoint(folder)
    if signed is None or index >= signed.size:
        return None
    path = inclusion_proof(index, signed.size, TileReader(TileFolder(folder), signed.size))
    if root_by_inclusion(index, signed.size, leaf_hash(entry), path) != signed.root:
        raise LogError(Problem.PROOF_FAILS, f"entry {index}", size=signed.size)
    return Proof(index, entry, tuple(path), (folder / CHECKPOINT).read_bytes(), opening)


def verify_proof(proof: Proof, keys: Sequence[PublicKey], where: str) -> tuple[Entry, Checkpoint]:
    """Raises LogError unless a log signed by one of ``keys`` has this entry, with this opening."""
    checkpoint = Checkpoint.parse(proof.checkpoint, where)
    checkpoint.require_signature(keys, where)
    entry = decode(proof.entry, where)
    root = root_by_inclusion(proof.index, checkpoint.size, leaf_hash(proof.entry), proof.path)
    if root != checkpoint.root or entry.index != proof.index:
        raise LogError(Problem.PROOF_FAILS, f"entry {proof.index}", size=checkpoint.size)
    if proof.opening and digest_of(proof.opening.salt, proof.opening.content) != entry.digest:
        raise LogError(Problem.OPENING_DIFFERS, f"entry {proof.index}")
    return entry, checkpoint
