"""Walking the site from its home pages, and writing what was found: all of it, or nothing."""

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from terreau import __version__
from terreau.lake.catalogue import datasets
from terreau.lake.dump import DumpError
from terreau.lake.dump import manifest as manifests
from terreau.lake.dump.whole import one_moment, written_whole
from terreau.lake.publishing import manifest as published
from terreau.observe.queries import visible_parties

from .door import Answer, Door
from .names import file_name, link_between
from .pages import StandAlone, with_links
from .scope import Scope
from .words import Words, credit

FORMAT = 1
_STYLE_LINK = re.compile(r"""url\(\s*["']?([^"')]+)""")


class ArchiveError(DumpError):
    """The message says in plain words what is wrong; nothing is written."""


def write_archive(
    target: Path,
    *,
    languages: Iterable[str],
    on: dt.date,
    tell: Callable[[int], None] = lambda pages: None,
) -> dict[str, Any]:
    """Write the public site to ``target``, a folder or an archive by its ending; returns the manifest.

    ``languages``: codes of settings.LANGUAGES, the first one opens the archive. ``tell(pages)`` is called as it goes.
    Raises DumpError; then there is nothing at ``target``.
    """
    with written_whole(target) as folder, one_moment():
        before = _files_published()
        walk = _Walk(folder, tuple(languages), on, tell)
        walk.go()
        walk.settle_links()
        walk.open_by_index()
        if _files_published() != before:
            raise ArchiveError(_("Les données ont changé pendant l’archive : relancez-la."))
        return walk.write_manifest()


def _files_published() -> dict[str, Any]:
    return {name: published(name) for name in datasets()}


class _Walk:
    """Breadth first. ``files``: address → file; ``leads_to``: address → the one that it was sent to."""

    def __init__(
        self, folder: Path, languages: tuple[str, ...], on: dt.date, tell: Callable[[int], None]
    ) -> None:
        self.folder, self.languages, self.on, self.tell = folder, languages, on, tell
        self.door = Door()
        self.scope = Scope(languages, self.door.origin)
        self.files: dict[str, str] = {}
        self.leads_to: dict[str, str] = {}
        self.pages: dict[str, str] = {}  # file → address, of those whose links wait
        self._seen: set[str] = set()
        self._waiting: deque[str] = deque()
        self._twins: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}
        self._words = {code: Words(code, on) for code in languages}

    def go(self) -> None:
        homes = self._homes()
        self._meet([*homes.values(), *self._parties()])
        while self._waiting:
            address = self._waiting.popleft()
            with translation.override(translation.get_language()):  # each answer leaves its own in the thread
                answer = self.door.ask(address)
            if answer.status == 200:
                self._keep(address, answer)
            elif answer.status in {301, 302}:
                self._follow(address, answer.location)
            elif answer.status >= 500 or address in homes.values() or address.startswith(settings.STATIC_URL):
                raise ArchiveError(
                    _("Le site répond %(status)d à l’adresse %(address)s : voyez « terreau doctor ».")
                    % {"status": answer.status, "address": address}
                )

    def _homes(self) -> dict[str, str]:
        found = {}
        for code in self.languages:
            with translation.override(code):
                found[code] = reverse("home")
        return found

    def _parties(self) -> list[str]:
        """Every organisation: those that closed are in no list."""
        keys = list(visible_parties().order_by("pk").values_list("public_id", flat=True))
        found = []
        for code in self.languages:
            with translation.override(code):
                found += [reverse("observe:party", args=[key]) for key in keys]
        return found

    def _meet(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            if address not in self._seen and self.scope.holds(address):
                self._seen.add(address)
                self._waiting.append(address)

    def _follow(self, address: str, location: str) -> None:
        there = self.scope.address(address, location)
        if there is not None:
            self.leads_to[address] = there
            self._meet([there])

    def _keep(self, address: str, answer: Answer) -> None:
        kind = answer.content_type.partition(";")[0]
        if kind == "text/html":
            self._write_page(address, answer.content.decode().replace("\0", ""))
            return
        if kind == "text/css":
            links = _STYLE_LINK.findall(answer.content.decode())
            found = (self.scope.address(address, link) for link in links)
            self._meet(one for one in found if one is not None)
        # A file is the same in every language: kept once.
        twin = address.rpartition("/")[2], manifests.digest_of(answer.content)
        if twin not in self._twins:
            self._twins[twin] = self._write(address, answer.content)
        self.files[address] = self._twins[twin]

    def _write_page(self, address: str, text: str) -> None:
        words = self._words[translation.get_language_from_path(address) or settings.LANGUAGE_CODE]
        page = StandAlone(
            text,
            lambda link: self.scope.address(address, link),
            banner=words.banner(self._live(address)),
            instead_of_form=words.instead_of_form(),
            keeps_linked_data=bool(settings.SITE_ADDRESS),
        )
        self.files[address] = file = self._write(address, page.text.encode())
        self.pages[file] = address
        self._meet(page.addresses)
        if len(self.pages) % 100 == 0:
            self.tell(len(self.pages))

    def _write(self, address: str, content: bytes) -> str:
        file = file_name(address)
        if self._names.setdefault(file.casefold(), address) != address:
            raise ArchiveError(_("Deux adresses donnent le même fichier : %s") % file)
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return file

    def settle_links(self) -> None:
        for file in self.pages:
            path = self.folder / file
            path.write_text(with_links(path.read_text(), partial(self._link, file)))

    def _link(self, page: str, address: str) -> str | None:
        there, steps = address, 0
        while there in self.leads_to and steps < 5:
            there, steps = self.leads_to[there], steps + 1
        if there in self.files:
            return link_between(page, self.files[there])
        return self._live(address)

    def _live(self, address: str) -> str | None:
        return f"{settings.SITE_ADDRESS}{address}" if settings.SITE_ADDRESS else None

    def open_by_index(self) -> None:
        """A double click on ``index.html`` opens the archive, also one without the language that has no prefix."""
        index = self.folder / "index.html"
        if not index.exists():
            home = link_between("index.html", self.files[self._homes()[self.languages[0]]])
            index.write_text(
                f'<!doctype html><meta charset="utf-8"><title>Terreau</title><a href="{home}">Terreau</a>\n'
            )

    def write_manifest(self) -> dict[str, Any]:
        files = []
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            name = path.relative_to(self.folder).as_posix()
            files.append({"path": name, "bytes": len(content), "sha256": manifests.digest_of(content)})
        licence, attribution = credit()
        manifest = {
            "format": FORMAT,
            "terreau": __version__,
            "site": settings.SITE_ADDRESS,
            "date": self.on.isoformat(),
            "languages": list(self.languages),
            "pages": len(self.pages),
            "licence": licence,
            "attribution": attribution,
            "files": files,
        }
        (self.folder / manifests.NAME).write_bytes(manifests.to_bytes(manifest))
        return manifest
