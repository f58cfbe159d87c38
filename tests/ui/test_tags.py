"""Template tags of terreau.ui: what a reader sees."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from terreau.ui.templatetags.ui import euros, format_number, percent

NARROW, NO_BREAK = "\u202f", "\u00a0"


def render(template: str, **context) -> str:
    request = context.pop("request", RequestFactory().get("/"))
    text = Template("{% load ui %}" + template).render(RequestContext(request, context))
    return text.strip()


@pytest.mark.parametrize(
    ("value", "decimals", "french", "english"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (12345, 0, f"12{NARROW}345", "12,345"),
        (1234567.891, 2, f"1{NARROW}234{NARROW}567,89", "1,234,567.89"),
        (-0.04, 1, "0,0", "0.0"),
        (-1500, 0, f"-1{NARROW}500", "-1,500"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(value, decimals, french, english) -> None:
    assert format_number(value, decimals) == french
    with translation.override("en"):
        assert format_number(value, decimals) == english


def test_not_measured_is_never_zero() -> None:
    for written in (format_number(None), euros(None), percent(None)):
        assert written == "non mesuré"


def test_money_and_shares() -> None:
    assert euros(716400) == f"7{NARROW}164{NO_BREAK}€"
    assert euros(716450) == f"7{NARROW}164,50{NO_BREAK}€"
    assert percent(0.254, 1) == f"25,4{NO_BREAK}%"
    with translation.override("en"):
        assert euros(716450) == "€7,164.50"
        assert percent(0.254) == "25%"


def test_a_bar_is_bounded_and_silent() -> None:
    assert 'width="50.0"' in render("{% bar 2 4 %}")
    assert 'width="100.0"' in render("{% bar 9 4 %}")
    assert 'aria-hidden="true"' in render("{% bar 2 4 %}")
    assert render("{% bar value 4 %}", value=None) == ""
    assert render("{% bar 2 0 %}") == ""


SOURCE = SimpleNamespace(
    code="liste",
    title="Liste <fictive>",
    vintage=date(2024, 3, 1),
    licence_terms=SimpleNamespace(title="Licence Ouverte 2.0", url="https://exemple.invalid/licence"),
)


def test_a_source_mention_says_value_source_date_and_licence() -> None:
    text = render('{% source_mention source "12 rue Inventée" %}', source=SOURCE)
    assert text.index("12 rue Inventée") < text.index("Liste &lt;fictive&gt;") < text.index("1 mars 2024")
    assert 'href="/sources/liste/"' in text
    assert 'rel="license">Licence Ouverte 2.0' in text


def test_the_date_of_the_value_comes_before_that_of_the_source() -> None:
    assert "2 avril 2025" in render("{% source_mention source on=day %}", source=SOURCE, day=date(2025, 4, 2))
    undated = SimpleNamespace(**{**vars(SOURCE), "vintage": None})
    assert "date inconnue" in render("{% source_mention source %}", source=undated)


def test_pagination_keeps_the_rest_of_the_query() -> None:
    page = Paginator(range(50), 20).page(2)
    request = RequestFactory().get("/annuaire/?q=vélo&page=2")
    text = render("{% pagination page %}", page=page, request=request)
    assert "?q=v%C3%A9lo&amp;page=1" in text
    assert "?q=v%C3%A9lo&amp;page=3" in text
    assert "Page 2 sur 3" in text


def test_one_page_has_no_pagination() -> None:
    assert render("{% pagination page %}", page=Paginator([1], 20).page(1)) == ""


def test_breadcrumbs_end_with_the_page_itself() -> None:
    text = render('{% breadcrumbs "Annuaire" "/annuaire/" name %}', name="Épicerie & Cie")
    assert '<a href="/annuaire/">Annuaire</a>' in text
    assert '<li aria-current="page">Épicerie &amp; Cie</li>' in text


def test_an_empty_state_shows_what_to_type() -> None:
    text = render('{% empty_state "Rien" "Pourquoi." "terreau harvest" %}')
    assert "<code>terreau harvest</code>" in text
    assert "<pre>" not in render('{% empty_state "Rien" %}')


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/accessibilite/?a=1", "/en/accessibilite/?a=1"),
        ("/", "/en/"),
        ("/nulle/part/", "/en/"),  # no such page: the home page of the other language
    ],
)
def test_same_page_in_english(here: str, there: str) -> None:
    assert render('{% same_page_in "en" %}', request=RequestFactory().get(here)) == there
