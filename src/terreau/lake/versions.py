"""The publications of a dataset in order: the one of now, and those kept."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .kept import kept_folder, kept_manifests
from .publishing import manifest, published_file, version_of


@dataclass(frozen=True)
class PublishedVersion:
    """One publication. ``until``: when the next one replaced it; None for the one of now."""

    entry: dict[str, Any]
    until: dt.datetime | None

    @property
    def number(self) -> int:
        return version_of(self.entry)

    @property
    def since(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.entry["published_at"])

    @property
    def redacted_on(self) -> dt.date | None:
        return self._day("redacted_on")

    @property
    def withdrawn_on(self) -> dt.date | None:
        return self._day("withdrawn_on")

    def _day(self, name: str) -> dt.date | None:
        on = self.entry.get(name)
        return dt.date.fromisoformat(on) if on else None


def versions_of(name: str) -> list[PublishedVersion]:
    """The newest first."""
    entries = [*([now] if (now := manifest(name)) else []), *kept_manifests(name)]
    entries.sort(key=lambda entry: (entry["published_at"], version_of(entry)), reverse=True)
    found: list[PublishedVersion] = []
    for entry in entries:
        found.append(PublishedVersion(entry, found[-1].since if found else None))
    return found


def version_as_of(versions: list[PublishedVersion], moment: dt.datetime) -> PublishedVersion | None:
    return next((one for one in versions if one.since <= moment), None)


def parquet_of(name: str, version: PublishedVersion) -> Path:
    """Where the rows of ``version`` are. It has none when its files are withdrawn."""
    if version.until is None:
        return published_file(name, "parquet")
    return kept_folder(name) / str(version.number) / f"{name}.parquet"
