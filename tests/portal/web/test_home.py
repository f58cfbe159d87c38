"""The home page at n = 0, 1 and many; what it counts; what it says of the loop and of the propositions."""

import re

import pytest
from django.test import Client
from django.utils import translation

from terreau.commons.enums import Diffusion, Perimeter
from terreau.loop import ROOMS
from terreau.portal.propositions import PROPOSITIONS, Force
from terreau.portal.queries import home_figures
from tests.factories import make_party, make_place, make_record, make_site, make_source
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db


def test_without_region_it_says_which_command_to_run(client: Client) -> None:
    text = client.get("/").text
    assert "Aucun territoire pour le moment" in text
    assert "<code>terreau init --region 24</code>" in text


def test_without_organisation_it_says_which_command_to_run(client: Client) -> None:
    make_place("99001")
    text = client.get("/").text
    assert "Aucun acteur pour le moment" in text
    assert "<code>terreau harvest</code>" in text


def test_figures_count_what_is_shown_and_nothing_else() -> None:
    here, empty = make_place("99001"), make_place("99002")
    elsewhere = make_place("98001", communes_in_region=0, communes_total=1)
    assert empty.communes_in_region == 1
    inside = make_party(perimeter=Perimeter.IN)
    make_site(inside, here)
    make_site(inside, here)
    make_site(make_party(), elsewhere)
    masked = make_party(diffusion=Diffusion.MASKED, perimeter=Perimeter.IN)
    make_site(masked, empty)
    closed = make_party(is_active=False, perimeter=Perimeter.IN)
    make_site(closed, empty)
    make_record(inside, make_source("lue"))
    make_source("jamais-lue")
    figures = home_figures()
    assert (figures.organisations, figures.in_perimeter) == (2, 1)
    assert (figures.communes_reached, figures.communes) == (1, 2)
    assert (figures.sources, figures.oldest) == (1, None)


def test_with_organisations_it_shows_figures_and_dated_sources(client: Client) -> None:
    make_world()
    text = client.get("/").text
    assert "Région fictive" in text
    assert re.search(r"sur 4", text)
    assert "Liste fictive des acteurs" in text
    assert "1 mars 2024" in text
    assert "masquée" not in text


def test_a_large_number_of_sources_is_cut_with_a_link(client: Client) -> None:
    make_world()
    party = make_party()
    for number in range(12):
        make_record(party, make_source(f"liste-{number}", title=f"Liste {number}"))
    text = client.get("/").text
    assert text.count('class="source-mention"') == 8
    assert "Toutes les sources" in text


@pytest.mark.parametrize("parties", [1, 3])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries, parties: int) -> None:
    make_place("99001")
    for _ in range(parties):
        make_record(make_party())
    client.get("/")  # translations and templates are loaded
    with django_assert_num_queries(8):
        client.get("/")


def test_the_loop_shows_open_rooms_and_those_to_come(client: Client) -> None:
    text = client.get("/").text
    rooms = re.search(r'<ol class="loop-rooms">(.*?)</ol>', text, re.S)[1]
    assert rooms.count("<li>") == len(ROOMS)
    assert rooms.count('class="tag yes"') == sum(room.is_open for room in ROOMS)
    assert rooms.count("pas encore ouvert") == sum(not room.is_open for room in ROOMS)


def test_thirteen_propositions_keep_must_and_could() -> None:
    assert [proposition.number for proposition in PROPOSITIONS] == list(range(1, 14))
    could = {p.number for p in PROPOSITIONS if p.force == Force.COULD}
    both = {p.number for p in PROPOSITIONS if p.force == Force.BOTH}
    assert could == {12, 13}
    assert both == {6, 8, 11}
    assert all(proposition.rooms for proposition in PROPOSITIONS)


def test_nothing_is_said_to_work_whose_rooms_are_all_closed() -> None:
    claimed = [p.number for p in PROPOSITIONS if p.works and not any(room.is_open for room in p.rooms)]
    assert claimed == []


def test_english_home_page(client: Client) -> None:
    with translation.override("fr"):
        text = client.get("/en/").text
    assert '<html lang="en">' in text
    assert "The thirteen propositions" in text
