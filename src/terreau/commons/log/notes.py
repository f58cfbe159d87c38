"""Signed notes, checkpoints and cosignatures, as C2SP describes them, with Ed25519 keys."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import LogError, Problem

ED25519, COSIGNATURE = 1, 4  # types of signature
LONGEST_NOTE = 100_000
_NAME = re.compile(r"[^\s+]+")
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class PublicKey:
    """``kind``: ED25519 for a log, COSIGNATURE for a witness."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64(bytes([self.kind]) + self.raw)}"

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        try:
            name, identifier, encoded = text.strip().split("+", 2)
            raw = unbase64(encoded)
            if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE) or not _NAME.fullmatch(name):
                raise ValueError("not an Ed25519 key")
            key = cls(name, raw[0], raw[1:])
            if key.id.hex() != identifier:
                raise ValueError("the identifier is not that of the key")
        except ValueError as error:
            raise LogError(Problem.BAD_KEY, where) from error
        return key

    def accepts(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SecretKey:
    name: str
    kind: int
    seed: bytes

    @classmethod
    def make(cls, name: str, kind: int = ED25519) -> Self:
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.kind, self._key.public_key().public_bytes_raw())

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SecretKey({self.name!r})"  # never the seed, in a log or a trace

    def to_text(self) -> str:
        return f"{_PRIVATE}{self.name}+{self.public.id.hex()}+{base64(bytes([self.kind]) + self.seed)}"

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        try:
            name, identifier, encoded = text.strip().removeprefix(_PRIVATE).split("+", 2)
            raw = unbase64(encoded)
            if not text.startswith(_PRIVATE) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
                raise ValueError("not a secret key")
            key = cls(name, raw[0], raw[1:])
            if key.public.id.hex() != identifier:
                raise ValueError("the identifier is not that of the key")
        except ValueError as error:
            raise LogError(Problem.BAD_KEY, where) from error
        return key

    def sign(self, text: str) -> str:
        """The line to add under the note ``text``."""
        return f"— {self.name} {base64(self.public.id + self._key.sign(text.encode()))}\n"

    def cosign(self, text: str, timestamp: int) -> str:
        """The line by which a witness says that this is the largest consistent log it has seen, at ``timestamp``."""
        signature = self._key.sign(_cosigned(text, timestamp))
        return f"— {self.name} {base64(self.public.id + timestamp.to_bytes(8) + signature)}\n"


@dataclass(frozen=True)
class Note:
    """``signatures``: (name of the key, its identifier, what it signed with)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, data: bytes, where: str) -> Self:
        try:
            whole = data.decode()
            text, separator, tail = whole.rpartition("\n\n")
            lines = tail.split("\n")
            plain = not any(ord(sign) < 32 and sign != "\n" for sign in whole)
            if not separator or lines.pop() or not lines or not plain or len(data) > LONGEST_NOTE:
                raise ValueError("not a signed note")
            signatures = []
            for line in lines:
                dash, name, encoded = line.split(" ")
                raw = unbase64(encoded)
                if dash != "—" or len(raw) < 5 or not _NAME.fullmatch(name):
                    raise ValueError("not a signature")
                signatures.append((name, raw[:4], raw[4:]))
        except ValueError as error:
            raise LogError(Problem.UNREADABLE, where) from error
        return cls(text + "\n", tuple(signatures))

    def signers(self, keys: Iterable[PublicKey], where: str) -> list[PublicKey]:
        """The known keys that signed. Raises LogError when one of them is named and its signature is false."""
        known = {(key.name, key.id): key for key in keys}
        found = []
        for name, identifier, signature in self.signatures:
            key = known.get((name, identifier))
            if key is None:
                continue
            if not _is_signed(key, signature, self.text):
                raise LogError(Problem.BAD_SIGNATURE, where, key=name)
            found.append(key)
        return found

    def cosigned_at(self, key: PublicKey) -> int | None:
        """When ``key`` last cosigned; None when it did not. The signature is checked by ``signers``."""
        times = [
            int.from_bytes(signature[:8])
            for name, identifier, signature in self.signatures
            if (name, identifier, key.kind) == (key.name, key.id, COSIGNATURE)
        ]
        return max(times, default=None)


def _is_signed(key: PublicKey, signature: bytes, text: str) -> bool:
    if key.kind == COSIGNATURE:
        return key.accepts(signature[8:], _cosigned(text, int.from_bytes(signature[:8])))
    return key.accepts(signature, text.encode())


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def parse(cls, data: bytes, where: str) -> Self:
        note = Note.parse(data, where)
        try:
            origin, size, root, end = note.text.split("\n")  # our logs add no line of their own
            if not origin or end or not re.fullmatch(r"0|[1-9][0-9]{0,17}", size):
                raise ValueError("not a checkpoint")
            raw = unbase64(root)
            if len(raw) != 32:
                raise ValueError("not a root")
        except ValueError as error:
            raise LogError(Problem.UNREADABLE, where) from error
        return cls(origin, int(size), raw, note)

    def require_signature(self, keys: Iterable[PublicKey], where: str) -> list[PublicKey]:
        """The log's own keys that signed it; raises LogError when none did."""
        signers = [key for key in self.note.signers(keys, where) if key.kind == ED25519]
        if not signers:
            names = sorted({f"{name}+{key.hex()}" for name, key, _ in self.note.signatures})
            raise LogError(Problem.NO_KNOWN_KEY, where, signed_by=", ".join(names))
        return signers


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64(root)}\n"


def sign_checkpoint(origin: str, size: int, root: bytes, keys: Iterable[SecretKey]) -> bytes:
    text = checkpoint_text(origin, size, root)
    return f"{text}\n{''.join(key.sign(text) for key in keys)}".encode()


def _cosigned(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def unbase64(text: str) -> bytes:
    """Raises ValueError; also for another spelling of the same bytes, which Python's decoder lets through."""
    raw = b64decode(text, validate=True)
    if base64(raw) != text:
        raise ValueError("not the one spelling")
    return raw
