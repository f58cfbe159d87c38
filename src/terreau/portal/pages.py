"""The pages that a region writes in its own words: ``pages/<name>.<language>.md`` in the folder of the state.

The software adds what it knows of itself (cookies, licences, tests), so that those facts are never out of date.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGES = ("legal", "privacy", "accessibility")


@dataclass(frozen=True)
class RegionWords:
    """``html``: safe to show. ``language``: the language of the file, which may not be the one asked for."""

    html: SafeString
    language: str


def page_file(name: str, language: str) -> Path:
    return settings.DATA_DIR / "pages" / f"{name}.{language}.md"


def region_words(name: str, language: str) -> RegionWords | None:
    """What the region wrote for a page: in ``language``, else in French, else nothing."""
    for candidate in (language, settings.LANGUAGE_CODE):
        file = page_file(name, candidate)
        if file.is_file():
            return RegionWords(render_markdown(file.read_text(encoding="utf-8")), candidate)
    return None


def pages_to_write() -> list[str]:
    """The pages for which the region has written nothing yet, as paths inside the folder of the state."""
    return [
        f"pages/{name}.{settings.LANGUAGE_CODE}.md"
        for name in PAGES
        if not page_file(name, settings.LANGUAGE_CODE).is_file()
    ]


def render_markdown(text: str) -> SafeString:
    """Paragraphs, headings, lists, links, tables; raw HTML is shown as text and images are left out."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = markdown.parse(text)
    for token in tokens:
        _below_the_page_title(token)
    return mark_safe(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S308 — html is off


def _below_the_page_title(token: Token) -> None:
    """The page has its own level-one heading: those of the text start at two."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
