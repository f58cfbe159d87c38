"""``manifest.json``: what a dump holds, with size and SHA-256 of each file. No date but those of the content."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from terreau import __version__

from .errors import DumpError
from .tables import Table, everything_declared, file_name, leaves, schema

FORMAT = 1
NAME = "manifest.json"
LIMIT = 4_000_000
_PATH = re.compile(r"(?:files/)?[A-Za-z0-9_]+(?:\.[a-z0-9]+)+")
_WORDS: dict[Any, str] = {
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Float64: "number",
    pl.Int64: "integer",
    pl.String: "string",
}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """A file of the dump; ``rows`` is None for one that is no table."""

    path: str
    bytes: int
    sha256: str
    rows: int | None


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def to_bytes(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def from_bytes(content: bytes) -> dict[str, Any]:
    """The manifest, once it is known to be one that this version reads. Raises DumpError."""
    try:
        manifest = json.loads(content.decode())
        version = manifest["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DumpError(_("Le manifeste est illisible : ce n’est pas un export de Terreau.")) from error
    if version != FORMAT or type(version) is not int:
        raise DumpError(
            _("L’export a le format %(found).20s, cette version de Terreau lit le format %(known)d.")
            % {"found": version, "known": FORMAT}
        )
    listed = entries(manifest)
    expected = {file_name(table) for table in everything_declared().tables}
    tables = {entry.path for entry in listed if entry.rows is not None}
    if tables != expected:
        raise DumpError(
            _(
                "L’export n’a pas les tables que cette version attend (%(tables)s). Il vient de Terreau %(made)s, ici "
                "Terreau %(here)s : chargez-le avec la version qui l’a fait, puis mettez à jour."
            )
            % {
                "tables": ", ".join(sorted(tables ^ expected))[:300],
                "made": str(manifest.get("terreau"))[:20],
                "here": __version__,
            }
        )
    return manifest


def entries(manifest: dict[str, Any]) -> list[Entry]:
    """Every file that the manifest names. Raises DumpError for a path that leaves the folder, or named twice."""
    found = []
    try:
        for one in manifest["tables"]:
            found.append(Entry(one["path"], one["bytes"], one["sha256"], one["rows"]))
        for one in manifest["files"]:
            found.append(Entry(one["path"], one["bytes"], one["sha256"], None))
    except (KeyError, TypeError) as error:
        raise DumpError(_("Le manifeste est incomplet : il ne décrit pas chaque fichier.")) from error
    for entry in found:
        if type(entry.path) is not str or not _PATH.fullmatch(entry.path) or entry.path == NAME:
            raise DumpError(_("Le manifeste nomme un chemin refusé : %.100s") % repr(entry.path))
    if len({entry.path for entry in found}) != len(found):
        raise DumpError(_("Le manifeste nomme deux fois le même fichier."))
    for entry in found:
        counts = [entry.bytes, *([] if entry.rows is None else [entry.rows])]
        are_counts = all(type(count) is int and 0 <= count < 2**40 for count in counts)
        if not are_counts or type(entry.sha256) is not str or not _DIGEST.fullmatch(entry.sha256):
            raise DumpError(_("Le manifeste décrit mal le fichier %s.") % entry.path)
    declared = everything_declared()
    known = {f"files/{file.name}" for file in declared.files}
    for entry in found:
        is_known = entry.path in known | {f"files/{kind.name(entry.sha256)}" for kind in declared.many_files}
        if (entry.rows is None) != is_known:
            raise DumpError(_("Le manifeste nomme un fichier inattendu : %s") % entry.path)
    return found


def described(table: Table) -> dict[str, str]:
    """Column → type, in words that outlive the libraries."""
    nested = {leaf.name for leaf in leaves(table) if leaf.is_json}
    return {name: "json" if name in nested else _word(type_) for name, type_ in schema(table).items()}


def _word(type_: Any) -> str:
    return "decimal" if isinstance(type_, pl.Decimal) else _WORDS.get(type_, "instant")
