"""The page of one commitment: who, what, the trajectory in three forms, its story, and what is not said."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions import (
    change_context,
    keep,
    name_owner,
    record_fulfilment,
    renegotiate,
    withdraw_fulfilment,
)
from terreau.commitments.models import Commitment
from terreau.commitments.trajectories import trajectory
from terreau.commitments.web.trajectory_picture import draw, rows_of
from terreau.commitments.words import progress
from terreau.commons.enums import Diffusion
from terreau.commons.models import LogEntry, Party
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db
MEASURE = {"unit": "logements", "baseline": Decimal(10), "target": Decimal(40)}
P9_DAY = date(2026, 1, 1)


def shown(client, commitment: Commitment) -> str:
    page = client.get(reverse("commitments:commitment", args=[commitment.token]))
    assert page.status_code == 200
    return page.text.replace("\u00a0", " ").replace("\u202f", " ")


def on_day(monkeypatch, day: date) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_given: day)


def test_p9_is_six_behind_in_the_sentence_the_table_and_the_picture(client, monkeypatch) -> None:
    keeper = make_keeper()
    made = make_commitment(keeper, **MEASURE, starts_on=date(2024, 1, 1), due_on=date(2030, 1, 1))
    record_fulfilment(
        commitment=made, on=date(2025, 6, 1), words="Quatre logements", amount=Decimal(4), by=keeper
    )
    on_day(monkeypatch, P9_DAY)
    page = shown(client, made)
    sentence = "6 de retard : 14 pour 20 attendus au 1er janvier 2026"
    section = page[page.index('id="trajectory"') :]
    assert section.index(sentence) < section.index("<table") < section.index("<svg")
    rows = re.findall(
        r'<time datetime="([^"]+)">[^<]*</time></th><td class="number">([^<]*)</td><td class="number">(.*?)</td>',
        section,
    )
    assert ("2026-01-01", "20", "14") in rows
    assert rows[0][1:] == ("10", "10") and rows[-1][:2] == ("2030-01-01", "40") and "à venir" in rows[-1][2]
    assert (
        "stroke-dasharray" not in section and 'class="line expected"' in section
    )  # the style sheet dashes it
    assert "En tirets, ce qui est attendu" in section
    assert sentence in section[section.index("<title") : section.index("</title>")]


@pytest.mark.parametrize(
    ("day", "amount", "said"),
    [
        (P9_DAY, 13, "3 d’avance : 23 pour 20 attendus"),
        (P9_DAY, 10, "à l’heure : 20 pour 20 attendus"),
        (P9_DAY, 30, "cible atteinte : 40 pour 40"),
        (date(2023, 6, 1), 1, "pas encore commencé"),
        (P9_DAY, None, "non mesuré : 20 attendus"),
        (date(2026, 11, 24), 4, "10,5 de retard : 14 pour 24,5 attendus"),
        (date(2031, 1, 1), 4, "26 de retard : 14 pour 40 attendus au 1er janvier 2030"),
    ],
)
def test_each_sentence(day: date, amount: int | None, said: str) -> None:
    steps = [(date(2024, 6, 1), Decimal(amount))] if amount is not None else []
    way = trajectory(
        baseline=Decimal(10),
        target=Decimal(40),
        starts_on=date(2024, 1, 1),
        due_on=date(2030, 1, 1),
        steps=steps,
    )
    assert progress(way, day).replace("\u00a0", " ").startswith(said)
    assert progress(None, day) == "non mesuré"


def test_less_is_better_when_the_target_is_below() -> None:
    way = trajectory(
        baseline=Decimal(40), target=Decimal(10), starts_on=date(2024, 1, 1), due_on=date(2030, 1, 1),
        steps=[(date(2024, 6, 1), Decimal(-4))],
    )  # fmt: skip
    assert progress(way, P9_DAY).replace("\u00a0", " ").startswith("6 de retard : 36 pour 30")


def test_what_nobody_counted_is_not_drawn_as_nothing() -> None:
    way = trajectory(
        baseline=Decimal(0), target=Decimal(4), starts_on=date(2024, 1, 1), due_on=date(2030, 1, 1)
    )
    picture = draw(way, P9_DAY, "phrase")
    assert picture is not None and picture.actual == "" and picture.marks == []
    assert [row.actual for row in rows_of(way, P9_DAY)] == ["0", "non mesuré", ""]
    one_day = trajectory(baseline=Decimal(0), target=Decimal(4), starts_on=P9_DAY, due_on=P9_DAY)
    assert draw(one_day, P9_DAY, "phrase") is None


def test_without_a_measure_it_is_said(client) -> None:
    assert "Non mesuré" in shown(client, make_commitment())


def test_who_what_when_and_under_which_licence(client) -> None:
    owner, commune, item = make_party("Épicerie fictive"), make_place("99001", name="Fictive"), make_item("9")
    made = make_commitment(
        owner=owner, owner_name="", place=commune, items=[item], is_demonstration=True, details="Des précisions",
        basis="decision", basis_words="Assemblée fictive", basis_url="https://exemple.invalid/pv",
        due_on=timezone.localdate() + timedelta(days=3),
    )  # fmt: skip
    page = shown(client, made)
    for said in (
        "Épicerie fictive", "tout le monde", "Une liste publiée", "Bientôt dû : dans 3 jours", "Assemblée fictive",
        "https://exemple.invalid/pv", item.title, "Engagement fictif", "Licence Ouverte 2.0", "titulaire des droits",
        reverse("observe:party", args=[owner.public_id]), reverse("observe:place", args=["commune", "99001"]),
    ):  # fmt: skip
        assert said in page, said
    acts = LogEntry.objects.filter(about=f"commitment:{made.token}")
    assert reverse("public_act", args=[acts.get().index]) in page


def test_the_story_tells_each_change_its_reason_and_what_was_said_before(client) -> None:
    keeper, first, second = (
        make_keeper(),
        make_place("99001", name="Avant"),
        make_place("99002", name="Ensuite"),
    )
    party = make_party("Épicerie fictive")
    made = make_commitment(keeper, place=first, details="Ancienne précision", owner=party, owner_name="")
    change_context(
        commitment=made,
        place=second,
        details="Nouvelle",
        items=[make_item()],
        reason="Mieux situé",
        by=keeper,
    )
    name_owner(commitment=made, owner=None, owner_name="Un groupe", reason="Elle ferme", by=keeper)
    step = record_fulfilment(commitment=made, on=date(2025, 1, 1), words="Un pas", by=keeper)
    withdraw_fulfilment(fulfilment=step, reason="Compté deux fois", by=keeper)
    page = shown(client, made)
    for said in (
        "Mieux situé",
        "Ancienne précision",
        "Avant",
        "Elle ferme",
        "Épicerie fictive",
        "Compté deux fois",
    ):
        assert said in page, said
    assert re.search(r"<del>.*Un pas.*</del>", page)
    assert (
        page.index("Réalisation retirée") < page.index("Engagement repris") < page.index("Engagement publié")
    )
    assert keeper.email not in page
    Party.objects.update(diffusion=Diffusion.MASKED)
    page = shown(client, made)
    assert "Épicerie fictive" not in page and party.identity not in page
    assert "une organisation qui n’est pas, ou n’est plus, affichée" in page


def test_one_that_is_renegotiated_leads_to_the_one_that_stands_and_back(client) -> None:
    keeper = make_keeper()
    first = make_commitment(keeper, title="Le premier")
    second = renegotiate(commitment=first, reason="Plus tard", title="Le deuxième", by=keeper)
    third = renegotiate(commitment=second, reason="Encore", title="Le troisième", by=keeper)
    page = shown(client, first)
    assert page.index("Un autre engagement le remplace") < page.index("Le troisième")
    assert "Renégocié le" in page and "Plus tard" in page
    page = shown(client, third)
    assert reverse("commitments:commitment", args=[second.token]) in page


def test_a_kept_one_shows_what_came_of_it(client) -> None:
    keeper = make_keeper()
    made = make_commitment(keeper)
    keep(
        commitment=made, result="La salle est ouverte", result_url="https://exemple.invalid/photo", by=keeper
    )
    page = shown(client, made)
    assert "Tenu le" in page and "La salle est ouverte" in page and "https://exemple.invalid/photo" in page


def test_a_draft_is_read_by_its_author_and_by_keepers_alone(client) -> None:
    author = make_user()
    address = reverse("commitments:commitment", args=[make_draft(author).token])
    assert client.get(address).status_code == 404
    for reader, status in (
        (make_user(), 404),
        (make_user("", "administrator"), 404),
        (author, 200),
        (make_keeper(), 200),
    ):
        client.force_login(reader)
        assert client.get(address).status_code == status
    assert client.get("/engagements/inconnu222/").status_code == 404


def test_a_long_story_costs_no_more_queries(client, django_assert_max_num_queries) -> None:
    keeper = make_keeper()
    made = make_commitment(keeper, **MEASURE)
    for number in range(12):
        place = make_place(f"990{number:02}")
        change_context(commitment=made, place=place, items=[make_item()], reason="Précisé", by=keeper)
        record_fulfilment(commitment=made, on=date(2025, 1, 1), words="Un pas", amount=Decimal(1), by=keeper)
    with django_assert_max_num_queries(14):
        shown(client, made)
