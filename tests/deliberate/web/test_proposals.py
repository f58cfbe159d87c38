"""Proposing and supporting on a phone, without an account and without a script."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate.enums import Moderation, Power, ProposalState, StepKind
from terreau.deliberate.models import Participant, Proposal, ProposalSupport
from tests.factories import make_user
from tests.factories.deliberate import (
    adopt,
    close,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
)
from tests.factories.opinions import make_opinions, two_camps

pytestmark = pytest.mark.django_db
SAID = {"title": "Ouvrir la halle", "words": "Deux soirs par semaine."}


@pytest.fixture(autouse=True)
def no_limits():
    cache.clear()


def test_a_stranger_proposes_and_alone_reads_it_until_it_is_reviewed(client) -> None:
    process = make_process()
    path = reverse("deliberate:proposals", args=[process.slug])
    assert client.get(path).cookies == {}, "reading leaves no trace"
    page = client.post(reverse("deliberate:proposal_new", args=[process.slug]), SAID)
    row = Proposal.objects.get()
    assert page.url == reverse("deliberate:proposal", args=[process.slug, row.token])
    assert "En attente de relecture" in client.get(page.url).text
    assert "Ouvrir la halle" in client.get(path).text
    other = Client()
    assert other.get(page.url).status_code == 404
    assert "Ouvrir la halle" not in other.get(path).text
    other.force_login(make_user("", "moderator"))
    assert other.get(page.url).status_code == 200

    # She writes it again; somebody else may not.
    again = reverse("deliberate:proposal_rewrite", args=[process.slug, row.token])
    client.post(again, {**SAID, "title": "Ouvrir la grange"})
    Proposal.objects.update(moderation=Moderation.PUBLISHED)
    assert Client().post(again, SAID).status_code == 403
    shown = unescape(client.get(page.url).text)
    assert "1. Ouvrir la grange" in shown and "Version 1," in shown.replace("\u00a0", " ")


def test_what_was_typed_stays_and_the_error_says_what_to_do(client) -> None:
    process = make_process(asks_college=True)
    path = reverse("deliberate:proposal_new", args=[process.slug])
    wrong = client.post(path, {"title": "Ouvrir la halle", "words": ""})
    assert wrong.status_code == 400 and "Ouvrir la halle" in wrong.text
    assert "Expliquez ce que vous proposez." in wrong.text
    assert "Dites de quel collège vous êtes." in wrong.text
    assert client.post(path, {**SAID, "college": "citizens"}).status_code == 302
    assert Participant.objects.get().college == "citizens"
    assert 'name="college"' not in client.get(path).text, "asked once"


def test_too_late_says_so(client) -> None:
    process = make_process()
    close(process)
    path = reverse("deliberate:proposal_new", args=[process.slug])
    page = client.get(path)
    assert "On ne propose plus" in page.text and 'name="title"' not in page.text
    assert "étape est close" in client.post(path, SAID).text
    assert not Proposal.objects.exists()


def test_a_support_is_one_act_that_is_taken_back_and_hidden_until_closing(client) -> None:
    process = make_process(hides_results=True)
    row = make_proposal(process)
    path = reverse("deliberate:proposal", args=[process.slug, row.token])
    csv = reverse("deliberate:proposals_csv", args=[process.slug])
    file = reverse("deliberate:proposal_file", args=[process.slug, row.token])
    client.get(path + "?do=support")
    assert not ProposalSupport.objects.exists(), "a link that is opened changes nothing"
    client.post(path, {"do": "support"})
    client.post(path, {"do": "support"})
    assert ProposalSupport.objects.count() == 1
    assert "Vous la soutenez." in client.get(path).text
    for reader in (Client(), client):
        assert "Leur nombre reste caché" in reader.get(path).text
        assert reader.get(file).json()["supports"] is None
        assert reader.get(csv).text.splitlines()[1].endswith(",proposed,Proposition fictive 1,1,,,,,,,,,,,")
    close(process)
    assert "Soutiens à cette version" in client.get(path).text
    assert client.get(file).json()["supports"] == 1
    assert client.post(path, {"do": "unsupport"}).status_code == 403, "too late to take it back"


def test_no_support_is_said_zero(client) -> None:
    process = make_process(hides_results=False)
    row = make_proposal(process)
    shown = client.get(reverse("deliberate:proposal", args=[process.slug, row.token])).text
    assert "Soutiens à cette version : 0." in shown
    assert (
        '<td data-label="Soutiens">0</td>'
        in client.get(reverse("deliberate:proposals", args=[process.slug])).text
    )


def test_counts_of_hands_are_hidden_until_closing_too(client) -> None:
    process = make_process(hides_results=True)
    row = adopt(make_proposal(process))
    path = reverse("deliberate:proposal", args=[process.slug, row.token])
    file = reverse("deliberate:proposal_file", args=[process.slug, row.token])
    assert "<td>20</td>" not in client.get(path).text and client.get(file).json()["hands"] is None
    close(process)
    shown = client.get(path).text
    assert "<td>20</td><td>3</td><td>2</td>" in shown and "consultatif" in shown
    assert client.get(file).json()["hands"][0]["in_favour"] == 20


def test_a_facilitator_draws_one_and_notes_a_meeting_by_college(client) -> None:
    process = make_process(hides_results=False, colleges=["elected", "citizens"])
    statement = make_statement(process, "La halle est vide")
    facilitator = give_power(process, Power.FACILITATOR)
    client.force_login(facilitator)
    drawn = client.post(
        reverse("deliberate:proposal_draw", args=[process.slug]), {**SAID, "statements": [statement.pk]}
    )
    row = Proposal.objects.get()
    assert "La halle est vide" in client.get(drawn.url).text
    judge = reverse("deliberate:proposal_judge", args=[process.slug, row.token])
    typed = {
        "is_adopted": "yes",
        "judged_on": timezone.localdate(process.opened_at).isoformat(),
        "meeting": "Plénière",
    }
    wrong = client.post(judge, {**typed, "elected-in_favour": "2", "elected-against": "9"})
    assert wrong.status_code == 400 and "se contredisent" in wrong.text and 'value="9"' in wrong.text
    right = {**typed, "elected-in_favour": "4", "elected-abstained": "3", "citizens-in_favour": "12"}
    client.post(judge, right)
    row.refresh_from_db()
    assert row.state == ProposalState.ADOPTED
    shown = client.get(drawn.url).text
    assert "<td>4</td><td>0</td><td>3</td>" in shown and "<td>12</td><td>0</td><td>0</td>" in shown


def test_who_draws_one_reads_first_what_unites_once_it_may_be_shown(client) -> None:
    process = make_process(steps=(StepKind.VOTE,), hides_results=True)
    statements, _people = make_opinions(process, two_camps())
    client.force_login(give_power(process, Power.FACILITATOR))
    path = reverse("deliberate:proposal_draw", args=[process.slug])

    def lines() -> list[str]:
        shown = client.get(path).text.replace("\u00a0", " ")
        return re.findall(r'<input type="checkbox"[^>]*> ([^<]+)</label>', shown)

    assert lines() == [f"{one.number}. {one.words}" for one in statements], (
        "nothing of what they said while it runs"
    )
    close(process)
    last = statements[-1]
    first, *others = lines()
    assert first == f"{last.number}. {last.words} (unit : 62 % d’accord, 100 avis)"
    assert len(others) == len(statements) - 1 and not any("unit" in one for one in others)
    assert others[0].endswith("(50 % d’accord, 50 % pas d’accord, 100 avis)")


def test_its_author_withdraws_and_erases_it(client) -> None:
    process, person = make_process(), make_user("", "steward")
    row = make_proposal(process, author=make_participant(process, user=person))
    path = reverse("deliberate:proposal", args=[process.slug, row.token])
    assert client.post(path, {"do": "withdraw", "reason": "Non"}).status_code == 403
    client.force_login(person)
    assert client.post(path, {"do": "withdraw", "reason": ""}).status_code == 400
    client.post(path, {"do": "withdraw", "reason": "Une autre dit mieux"})
    assert "Une autre dit mieux" in client.get(path).text
    client.post(path, {"do": "erase"})
    assert "Une autre dit mieux" not in client.get(path).text
    assert "Proposition fictive" not in client.get(path).text


@pytest.mark.parametrize("size", [0, 1, 3, 60])
def test_the_list_is_read_at_any_size_with_as_many_queries(client, size) -> None:
    process = make_process(steps=(StepKind.PROPOSE,))
    for _number in range(size):
        make_proposal(process)
    path = reverse("deliberate:proposals", args=[process.slug])
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path).text
    assert page.count('<th scope="row">') == min(size, 50)
    assert len(queries) <= 5
    assert ("Page suivante" in page) == (size > 50)
