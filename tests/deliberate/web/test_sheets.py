"""The desk of a workshop: what is typed comes back whole when it is refused, and her own statement is hers."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate.actions import cast_vote, take_sheet
from terreau.deliberate.enums import Channel, Moderation, Power, StepKind
from terreau.deliberate.models import Participant, Process, Statement, Vote
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process, make_statement

pytestmark = pytest.mark.django_db


def sign_in(process: Process) -> Client:
    client = Client()
    client.force_login(give_power(process, Power.FACILITATOR))
    return client


def type_sheet(
    client: Client, process: Process, letters: dict[Statement, str], *, follow: bool = False, **typed: str
):
    given = {
        "channel": "paper",
        "number": "7",
        **{row.token: letter for row, letter in letters.items()},
        **typed,
    }
    return client.post(reverse("deliberate:sheet_desk", args=[process.slug]), given, follow=follow)


def test_the_sheet_has_lines_to_write_on_and_the_desk_a_place_to_type_them() -> None:
    process = make_process()
    row, client = make_statement(process), sign_in(process)
    page = client.get(reverse("deliberate:sheets", args=[process.slug]) + "?first=7&last=8").text
    assert page.count("Une affirmation de vous, si vous voulez") == 2 and page.count('class="ruled"') == 2
    done = type_sheet(client, process, {row: "a"}, words="Que la halle\nouvre le lundi", follow=True)
    assert "Son affirmation est reçue, au nom de cette feuille" in done.text
    said = process.statements.get(words="Que la halle ouvre le lundi")
    assert (said.author.sheet, said.channel, said.moderation) == ("7", Channel.PAPER, Moderation.WAITING)
    assert said.words not in Client().get(reverse("deliberate:statements", args=[process.slug])).text


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"words": "é" * 281}, 400, "celle-ci en a 281"),
        ({"number": "12000", "words": "Une halle ouverte"}, 400, "Ce numéro n’est pas celui d’une feuille"),
        ({"number": "", "words": "Une halle ouverte"}, 400, "Donnez le numéro imprimé"),
        ({"channel": "web", "words": "Une halle ouverte"}, 400, "web n’en fait pas partie"),
        ({"words": "UNE PLACE  FICTIVE"}, 409, "C’est la n° 1, « Une place fictive »"),
    ],
)
def test_what_was_typed_comes_back_whole(typed: dict[str, str], status: int, said: str) -> None:
    process = make_process()
    one, other = make_statement(process, "Une place fictive"), make_statement(process)
    page = type_sheet(sign_in(process), process, {one: "a", other: "D"}, **typed)
    assert page.status_code == status and said in page.text
    assert typed["words"] in page.text and 'value="a"' in page.text and 'value="D"' in page.text
    assert not Vote.objects.exists() and not Participant.objects.exists()


def test_an_hour_too_late_the_sheet_is_still_on_the_page() -> None:
    process = make_process()
    row, client = make_statement(process), sign_in(process)
    close(process)
    page = type_sheet(client, process, {row: "a"}, words="Une halle ouverte")
    assert page.status_code == 409 and "terminée" in page.text
    assert "Une halle ouverte" in page.text and 'value="a"' in page.text


def test_while_one_only_proposes_the_desk_takes_statements() -> None:
    process = make_process(steps=(StepKind.PROPOSE,))
    row, client = make_statement(process), sign_in(process)
    page = client.get(reverse("deliberate:sheet_desk", args=[process.slug])).text
    assert "seule son affirmation peut être saisie" in page and row.token not in page
    done = type_sheet(client, process, {}, channel="phone", number="", words="Dite au téléphone", follow=True)
    assert "10001" in done.text
    assert process.statements.get(words="Dite au téléphone").channel == Channel.PHONE


def test_two_scrutineers_confirm_or_read_again() -> None:
    process = make_process()
    one, other = make_statement(process), make_statement(process)
    first, second = sign_in(process), sign_in(process)
    type_sheet(first, process, {one: "a", other: "d"})
    again = type_sheet(first, process, {one: "a", other: "d"}, follow=True)
    assert "C’était par vous" in again.text
    page = type_sheet(second, process, {one: "a", other: "a"})
    assert page.status_code == 409 and "Rien n’est changé" in page.text
    assert page.text.count("La première saisie dit autre chose") == 1
    done = type_sheet(second, process, {one: "a", other: "d"}, follow=True).text
    assert "cette feuille est confirmée" in done
    assert "Feuilles de papier saisies : 1 ; confirmées par une seconde personne : 1." in done
    assert dict(Vote.objects.values_list("statement", "value")) == {one.pk: 1, other.pk: -1}
    assert process.participants.count() == 1


def test_what_she_said_with_her_phone_is_told_to_no_scrutineer() -> None:
    """Whatever is typed, the page is the same whether she agreed or not."""
    pages, facilitator = [], make_user()
    for value in (1, -1):
        process = make_process(title="Démarche fictive")
        one, other = make_statement(process, "La première"), make_statement(process, "La seconde")
        client = Client()
        client.force_login(give_power(process, Power.FACILITATOR, facilitator))
        type_sheet(client, process, {one: "a"})
        cast_vote(
            process=process, participant=take_sheet(process=process, number=7, by=None), statement=other,
            value=value, by=None, now=timezone.now(), channel=Channel.WORKSHOP,
        )  # fmt: skip
        page = type_sheet(client, process, {one: "a", other: "a"}, follow=True).text
        assert "dont la réponse reste : 1." in page
        assert Vote.objects.get(statement=other).value == value
        shown = re.sub(r"<[^>]*>", "", page[page.index("<body") :])
        pages.append(shown)
    assert pages[0] == pages[1]
