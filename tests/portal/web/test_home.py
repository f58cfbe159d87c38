"""The home page at n = 0, 1 and many; what it counts; what it says of the loop and of the propositions."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from terreau.commitments.actions import add_demonstration, keep, load_programme
from terreau.commitments.models import Election, ProgrammeItem
from terreau.commons.enums import Diffusion, PartyKind, Perimeter
from terreau.loop import ROOMS
from terreau.portal.propositions import PROPOSITIONS
from terreau.portal.queries import home_figures
from tests.factories import make_party, make_place, make_record, make_site, make_source
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper
from tests.factories.deliberate import adopt, close, make_process, make_proposal
from tests.factories.register import fill
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db


def load_thirteen() -> None:
    file = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
    load_programme(content=file.read_bytes(), by=None)


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


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries, number: int) -> None:
    make_place("99001")
    fill(number)
    client.get("/")  # translations and templates are loaded
    with django_assert_num_queries(21 if number else 20):  # the steps of those listed, when there are some
        client.get("/")


def test_without_open_process_nobody_is_asked_to_take_part(client: Client) -> None:
    close(make_process())
    assert "Prendre part" not in client.get("/").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_it_says_where_to_take_part_and_until_when(
    client: Client, django_assert_num_queries, number: int
) -> None:
    for _one in range(number):
        make_process()
    client.get("/")
    with django_assert_num_queries(20):
        text = client.get("/").text
    shown = text.split('id="taking-part"')[1].split("</section>")[0]
    assert shown.count("Ouverte jusqu’au") == min(3, number)
    assert "en retard" not in shown


def test_replies_that_are_late_are_counted_there(client: Client) -> None:
    process = make_process(reply_by=timezone.localdate() - timedelta(days=1))
    for _one in range(2):
        adopt(make_proposal(process))
    close(process)
    shown = client.get("/").text.split('id="taking-part"')[1].split("</section>")[0]
    assert "2 réponses en retard" in shown.replace("\u00a0", " ")


def test_the_loop_shows_open_rooms_and_those_to_come(client: Client) -> None:
    text = client.get("/").text
    rooms = re.search(r'<ol class="loop-rooms">(.*?)</ol>', text, re.S)[1]
    assert rooms.count("<li>") == len(ROOMS)
    assert rooms.count('class="tag yes"') == sum(room.is_open for room in ROOMS)
    assert rooms.count("pas encore ouvert") == sum(not room.is_open for room in ROOMS)


def test_thirteen_propositions_are_carried_by_a_room() -> None:
    assert [proposition.number for proposition in PROPOSITIONS] == list(range(1, 14))
    assert all(proposition.rooms for proposition in PROPOSITIONS)


def test_nothing_is_said_to_work_whose_rooms_are_all_closed() -> None:
    claimed = [p.number for p in PROPOSITIONS if p.works and not any(room.is_open for room in p.rooms)]
    assert claimed == []


def test_english_home_page(client: Client) -> None:
    load_thirteen()
    with translation.override("fr"):
        text = client.get("/en/").text
    assert '<html lang="en">' in text
    assert "Knowledge commons" in text


def test_without_commitment_it_says_how_to_write_the_first(client: Client) -> None:
    text = client.get("/").text
    assert "Personne n’a encore inscrit d’engagement ici." in text
    assert 'href="/engagements/nouveau/"' in text and "terreau demonstration add" in text


def test_it_says_first_where_we_stand(client: Client) -> None:
    today, by = timezone.localdate(), make_keeper()
    load_thirteen()
    item = ProgrammeItem.objects.get(code="9")
    make_commitment(by, title="Une date passée", due_on=today - timedelta(days=4), items=[item])
    make_commitment(by, title="Un bientôt dû", due_on=today + timedelta(days=4), owner_name="", items=[item])
    done = make_commitment(by, title="Un tenu", items=[item])
    keep(commitment=done, result="Fait", result_url="https://exemple.invalid/", by=by)
    text = client.get("/").text
    titles = re.findall(r"<h3>(.*?)</h3>", text)
    assert [title.replace("\u00a0", " ") for title in titles[:4]] == [
        "Date passée, où en est-on ?",
        "Bientôt dus",
        "Tenus récemment",
        "Sans porteur : qui reprend ?",
    ]
    ninth = re.search(r"9\.</span>.*?</li>", text, re.S)[0]
    assert "3 promis" in ninth and "1 tenu" in ninth and "1 date passée" in ninth
    assert (
        text.index("Une date passée") < text.index("Treize propositions") < text.index("Ce que l’on sait ici")
    )


def test_a_public_body_is_not_put_forward_during_an_electoral_reserve(client: Client) -> None:
    """What the reserve keeps out is decided by its own rules; here, that the home page asks them."""
    by = make_keeper()
    body = make_party(kind=PartyKind.PUBLIC_BODY)
    make_commitment(by, title="Promesse de commune", owner=body, owner_name="", due_on=timezone.localdate())
    assert "Promesse de commune" in client.get("/").text
    today = timezone.localdate()
    Election.objects.create(
        programme=make_item().programme,
        slug="fictive",
        title="Élection fictive",
        first_round_on=today + timedelta(days=20),
    )
    assert "Promesse de commune" not in client.get("/").text


def test_a_draft_and_a_masked_owner_are_not_on_it(client: Client) -> None:
    make_draft(title="Brouillon secret")
    masked = make_party("Association cachée", diffusion=Diffusion.MASKED)
    make_commitment(owner=masked, owner_name="")
    text = client.get("/").text
    assert "secret" not in text and "cachée" not in text and "sans porteur" in text


def test_what_is_fictional_is_marked(client: Client) -> None:
    load_thirteen()
    add_demonstration(by=None)
    text = client.get("/").text
    listed = re.findall(r'href="/engagements/\w{10}/"', text)
    assert len(listed) >= 8 and text.count('class="tag no">exemple fictif') == len(listed)
