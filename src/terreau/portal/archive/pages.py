"""A page of the site made to stand alone: no script, no form, links to files, and a word on what it is.

Tags are found by Python's own HTML parser, and only those that have to change are written anew: the rest of the page
stays as the site wrote it. The links wait, between two NUL, until it is known which pages there are.
"""

import json
import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urldefrag

Attributes = list[tuple[str, str | None]]

LIVE = "data-live"
"""Attribute of what makes sense on the living site only: an archive leaves the element out."""

_LINKS = ("href", "src", "poster")
_WAITING = re.compile("\0(.*?)\0", re.S)
_WITHOUT_END = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_KEPT_WITHOUT_LINK = {"class", "id", "lang", "title"}


class StandAlone(HTMLParser):
    """``address_of(link)``: where a link leads on this site, None elsewhere. ``text``: the page, links waiting."""

    def __init__(
        self,
        page: str,
        address_of: Callable[[str], str | None],
        *,
        banner: str,
        instead_of_form: str,
        keeps_linked_data: bool,
    ) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []
        self._address_of = address_of
        self._banner, self._instead_of_form = banner, instead_of_form
        self._keeps_linked_data = keeps_linked_data
        self._page = page
        self._lines = [0, *(found.end() for found in re.finditer("\n", page))]
        self._done = 0  # up to where the page is in _parts
        self._parts: list[str] = []
        self._left_out: list[str] = []  # the element being left out, and those of its name inside it
        self.feed(page)
        self.close()
        self.text = "".join(self._parts) + page[self._done :]

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._left_out:
            if tag == self._left_out[0]:
                self._left_out.append(tag)
            return
        given = dict(attrs)
        if tag == "header" and self._banner:
            self._replace(self._here, self._here, self._banner)
            self._banner = ""
        if tag == "noscript":
            self._replace_tag("")
        elif LIVE in given or tag == "form" or (tag == "script" and not self._is_kept(given)):
            self._leave_out(tag)
        else:
            self._wait_for_link(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if self._left_out and tag not in _WITHOUT_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        end = self._page.find(">", self._here) + 1
        if self._left_out and tag == self._left_out[0]:
            self._left_out.pop()
            if not self._left_out:
                self._done = end
        elif tag == "noscript" and not self._left_out:
            self._replace(self._here, end, "")

    def _is_kept(self, script: dict[str, str | None]) -> bool:
        return self._keeps_linked_data and script.get("type") == "application/ld+json"

    def _leave_out(self, tag: str) -> None:
        self._replace_tag(self._instead_of_form if tag == "form" else "")
        if tag == "form":
            self._instead_of_form = ""  # said once a page
        if tag not in _WITHOUT_END:
            self._left_out = [tag]

    def _wait_for_link(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        links = [(name, given[name] or "") for name in _LINKS if name in given]
        links += [(size[0], size[0]) for size in _sizes(given.get("srcset"))]
        inside = {
            name: (address, urldefrag(link).fragment)
            for name, link in links
            if not link.startswith("#") and (address := self._address_of(link)) is not None
        }
        if inside:
            self.addresses += [address for address, _fragment in inside.values()]
            self._replace_tag(f"\0{json.dumps([tag, attrs, inside])}\0")

    @property
    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _replace_tag(self, text: str) -> None:
        self._replace(self._here, self._here + len(self.get_starttag_text() or ""), text)

    def _replace(self, start: int, end: int, text: str) -> None:
        self._parts += [self._page[self._done : start], text]
        self._done = end


def with_links(text: str, link_to: Callable[[str], str | None]) -> str:
    """``text`` of a StandAlone with its links. ``link_to(address)``: None when nothing leads there."""

    def tag(found: re.Match[str]) -> str:
        name, attrs, inside = json.loads(found[1])
        links = {}
        for key, (address, fragment) in inside.items():
            if link := link_to(address):
                links[key] = f"{link}#{fragment}" if fragment else link
        if len(links) == len(inside):
            return _tag(name, attrs, links)
        if name != "a":
            return ""  # a picture, a style sheet, a ``link``: nothing without what it leads to
        return _tag(name, [one for one in attrs if one[0] in _KEPT_WITHOUT_LINK], {})  # plain text

    return _WAITING.sub(tag, text)


def _tag(name: str, attrs: Attributes, links: dict[str, str]) -> str:
    written = []
    for key, value in attrs:
        if key == "srcset":
            value = ", ".join(" ".join([links.get(size[0], size[0]), *size[1:]]) for size in _sizes(value))
        else:
            value = links.get(key, value)
        written.append(f" {key}" if value is None else f' {key}="{escape(value)}"')
    return f"<{name}{''.join(written)}>"


def _sizes(srcset: str | None) -> list[list[str]]:
    """``a.png 1x, b.png 2x`` → [["a.png", "1x"], ["b.png", "2x"]]"""
    return [part.split() for part in (srcset or "").split(",") if part.strip()]
