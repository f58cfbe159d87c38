"""Voting on the pages: no script, no account, one POST a vote."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commons.enums import College
from terreau.deliberate.actions import refuse_words
from terreau.deliberate.actions.sheets import sheet_secret
from terreau.deliberate.enums import Eligibility, Moderation, Power, StepKind
from terreau.deliberate.models import Participant, Vote
from tests.factories import make_place, make_user
from tests.factories.deliberate import (
    close,
    give_power,
    make_participant,
    make_process,
    make_statement,
    make_step,
)

pytestmark = pytest.mark.django_db


def asked_on(page) -> str:
    """The token of the statement that the page asks about, or nothing."""
    found = re.search(r'name="statement" value="(\w+)"', page.text)
    return found[1] if found else ""


def vote_on(client: Client, process, token: str, value: object = 1, **data):
    return client.post(
        reverse("deliberate:vote", args=[process.slug]), {"statement": token, "value": str(value), **data}
    )


def test_five_then_again(client) -> None:
    process = make_process(asks_at_a_time=2)
    for _number in range(5):
        make_statement(process)
    page = client.get(reverse("deliberate:vote", args=[process.slug]))
    assert (
        not page.cookies.get("terreau_participant") and Participant.objects.count() == 0
    )  # reading changes nothing
    seen = []
    for value in (1, -1):
        seen.append(asked_on(page))
        answer = vote_on(client, process, asked_on(page), value, n=len(seen) - 1)
        assert answer.status_code == 302
        page = client.get(answer.url)
    assert "On continue ?" in page.text and asked_on(page) == ""
    for part in ("Encore quelques-unes", "Proposer une affirmation", "Dire mon collège", "S’arrêter là"):
        assert part in page.text
    page = client.get(reverse("deliberate:vote", args=[process.slug]) + "?n=2&suite=1")
    for value in (0, 0, 0):
        seen.append(asked_on(page))
        page = client.get(
            reverse("deliberate:vote", args=[process.slug])
            if vote_on(client, process, seen[-1], value)
            else ""
        )
    assert len(set(seen)) == 5
    assert "Vous avez répondu à tout" in page.text
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, -1, 0, 0, 0]
    assert Participant.objects.count() == 1


def test_two_tabs_are_one_participant_whose_last_vote_counts(client) -> None:
    process = make_process()
    one, other = make_statement(process), make_statement(process)
    vote_on(client, process, one.token, 1)
    vote_on(client, process, other.token, 1)
    vote_on(client, process, one.token, -1)
    assert sorted(Vote.objects.values_list("statement", "value")) == sorted([(one.pk, -1), (other.pk, 1)])
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"value": "2"}, 400, "Choisissez"),
        ({"value": ""}, 400, "Choisissez"),
        ({"statement": "inconnue22"}, 409, "n’est plus posée"),
    ],
)
def test_a_bad_vote_says_so_and_asks_again(client, data, status, words) -> None:
    process = make_process()
    row = make_statement(process)
    page = client.post(
        reverse("deliberate:vote", args=[process.slug]), {"statement": row.token, "value": "1", **data}
    )
    assert page.status_code == status and words in page.text and asked_on(page) == row.token
    assert Vote.objects.count() == 0


def test_refused_meanwhile_the_next_one_is_asked(client) -> None:
    process = make_process()
    row, other = make_statement(process), make_statement(process)
    refuse_words(row=row, motive="Hors du mandat", by=make_user("", "moderator"))
    page = vote_on(client, process, row.token)
    assert page.status_code == 409 and "n’a pas été compté" in page.text and asked_on(page) == other.token


def test_after_the_closing_the_hour_is_said(client) -> None:
    process = make_process()
    row = make_statement(process)
    close(process)
    page = vote_on(client, process, row.token)
    step = process.steps.last()
    assert page.status_code == 409
    assert f"{timezone.localtime(step.ends_at):%H:%M:%S}" in page.text
    assert Vote.objects.count() == 0


@pytest.mark.parametrize(
    ("steps", "words"),
    [((), "ne demande pas d’avis"), ((StepKind.VOTE,), "Aucune affirmation n’est encore posée")],
)
def test_nothing_to_ask_has_a_sentence(client, steps, words) -> None:
    process = make_process(steps=steps)
    for name in ("vote", "my_votes", "statements", "statement_new", "screen"):
        page = client.get(reverse(f"deliberate:{name}", args=[process.slug]))
        assert page.status_code == 200
        if name == "vote":
            assert words in page.text


def test_a_college_that_must_be_said_is_asked_first(client) -> None:
    process = make_process(asks_college=True, colleges=[College.CITIZENS, College.ELECTED])
    row, place = make_statement(process), make_place("99001", name="Bourg", search_text="bourg")
    address = reverse("deliberate:vote", args=[process.slug])
    assert "Qui êtes-vous" in client.get(address).text
    assert vote_on(client, process, row.token).url == f"{address}?qui=1"
    assert client.post(address, {"do": "who"}).status_code == 400
    search = client.post(address, {"do": "search", "college": "citizens", "place": "Bourg"})
    assert search.status_code == 200 and "Bourg (99001)" in search.text
    done = client.post(address, {
        "do": "who", "college": "citizens", "place": "Bourg", "place_asked": "Bourg",
        "place_choice": "commune:99001",
    })  # fmt: skip
    assert done.status_code == 302
    participant = Participant.objects.get()
    assert (participant.college, participant.place) == ("citizens", place)
    vote_on(client, process, row.token)
    assert Vote.objects.get().participant == participant


def test_members_only_says_to_sign_in(client) -> None:
    process = make_process(eligibility=Eligibility.MEMBERS)
    page = vote_on(client, process, make_statement(process).token)
    assert page.status_code == 403 and "connectez-vous" in page.text
    account = make_user()
    client.force_login(account)
    assert vote_on(client, process, process.statements.get().token).status_code == 302
    assert Vote.objects.get().participant.user == account


def test_a_draft_is_nobody_s(client) -> None:
    process = make_process(state="draft")
    for name in ("vote", "my_votes", "statements", "statement_new", "screen"):
        assert client.get(reverse(f"deliberate:{name}", args=[process.slug])).status_code == 404


def test_a_hall_shares_one_address_and_one_person_has_a_limit(settings, tmp_path) -> None:
    settings.VOTING_PACES = {"vote": (3, 10**10), "take_part": (4, 10**10)}
    settings.DATA_DIR = tmp_path
    process = make_process()
    row = make_statement(process)
    people = [Client() for _number in range(5)]
    assert [vote_on(one, process, row.token).status_code for one in people] == [302, 302, 302, 302, 429]
    assert [vote_on(people[0], process, row.token).status_code for _number in range(3)] == [302, 302, 429]
    assert vote_on(people[1], process, row.token).status_code == 302


def test_votes_are_reviewed_and_changed(client) -> None:
    process = make_process()
    row = make_statement(process)
    vote_on(client, process, row.token, 1)
    address = reverse("deliberate:my_votes", args=[process.slug])
    assert row.words in client.get(address).text
    answer = vote_on(client, process, row.token, -1, back="mine", page="1")
    assert (urlsplit(answer.url).path, urlsplit(answer.url).fragment) == (address, f"avis-{row.token}")
    assert Vote.objects.get().value == -1
    assert row.words not in Client().get(address).text  # nobody else's


def test_the_link_of_a_sheet_votes_as_that_sheet_and_keeps_its_reader_apart(client) -> None:
    process = make_process()
    row = make_statement(process)
    vote_on(client, process, row.token, 1)
    own = client.cookies["terreau_participant"].value
    address = reverse("deliberate:sheet_vote", args=[process.slug, 7, sheet_secret(process, 7)])
    assert asked_on(client.get(address)) == row.token
    assert (
        Participant.objects.filter(sheet="7").count() == 0
    )  # a link that is opened, by a scanner too, does nothing
    for value in (1, -1):
        assert client.post(address, {"statement": row.token, "value": value}).status_code == 302
    assert client.cookies["terreau_participant"].value == own
    assert dict(Vote.objects.values_list("participant__sheet", "value")) == {"": 1, "7": -1}
    assert {one.channel for one in Vote.objects.filter(participant__sheet="7")} == {"workshop"}
    wrong = reverse("deliberate:sheet_vote", args=[process.slug, 8, sheet_secret(process, 7)])
    assert client.get(wrong).status_code == 404


def test_a_facilitator_prints_then_types_sheets(client) -> None:
    process = make_process()
    rows = [make_statement(process) for _number in range(3)]
    facilitator = give_power(process, Power.FACILITATOR)
    client.force_login(facilitator)
    page = client.get(reverse("deliberate:sheets", args=[process.slug]) + "?first=7&last=9")
    for number in (7, 8, 9):
        assert (
            reverse("deliberate:sheet_vote", args=[process.slug, number, sheet_secret(process, number)])
            in page.text
        )
    assert page.text.count("data:image/svg+xml") == 3
    assert Participant.objects.count() == 0
    assert (
        "Cent feuilles au plus"
        in client.get(reverse("deliberate:sheets", args=[process.slug]) + "?first=1&last=101").text
    )
    desk = reverse("deliberate:sheet_desk", args=[process.slug])
    typed = {"channel": "paper", "number": "7", "college": "citizens", rows[0].token: "A", rows[1].token: "d"}
    page = client.post(desk, typed, follow=True)
    assert "Feuille n° 7 : avis notés, 2." in page.text.replace("\u00a0", " ")
    assert Participant.objects.get().college == "citizens"
    again = client.post(desk, {"channel": "paper", "number": "7", rows[0].token: "p"}, follow=True)
    assert again.status_code == 409 and "J’ai relu la feuille n° 7" in again.text
    assert again.text.count("La première saisie dit autre chose") == 1
    assert dict(Vote.objects.values_list("statement", "value")) == {rows[0].pk: 1, rows[1].pk: -1}
    again = client.post(
        desk, {"channel": "paper", "number": "7", rows[0].token: "p", "replaces": "8"}, follow=True
    )
    assert again.status_code == 409  # what was read again is another sheet
    again = client.post(
        desk, {"channel": "paper", "number": "7", rows[0].token: "p", "replaces": "7"}, follow=True
    )
    assert "c’est la même personne" in again.text
    assert dict(Vote.objects.values_list("statement", "value")) == {rows[0].pk: 0, rows[1].pk: -1}
    wrong = client.post(desk, {"channel": "paper", "number": "8", rows[0].token: "z", rows[1].token: "a"})
    assert wrong.status_code == 400 and "Tapez a, d, p ou x" in wrong.text and 'value="z"' in wrong.text
    call = client.post(desk, {"channel": "phone", rows[0].token: "a"}, follow=True)
    assert "10001" in call.text
    assert Participant.objects.count() == 2


def test_only_facilitators_of_the_process_prepare_sheets() -> None:
    process = make_process()
    client = Client()
    client.force_login(make_user("", "facilitator", "administrator"))
    for name in ("sheets", "sheet_desk", "statement_seeds"):
        page = client.get(reverse(f"deliberate:{name}", args=[process.slug]))
        assert page.status_code == 403 and "Leurs noms sont sur la page" in page.text


def test_the_screen_refreshes_by_itself_unless_it_is_asked_not_to(client) -> None:
    process = make_process(hides_results=False)
    row = make_statement(process)
    vote_on(client, process, row.token)
    address = reverse("deliberate:screen", args=[process.slug])
    page = client.get(address)
    assert page["Refresh"] == "10" and row.words in page.text and "data:image/svg+xml" in page.text
    assert not client.get(f"{address}?pause=1").has_header("Refresh")


@pytest.mark.parametrize("name", ["vote", "my_votes", "statements", "screen"])
def test_a_page_asks_as_much_of_the_database_for_one_row_or_three(name) -> None:
    counts = []
    for size in (1, 3):
        process = make_process(hides_results=False)
        person = Client()
        for row in [make_statement(process) for _number in range(size + 1)][:size]:
            vote_on(person, process, row.token)
        address = reverse(f"deliberate:{name}", args=[process.slug])
        person.get(address)
        with CaptureQueriesContext(connection) as asked:
            person.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_three_hundred_statements_are_paged(client) -> None:
    process = make_process()
    for _number in range(120):
        make_statement(process)
    address = reverse("deliberate:statements", args=[process.slug])
    assert client.get(address).text.count('<th scope="row">') == 50
    assert client.get(f"{address}?page=3").text.count('<th scope="row">') == 20


def test_one_second_late_across_the_night_of_the_clocks(client, monkeypatch) -> None:
    process = make_process(steps=())
    row, step = make_statement(process), make_step(process)
    step.starts_at = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    step.ends_at = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    step.save()
    for seconds, status in ((-3601, 302), (-1, 302), (0, 409), (1, 409)):
        monkeypatch.setattr(
            timezone, "now", lambda seconds=seconds: step.ends_at + dt.timedelta(seconds=seconds)
        )
        page = vote_on(client, process, row.token)
        assert page.status_code == status
    assert "02:30:00 (heure d’hiver)" in page.text


def test_waiting_words_are_read_by_their_author_and_moderators_only(client) -> None:
    process = make_process()
    answer = client.post(
        reverse("deliberate:statement_new", args=[process.slug]), {"words": "Mots qui attendent"}
    )
    row = process.statements.get()
    assert row.moderation == Moderation.WAITING and answer.url.endswith(f"{row.token}/")
    assert "Mots qui attendent" in client.get(answer.url).text
    assert "Mots qui attendent" in client.get(reverse("deliberate:my_votes", args=[process.slug])).text
    stranger = Client()
    assert stranger.get(answer.url).status_code == 404
    for name in ("statements", "vote", "screen"):
        assert (
            "Mots qui attendent" not in stranger.get(reverse(f"deliberate:{name}", args=[process.slug])).text
        )
    row.moderation, row.motive = Moderation.REFUSED, "Nomme une personne"
    row.save()
    listed = stranger.get(reverse("deliberate:statements", args=[process.slug])).text
    assert "Nomme une personne" in listed and "Mots qui attendent" not in listed


def test_what_is_there_already_is_shown_and_voted_on(client) -> None:
    process = make_process()
    row = make_statement(process, "La halle reste ouverte")
    address = reverse("deliberate:statement_new", args=[process.slug])
    page = client.post(address, {"words": "La hаlle  reste ouverte !"})
    assert (
        page.status_code == 409 and asked_on(page) == row.token and "hаlle" in page.text
    )  # typed words are kept
    assert process.statements.count() == 1
    long = client.post(address, {"words": "é" * 281})
    assert long.status_code == 400 and "celle-ci en a 281" in long.text


def test_a_moderator_says_on_the_page_that_two_say_the_same(client) -> None:
    process = make_process()
    one, other = make_statement(process), make_statement(process)
    address = reverse("deliberate:statement", args=[process.slug, other.token])
    assert client.post(address, {"other": one.number, "because": "Même idée"}).status_code == 403
    client.force_login(make_user("", "moderator"))
    assert client.post(address, {"other": 99, "because": "Même idée"}).status_code == 400
    assert client.post(address, {"other": one.number, "because": ""}).status_code == 400
    assert client.post(address, {"other": one.number, "because": "Même idée"}).status_code == 302
    assert "Même idée" in client.get(reverse("deliberate:statements", args=[process.slug])).text
    make_participant(process)
    assert asked_on(Client().get(reverse("deliberate:vote", args=[process.slug]))) == one.token
