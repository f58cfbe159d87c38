"""P1: seven adopted, five answered; on the day after the date, page and feed show exactly the two unanswered."""

import datetime as dt
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.models import Commitment
from terreau.commons.models import LogEntry
from terreau.deliberate.enums import Moderation, Power, StepKind
from terreau.deliberate.models import Interest, Process, Proposal, Reply
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment
from tests.factories.deliberate import adopt, close, give_power, make_process, make_proposal
from tests.factories.pledges import make_election

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
NOON = dt.timedelta(hours=12)


@pytest.fixture(autouse=True)
def no_limits():
    cache.clear()


@pytest.fixture
def on(monkeypatch):
    """The clock of the site says noon of this day, in Paris, from now on."""

    def turn(day: dt.date) -> None:
        instant = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
        monkeypatch.setattr(timezone, "now", lambda: instant)

    return turn


def seven(**values) -> tuple[Process, list[Proposal]]:
    """A closed process with seven adopted proposals."""
    process = make_process(steps=(StepKind.PROPOSE,), **values)
    facilitator = give_power(process, Power.FACILITATOR)
    rows = [
        adopt(make_proposal(process, f"Mesure fictive {number}"), by=facilitator) for number in range(1, 8)
    ]
    close(process)
    return process, rows


def address(name: str, row: Proposal) -> str:
    return reverse(f"deliberate:{name}", args=[row.process.slug, row.token])


SAID = {
    "do": "reply",
    "answer": "yes",
    "reasons": "Nous en avons les moyens.",
    "in_the_name_of": "Région fictive",
    "promise1-title": "Ouvrir la halle",
    "promise1-deliverable": "Deux soirs par semaine",
    "promise1-due_on": "2035-01-31",
}
WHY_NONE = {
    "do": "reply",
    "answer": "no",
    "reasons": "Ce n’est pas de notre ressort.",
    "in_the_name_of": "Région fictive",
    "no_commitment_because": "La compétence est celle des communes.",
}


def titles_on(client, path: str) -> list[str]:
    """Of the proposals that a page of replies due lists."""
    table = re.search(r'<table class="stack">(.*?)</table>', client.get(path).text, re.S)
    return re.findall(r"\d+\. (Mesure fictive \d)</a>", table[1]) if table else []


def titles_in(client, path: str) -> list[str]:
    root = ElementTree.fromstring(client.get(path).content)
    found = [entry.findtext(f"{ATOM}title") or "" for entry in root.iter(f"{ATOM}entry")]
    return [re.sub(r".*, (Mesure fictive \d)$", r"\1", title) for title in found]


def test_seven_adopted_five_answered_two_are_late_the_day_after(client, on) -> None:
    process, rows = seven()
    official = give_power(process, Power.DECIDER)
    everywhere = (
        reverse("deliberate:replies_due"),
        reverse("deliberate:replies", args=[process.slug]),
    )
    feeds = (reverse("deliberate:replies_due_feed"), reverse("deliberate:replies_feed", args=[process.slug]))
    assert titles_on(client, everywhere[0]) == [f"Mesure fictive {number}" for number in range(1, 8)]

    # In a train, on a phone: what she owes, a form for each, and the list of what is left after each reply.
    client.force_login(official)
    assert client.get(reverse("deliberate:my_replies")).text.count(">Répondre</a>") == 7
    for number, row in enumerate(rows[:5]):
        answer = client.post(address("proposal_reply", row), SAID if number % 2 else WHY_NONE, follow=True)
        assert answer.redirect_chain == [(reverse("deliberate:my_replies"), 302)]
        assert f"Il en reste {6 - number}." in answer.text
    client.logout()
    assert Commitment.objects.count() == 2

    unanswered = ["Mesure fictive 6", "Mesure fictive 7"]
    last_day = process.reply_by
    on(last_day)
    for path in everywhere:
        assert titles_on(client, path) == unanswered
        assert "En retard" not in client.get(path).text
    for path in feeds:
        assert titles_in(client, path) == unanswered
        assert "En retard" not in client.get(path).text
    on(last_day + dt.timedelta(days=1))
    for path in everywhere:
        assert titles_on(client, path) == unanswered
        assert client.get(path).text.count("En retard de 1 jour") == 2
    for path in feeds:
        assert titles_in(client, path) == unanswered
        assert client.get(path).text.count("En retard de 1 jour") == 2
    on(last_day + dt.timedelta(days=40))
    assert client.get(everywhere[0]).text.count("En retard de 40 jours") == 2


def test_her_interest_in_the_third_closes_its_file_everywhere(client) -> None:
    process, rows = seven()
    official, third = give_power(process, Power.DECIDER), rows[2]
    Interest.objects.create(
        process=process,
        user=official,
        shown_name="Élue fictive",
        proposal=third,
        words="J’habite en face.",
        declared_at=timezone.now(),
    )
    client.force_login(official)
    for name in ("proposal", "proposal_reply", "proposal_file", "proposal_judge", "proposal_rewrite"):
        refused = client.get(address(name, third))
        assert refused.status_code == 403, name
        assert "Mesure fictive 3" not in refused.text
    assert client.post(address("proposal_reply", third), SAID).status_code == 403
    assert not Reply.objects.exists()
    slug = [process.slug]
    shown = (
        reverse("deliberate:proposals_csv", args=slug),
        reverse("deliberate:proposals", args=slug),
        reverse("deliberate:replies", args=slug),
        reverse("deliberate:replies_due"),
        reverse("deliberate:replies_due_feed"),
        reverse("deliberate:replies_feed", args=slug),
        reverse("deliberate:my_replies"),
    )
    for path in shown:
        text = client.get(path).text
        assert "Mesure fictive 3" not in text, path
        assert third.token not in text, path
        assert "Mesure fictive 4" in text, path
    assert "6 réponses attendues de vous" in client.get(reverse("deliberate:my_replies")).text
    client.logout()
    for path in shown[:-1]:
        assert "Mesure fictive 3" in client.get(path).text, "everybody else reads it"
    assert client.get(address("proposal_file", third)).json()["number"] == 3

    # An interest in the whole process closes all of it.
    Interest.objects.update(proposal=None)
    client.force_login(official)
    for path in shown[:3]:
        assert client.get(path).status_code == 403
    assert titles_in(client, shown[4]) == []


