"""A dump of the fictional world, and the same instance emptied of all that is public."""

import hashlib
import json
from pathlib import Path
from typing import Any

from terreau.commons.search.index import bulk_load
from terreau.lake.dump import everything_declared

MANIFEST = "manifest.json"


def empty() -> None:
    with bulk_load():
        for table in reversed(everything_declared().tables):
            rows = table.model._default_manager.all()
            names = [table.model._meta.get_field(name).related_model for name in table.columns]
            # Rows that protect each other go together only without being asked for.
            rows._raw_delete(rows.db) if table.model in names else rows.delete()


def counts() -> dict[str, int]:
    return {table.name: table.model._default_manager.count() for table in everything_declared().tables}


def contents(folder: Path) -> dict[str, bytes]:
    """Path → bytes, the manifest first, as archives want it."""
    paths = sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda one: one.name != MANIFEST
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def every_byte(folder: Path) -> bytes:
    return b"".join(contents(folder).values())


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MANIFEST).read_text())


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / MANIFEST).write_text(json.dumps(manifest))


def replace(folder: Path, path: str, content: bytes, **about: Any) -> None:
    """As a liar would: the manifest goes with the new content."""
    (folder / path).write_bytes(content)
    manifest = manifest_of(folder)
    (entry,) = [one for one in manifest["tables"] if one["path"] == path]
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **about}
    write_manifest(folder, manifest)
