"""Pieces of page that every room uses: numbers as the reader writes them, sources, bars, paths, pages.

``{% load ui %}`` then, for example, ``{{ count|number }}``, ``{% pagination page %}``, ``{% source_mention source %}``.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.core.paginator import Page
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

NARROW_SPACE = "\u202f"  # no-break: a number is never cut at the end of a line
NO_BREAK_SPACE = "\u00a0"


def format_number(value: float | int | None, decimals: int = 0) -> str:
    """``1234.5`` → ``1 234,5`` in French and ``1,234.5`` in English; nothing measured is never 0."""
    if value is None or value == "":
        return _("non mesuré")
    text = f"{value:,.{decimals}f}"
    if text.strip("-0,.") == "":
        text = text.lstrip("-")  # "-0" is 0
    if get_language() == "en":
        return text
    return text.translate({ord(","): NARROW_SPACE, ord("."): ","})


@register.filter
def number(value: float | int | None, decimals: int = 0) -> str:
    """``{{ 12345|number }}`` → 12 345; ``{{ ratio|number:1 }}`` → 2,4; empty → « non mesuré »."""
    return format_number(value, decimals)


@register.filter
def euros(cents: int | None) -> str:
    """Whole cents to euros; the cents are shown only when there are some."""
    if cents is None or cents == "":
        return _("non mesuré")
    text = format_number(cents / 100, 2 if cents % 100 else 0)
    return f"€{text}" if get_language() == "en" else f"{text}{NO_BREAK_SPACE}€"


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """``{{ 0.25|percent }}`` → 25 %."""
    if share is None or share == "":
        return _("non mesuré")
    text = format_number(share * 100, decimals)
    return f"{text}%" if get_language() == "en" else f"{text}{NO_BREAK_SPACE}%"


@register.inclusion_tag("ui/breadcrumbs.html")
def breadcrumbs(*labels_and_addresses: Any) -> dict[str, Any]:
    """``{% breadcrumbs "Annuaire" directory_url party.name %}``: label, address, … and the page itself last."""
    *before, current = labels_and_addresses
    return {"steps": list(zip(before[::2], before[1::2], strict=True)), "current": current}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page) -> dict[str, Any]:
    """Links to the other pages of a list; the rest of the query is kept. Nothing when there is one page."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(title: str, hint: str = "", command: str = "") -> dict[str, str]:
    """What to say when there is nothing: why, and what to do. ``command`` is shown as something to type."""
    return {"title": title, "hint": hint, "command": command}


@register.inclusion_tag("ui/source_mention.html")
def source_mention(source: Any, value: Any = "", on: date | None = None) -> dict[str, Any]:
    """« value — source, date, licence ».

    ``source`` has ``title``, ``code``, ``vintage`` and ``licence_terms`` (title, url). ``on``: the date of this
    value when it is known more finely than the vintage of the whole source.
    """
    return {"source": source, "value": value, "date": on or source.vintage}


@register.inclusion_tag("ui/bar.html")
def bar(value: float | None, maximum: float | None) -> dict[str, Any]:
    """A tiny bar beside a number already written in the page; screen readers skip it. No bar if not measured."""
    if value is None or not maximum:
        return {"width": None}
    return {"width": f"{min(max(value / maximum, 0), 1) * 100:.1f}"}


@register.simple_tag(takes_context=True)
def same_page_in(context: template.Context, language: str) -> str:
    """The address of this very page in another language; the home page when this one has no address."""
    request = context.get("request")
    here = request.get_full_path() if request else "/"
    there = translate_url(here, language)
    # "//elsewhere/" is the address of another site.
    if (there != here or language == get_language()) and not there.startswith("//"):
        return there
    return translate_url(reverse("home"), language)


@register.simple_tag(takes_context=True)
def is_here(context: template.Context, address: str) -> bool:
    """Whether the page shown is at this address or below it."""
    request = context.get("request")
    return request is not None and request.path.startswith(address)


@register.filter
def joined(parts: Sequence[Any], separator: str = ", ") -> str:
    """Join what is not empty."""
    return separator.join(str(part) for part in parts if part)