def test_the_official_who_edits_a_citizen_s_words_is_refused_and_it_is_in_the_log(client) -> None:
    process, rows = seven()
    official = give_power(process, Power.DECIDER)
    client.force_login(official)
    typed = {"title": "Autre chose", "words": "Rien à voir"}
    assert client.post(address("proposal_rewrite", rows[0]), typed).status_code == 403
    assert rows[0].versions.get().title == "Mesure fictive 1"
    entry = LogEntry.objects.get(verb="refuse-process-act")
    assert entry.subject == f"process:{process.slug}"
    assert official.email not in entry.content


def test_what_is_wrong_is_said_and_what_was_typed_stays(client) -> None:
    process, rows = seven()
    client.force_login(give_power(process, Power.DECIDER))
    page = client.post(address("proposal_reply", rows[0]), {**WHY_NONE, "no_commitment_because": ""})
    assert page.status_code == 400
    assert "dites pourquoi il n’y en a aucun" in unescape(page.text)
    assert "Ce n’est pas de notre ressort." in unescape(page.text)
    assert not Reply.objects.exists()
    page = client.post(address("proposal_reply", rows[0]), {**SAID, "promise1-due_on": ""})
    assert page.status_code == 400 and "Donnez une échéance" in page.text
    assert not Commitment.objects.exists()


def test_a_public_commitment_is_found_by_its_words_without_a_script(client) -> None:
    process, rows = seven()
    client.force_login(give_power(process, Power.DECIDER))
    first, second = make_commitment(title="Prêter la grange"), make_commitment(title="Prêter la grange bleue")
    typed = {**WHY_NONE, "no_commitment_because": "", "existing": "grange"}
    page = client.post(address("proposal_reply", rows[0]), {**typed, "do": "search"})
    assert page.status_code == 200 and first.token in page.text and second.token in page.text
    assert "dites pourquoi il n’y en a aucun" not in unescape(page.text)
    chosen = {**typed, "existing_asked": "grange", "existing_choice": second.token}
    assert client.post(address("proposal_reply", rows[0]), chosen).status_code == 302
    assert list(Reply.objects.get().commitments.all()) == [second]
    shown = client.get(address("proposal", rows[0])).text
    assert reverse("commitments:commitment", args=[second.token]) in shown


def test_a_debt_does_not_vanish_with_its_words(client) -> None:
    """A moderator refuses the words of an adopted proposal: it is still owed a reply, by its number."""
    _process, rows = seven()
    Proposal.objects.filter(pk=rows[0].pk).update(moderation=Moderation.REFUSED, motive="Nomme quelqu’un")
    for path in (reverse("deliberate:replies_due"), address("proposal", rows[0])):
        text = client.get(path).text
        assert "Mesure fictive 1" not in text
    assert client.get(reverse("deliberate:replies_due")).text.count("<time") == 14
    assert len(titles_in(client, reverse("deliberate:replies_due_feed"))) == 7
    assert client.get(address("proposal_file", rows[0])).json()["versions"] == []


def test_during_an_electoral_reserve_the_feed_says_nothing_of_public_bodies(client, on) -> None:
    region = make_place("24", kind="region", communes=[make_place("99001")])
    process, _rows = seven(place=region)
    association = make_party("Association inventée", nature="association")
    own, _rows = seven(
        decider=association, decider_identity=association.identity, decider_name="", place=region
    )
    election = make_election()
    day = election.first_round_on - dt.timedelta(days=20)
    Process.objects.update(reply_by=day - dt.timedelta(days=5))
    on(day)
    path = reverse("deliberate:replies_due_feed")
    root = ElementTree.fromstring(client.get(path).content)
    said = {entry.findtext(f"{ATOM}summary") or "" for entry in root.iter(f"{ATOM}entry")}
    assert len(said) and all(own.title in one for one in said)
    page = client.get(reverse("deliberate:replies_due")).text
    assert process.title in page and own.title in page, "pages show everything"
    assert reverse("commitments:reserve") in page, "and say which period runs"


def test_fictional_processes_are_not_counted_with_the_others(client) -> None:
    seven(is_demonstration=True)
    page = client.get(reverse("deliberate:replies_due")).text
    assert "Aucune proposition n’a encore été adoptée." in unescape(page)


@pytest.mark.parametrize("name", ["replies_due", "replies"])
def test_the_list_asks_the_same_of_the_database_for_one_and_three(
    client, name, django_assert_num_queries
) -> None:
    process = make_process(decider=make_party(), decider_name="")
    path = reverse(f"deliberate:{name}", args=[process.slug] if name == "replies" else [])
    adopt(make_proposal(process))
    client.get(path)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    one = asked()
    for _number in range(2):
        adopt(make_proposal(process))
    assert asked() == one


def test_only_deciders_open_the_form(client) -> None:
    process, rows = seven()
    path = address("proposal_reply", rows[0])
    assert client.get(path).status_code == 302
    client.force_login(make_user("", "administrator"))
    assert client.get(path).status_code == 403
    client.force_login(give_power(process, Power.DECIDER))
    assert client.get(path).status_code == 200
