"""To follow a process: asked, confirmed by a button, stopped in one gesture; to answer by the link of a mail."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import ANSWER, CONFIRM, STOP, secret_of
from terreau.commons.models import JournalEntry
from terreau.deliberate.actions.participating import digest_of
from terreau.deliberate.enums import Channel, Eligibility, Moderation, State, StepKind
from terreau.deliberate.models import Contribution, Interest, Participant, Statement
from terreau.deliberate.queries.following import has_acted, mail_secret, participants_of, topic_of
from tests.factories import make_user
from tests.factories.deliberate import close, make_process, make_statement
from tests.factories.letters import make_follower, make_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_from_zero() -> None:
    cache.clear()


def follow_address(process) -> str:
    return reverse("deliberate:follow", args=[process.slug])


def answer_address(process, row: Subscription, purpose: str = ANSWER) -> str:
    return reverse("deliberate:answer", args=[process.slug, row.token, secret_of(purpose, row.token)])


def test_asked_confirmed_and_stopped(client, django_capture_on_commit_callbacks) -> None:
    process = make_process(title="Halle fictive")
    page = client.get(follow_address(process)).content.decode()
    assert "<svg" in page and f"http://testserver{follow_address(process)}" in page
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(follow_address(process), {"email": "A@exemple.invalid"})
    assert response.status_code == 200 and "sept jours" in response.content.decode()
    row = Subscription.objects.get()
    assert (row.email, row.topic, row.confirmed_at) == ("a@exemple.invalid", topic_of(process), None)
    (sent,) = mail.outbox
    assert "Halle fictive" in sent.body and "engagement" not in sent.body
    link = re.search(r"http://testserver(/\S+)", sent.body).group(1)
    assert "Halle fictive" in client.get(link).content.decode()
    assert client.head(link).status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None, "opening the link confirms nothing"
    client.post(link)
    row.refresh_from_db()
    assert row.confirmed_at is not None
    stop = reverse("commitments:stop", args=[row.token, secret_of(STOP, row.token)])
    assert client.get(stop).status_code == 200 and Subscription.objects.exists()
    one_click = Client(enforce_csrf_checks=True).post(
        stop, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert one_click.status_code == 200 and not Subscription.objects.exists()


def test_a_draft_is_followed_by_nobody_and_errors_keep_what_was_typed(client) -> None:
    draft = make_process(state=State.DRAFT, opened_at=None)
    assert client.get(follow_address(draft)).status_code == 404
    process = make_process()
    response = client.post(follow_address(process), {"email": "a@exemple"})
    assert response.status_code == 400 and 'value="a@exemple"' in response.content.decode()
    assert client.post(follow_address(process), {"email": "a@exemple.invalid", "fax": "1"}).status_code == 200
    assert not Subscription.objects.exists()


def test_nobody_floods_an_address(client) -> None:
    statuses = [
        client.post(follow_address(make_process()), {"email": "a@exemple.invalid"}).status_code
        for _ in range(6)
    ]
    assert statuses == [200] * 5 + [429]


def test_an_account_follows_by_a_button_once(client) -> None:
    user, process = make_user(), make_process()
    client.force_login(user)
    for _ in range(2):
        client.post(follow_address(process))
    row = Subscription.objects.get()
    assert (row.user, row.email) == (user, "") and row.confirmed_at
    page = client.get(follow_address(process)).content.decode()
    assert "Vous suivez cette démarche" in page and row.token in page and mail.outbox == []


def test_the_link_shows_and_the_button_sends_to_review(client) -> None:
    process = make_process()
    row = make_follower(process)
    address = answer_address(process, row)
    assert client.get(address).status_code == 200 and client.head(address).status_code == 200
    assert not Participant.objects.exists() and not Statement.objects.exists()
    response = client.post(address, {"about": "affirmation", "words": "La halle doit rester ouverte."})
    assert response.status_code == 302
    said = Statement.objects.get()
    assert (said.moderation, said.channel) == (Moderation.WAITING, Channel.MAIL)
    assert said.author and said.author.channel == Channel.MAIL
    assert "terreau_participant" in response.cookies, "her votes in this browser are hers too"
    entry = JournalEntry.objects.get(verb="add-statement")
    assert "halle doit" not in str((entry.subject, entry.details))


def test_who_votes_from_the_link_of_a_mail_is_reminded_no_more(client) -> None:
    process = make_process()
    statement = make_statement(process)
    row = make_follower(process)
    address = answer_address(process, row)
    assert "Donner mon avis" in client.get(address).text and not client.cookies.get("terreau_participant")
    there = client.post(address, {"do": "vote"})
    assert there.url == reverse("deliberate:vote", args=[process.slug]) and not Participant.objects.exists()
    client.post(there.url, {"statement": statement.token, "value": "1"})
    step = process.steps.get(kind=StepKind.VOTE)
    digest = digest_of(process, mail_secret(row))
    hers = participants_of(process, reader=None, secret_digest=digest)
    assert hers.get().votes.get().value == 1 and has_acted(hers, step)


def test_words_of_a_known_account_wait_too(client) -> None:
    process, user = make_process(), make_user("", "facilitator")
    row = make_follower(process, user=user)
    client.post(answer_address(process, row), {"about": "affirmation", "words": "Un lien se transmet."})
    said = Statement.objects.get()
    assert said.moderation == Moderation.WAITING and said.author and said.author.user == user


def test_a_known_browser_keeps_its_own_name(client) -> None:
    process = make_process()
    client.cookies["terreau_participant"] = "a" * 32
    row = make_follower(process)
    response = client.post(answer_address(process, row), {"about": "affirmation", "words": "Une phrase"})
    assert response.status_code == 302 and "terreau_participant" not in response.cookies


def test_a_comment_of_an_open_text_waits_and_is_not_written_twice(client) -> None:
    process = make_process(steps=(StepKind.DISCUSS,))
    text, closed = make_text(process, "Le texte ouvert"), make_text(process, "Le texte clos", is_open=False)
    row = make_follower(process)
    page = client.get(answer_address(process, row)).content.decode()
    assert "Le texte ouvert" in page and "Le texte clos" not in page and "affirmation courte" not in page
    for _ in range(2):
        client.post(answer_address(process, row), {"about": text.token, "words": "  Et les bancs ?  "})
    said = Contribution.objects.get()
    assert (said.words, said.moderation) == ("Et les bancs ?", Moderation.WAITING)
    assert said.version == text.versions.get()
    wrong = client.post(answer_address(process, row), {"about": closed.token, "words": "Essai"})
    assert wrong.status_code == 400 and "Essai" in wrong.content.decode()


def test_errors_say_what_to_do_and_keep_the_words(client) -> None:
    process = make_process()
    row = make_follower(process)
    make_statement(process, "Déjà dite par une autre")
    for words, told in (
        ("é" * 281, "280 signes"),
        ("Déjà dite par une autre", "déjà là"),
        ("", "Écrivez quelque chose"),
    ):
        response = client.post(answer_address(process, row), {"about": "affirmation", "words": words})
        page = response.content.decode()
        assert response.status_code == 400 and told in page and words in page
    assert Statement.objects.count() == 1


def test_each_secret_has_one_purpose_and_an_unconfirmed_address_answers_nothing(client) -> None:
    process, other = make_process(), make_process()
    row, waiting = make_follower(process), make_follower(process, confirmed_at=None)
    wrong = [
        answer_address(process, row, STOP),
        answer_address(process, row, CONFIRM),
        answer_address(other, row),
        answer_address(process, waiting),
    ]
    for address in wrong:
        assert client.get(address).status_code == 404
        assert client.post(address, {"about": "affirmation", "words": "Essai"}).status_code == 404
    assert not Statement.objects.exists()


def test_once_closed_nothing_is_sent(client) -> None:
    process = make_process()
    row = make_follower(process)
    close(process)
    assert "n’écrit pas en ce moment" in client.get(answer_address(process, row)).content.decode()
    client.post(answer_address(process, row), {"about": "affirmation", "words": "Trop tard"})
    assert not Statement.objects.exists()


def test_a_locked_file_takes_no_answer(client) -> None:
    process = make_process(steps=(StepKind.PROPOSE,))
    user = make_user("a@exemple.invalid")
    text = make_text(process, "Texte fermé pour elle")
    row = make_follower(process)  # not by her account, but at its address
    Interest.objects.create(
        process=process, user=user, shown_name="Fictive", text=text, words="x", declared_at=timezone.now()
    )
    assert "Texte fermé pour elle" not in client.get(answer_address(process, row)).content.decode()
    client.post(answer_address(process, row), {"about": text.token, "words": "Essai"})
    assert not Contribution.objects.exists()
    Interest.objects.update(text=None)
    client.post(answer_address(process, row), {"about": "affirmation", "words": "Essai"})
    assert not Statement.objects.exists()


def test_who_may_not_take_part_is_told(client) -> None:
    process = make_process(eligibility=Eligibility.MEMBERS)
    row = make_follower(process)
    response = client.post(answer_address(process, row), {"about": "affirmation", "words": "Essai"})
    assert response.status_code == 400 and "demande un compte" in response.content.decode()
    assert not Statement.objects.exists() and not Participant.objects.exists()


def test_twenty_may_wait_not_more(client) -> None:
    process = make_process()
    row = make_follower(process)
    for number in range(21):
        response = client.post(
            answer_address(process, row), {"about": "affirmation", "words": f"Phrase numéro {number}"}
        )
    assert response.status_code == 400 and Statement.objects.count() == 20
