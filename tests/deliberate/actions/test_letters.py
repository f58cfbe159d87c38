"""The weekly mail about a process: what it tells, to whom, and what it never tells."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions import digests
from terreau.commitments.actions.digests import send_digests
from terreau.commitments.enums import Answer
from terreau.commitments.models import Subscription
from terreau.commons.enums import PartyKind
from terreau.deliberate.actions.participating import take_part
from terreau.deliberate.enums import ContributionKind, Moderation, Outcome, ProposalState, State, StepKind
from terreau.deliberate.models import (
    Contribution,
    Interest,
    Proposal,
    ProposalVersion,
    Reminder,
    Reply,
    Support,
    Vote,
)
from terreau.deliberate.queries.following import mail_secret
from tests.factories import make_party, make_user
from tests.factories.commitments import make_commitment
from tests.factories.deliberate import make_participant, make_process, make_statement, make_step
from tests.factories.letters import make_follower, make_text, make_version
from tests.factories.pledges import make_election

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = timezone.now()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """``clock(days)``: the time is that many days from when the test began."""

    def set_to(days: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: NOW + days * DAY)

    set_to(0)
    return set_to


def link_to(language: str, route: str, arguments: tuple[str, ...]) -> str:
    return f"https://terreau.exemple{reverse(route, args=arguments)}"


def run() -> int:
    return send_digests(link_to=link_to, by=None)


def body() -> str:
    return mail.outbox[-1].body.replace("\u00a0", " ")


def quiet_process(**values):
    """Opened long ago; nothing in it is news, and no step ends soon."""
    process = make_process(steps=(), **{"opened_at": NOW - 100 * DAY, **values})
    make_step(process, StepKind.PROPOSE, starts=-90, ends=60)
    make_step(process, StepKind.VOTE, starts=-90, ends=60)
    return process


def make_proposal(process, title: str, **values) -> Proposal:
    number = process.proposals.count() + 1
    values = {"moderation": Moderation.PUBLISHED, "at": NOW, **values}
    row = Proposal.objects.create(process=process, number=number, **values)
    ProposalVersion.objects.create(proposal=row, number=1, title=title, words="Mots fictifs.", at=NOW)
    return row


def adopt_and_reply(process, title: str) -> Reply:
    proposal = make_proposal(
        process, title, at=NOW - 50 * DAY, state=ProposalState.ADOPTED, judged_on=NOW.date()
    )
    return Reply.objects.create(
        proposal=proposal, number=1, answer=Answer.PARTLY, reasons=f"Raisons de {title}", at=NOW - DAY
    )


def lock(process, user, **what) -> Interest:
    values = {"process": process, "user": user, "shown_name": "Fictive", "words": "x", "declared_at": NOW}
    return Interest.objects.create(**values, **what)


def test_what_is_open_the_text_itself_statements_and_replies() -> None:
    process = quiet_process(title="Halle fictive")
    make_follower(process)
    text = make_text(process, "Charte fictive")
    text.versions.update(published_at=NOW - 30 * DAY)
    make_version(text, "Article neuf.", "Second paragraphe.", at=NOW - DAY)
    make_statement(process, "Une phrase récente", at=NOW - 2 * DAY)
    make_statement(process, "Une phrase relue hier", at=NOW - 30 * DAY, moderated_at=NOW - DAY)
    make_statement(process, "Une phrase ancienne", at=NOW - 30 * DAY)
    make_statement(process, "Une phrase en attente", moderation=Moderation.WAITING)
    make_statement(process, "Une phrase refusée", moderation=Moderation.REFUSED, motive="x")
    make_statement(process, "", is_erased=True)
    make_proposal(process, "Ouvrir le soir")
    make_proposal(process, "En attente", moderation=Moderation.WAITING)
    adopt_and_reply(process, "Fermer le lundi")
    assert run() == 1
    told = body()
    for words in (
        "Démarche « Halle fictive »",
        f"https://terreau.exemple/demarches/{process.slug}/",
        "- donner son avis, jusqu’au ",
        "Donner votre avis, ou écrire, par votre lien personnel : https://terreau.exemple/",
        "Texte « Charte fictive », version 2",
        "Article neuf.\n\nSecond paragraphe.",
        "- Une phrase récente",
        "- Une phrase relue hier",
        "Ouvrir le soir",
        "- À la proposition 3, « Fermer le lundi » : en partie. Raisons de Fermer le lundi",
        "Vous suivez : la démarche « Halle fictive »",
    ):
        assert words in told, words
    for words in ("ancienne", "en attente", "refusée", "En attente", "Un paragraphe fictif", "engagement"):
        assert words not in told, words
    assert mail.outbox[0].message().get_content_type() == "text/plain"
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/echeances/arret/" in headers["List-Unsubscribe"]


def test_the_links_of_the_mail_lead_where_they_say(client) -> None:
    process = quiet_process()
    make_follower(process)
    make_statement(process)
    run()
    paths = re.findall(r"https://terreau\.exemple(/\S+)", body())
    assert len(paths) == 3
    assert [client.get(path).status_code for path in paths] == [200] * 3
    assert Subscription.objects.count() == 1


def test_the_first_mail_tells_what_is_there_and_the_next_what_is_new(clock) -> None:
    process = quiet_process()
    make_text(process, "Charte").versions.update(published_at=NOW - 80 * DAY)
    make_follower(process, confirmed_at=NOW - DAY)
    assert run() == 1 and "Un paragraphe fictif." in body()
    clock(8)
    assert run() == 0
    make_statement(process, "Nouvelle", at=timezone.now())
    assert run() == 1
    assert "Nouvelle" in body() and "Un paragraphe fictif." not in body()


def test_a_step_that_began_or_closed_is_told_once(clock) -> None:
    process = make_process(steps=(), opened_at=NOW - 100 * DAY)
    make_step(process, StepKind.PROPOSE, starts=1, ends=20)
    make_follower(process)
    assert run() == 0, "nothing to tell before it begins"
    clock(2)
    assert run() == 1 and "proposer, jusqu’au" in body()
    clock(9)
    assert run() == 0
    clock(21)
    assert run() == 1 and "Close le" in body() and "À faire maintenant" not in body()
    assert "Répondre" not in body()
    clock(30)
    assert run() == 0


def test_one_mail_for_commitments_and_processes() -> None:
    make_commitment(title="Promesse due", due_on=(NOW + 5 * DAY).date())
    Subscription.objects.create(email="a@exemple.invalid", confirmed_at=NOW - DAY)
    for title in ("Première", "Seconde"):
        process = quiet_process(title=title)
        make_follower(process, "A@exemple.invalid")
        make_statement(process)
    assert run() == 1
    assert all(words in body() for words in ("Promesse due", "Première", "Seconde", "tous les engagements"))
    assert body().count("Promesse due") == 1, "who follows a process follows no commitment by it"


def test_who_follows_a_process_alone_is_told_of_no_commitment() -> None:
    make_commitment(title="Promesse due", due_on=(NOW + 5 * DAY).date())
    make_follower(quiet_process())
    assert run() == 0


MARKS = {"agree": 41, "disagree": 43, "pass": 47, "texts": 53}


@pytest.mark.parametrize("hides", [True, False])
def test_no_count_is_in_any_mail(clock, hides) -> None:
    """The marks are numbers that nothing else in the mail is."""
    process = quiet_process(title="Halle", hides_results=hides)
    statement = make_statement(process, "Comptée", at=NOW)
    version = make_text(process, "Charte").versions.get()
    values = [1] * MARKS["agree"] + [-1] * MARKS["disagree"] + [0] * MARKS["pass"]
    people = [make_participant(process) for _ in values]
    Vote.objects.bulk_create(
        Vote(participant=who, statement=statement, value=value)
        for who, value in zip(people, values, strict=True)
    )
    Support.objects.bulk_create(Support(participant=who, version=version) for who in people[: MARKS["texts"]])
    make_follower(process)
    make_step(process, StepKind.DISCUSS, starts=-10, ends=2)
    run()
    assert "Comptée" in body() and "Halle" in body()
    everything = "\n".join(one.subject + one.body for one in mail.outbox)
    without_links = re.sub(r"https?://\S+|\d\d:\d\d", "", everything)
    numbers = {int(number) for number in re.findall(r"\d+", without_links)}
    marks = {*MARKS.values(), len(values), MARKS["agree"] + MARKS["disagree"]}
    assert not numbers & marks


def test_nothing_of_a_file_that_an_interest_locks() -> None:
    process = quiet_process(title="Démarche à fichiers")
    user = make_user("a@exemple.invalid")
    make_follower(process)  # not by her account, but at its address
    make_follower(process, "b@exemple.invalid")
    text = make_text(process, "Texte fermé")
    reply = adopt_and_reply(process, "Proposition fermée")
    hers = make_participant(process, user=user)
    Contribution.objects.create(
        text=text,
        version=text.versions.get(),
        kind=ContributionKind.COMMENT,
        words="Mots sur le texte fermé",
        author=hers,
        at=NOW,
        moderation=Moderation.PUBLISHED,
        moderated_at=NOW,
        outcome=Outcome.KEPT,
        outcome_reason="Gardée du texte fermé",
        outcome_at=NOW,
    )
    make_statement(process, "Phrase ouverte")
    lock(process, user, text=text)
    lock(process, user, proposal=reply.proposal)
    assert run() == 2
    bodies = {one.to[0]: one.body for one in mail.outbox}
    assert (
        "Texte fermé" in bodies["b@exemple.invalid"] and "Proposition fermée" in bodies["b@exemple.invalid"]
    )
    assert "fermé" not in bodies["a@exemple.invalid"]
    assert "Phrase ouverte" in bodies["a@exemple.invalid"]


def test_an_interest_in_the_whole_process_closes_its_mail(clock) -> None:
    process = quiet_process()
    make_step(process, StepKind.DISCUSS, starts=-10, ends=2)
    user = make_user("a@exemple.invalid")
    make_follower(process, user=user)
    make_statement(process)
    interest = lock(process, user)
    assert run() == 0
    Interest.objects.filter(pk=interest.pk).update(ended_at=NOW, ended_because="Vendu")
    assert run() == 1


def test_what_became_of_her_words() -> None:
    process = quiet_process()
    text = make_text(process, "Charte")
    text.versions.update(published_at=NOW - 30 * DAY)
    row = make_follower(process)
    hers = take_part(process=process, by=None, secret=mail_secret(row))
    other = make_participant(process)
    for author, words in ((hers, "Les miens"), (other, "Les autres")):
        Contribution.objects.create(
            text=text,
            version=text.versions.get(),
            kind=ContributionKind.COMMENT,
            words=words,
            author=author,
            at=NOW - 10 * DAY,
            moderation=Moderation.PUBLISHED,
            outcome=Outcome.NOT_KEPT,
            outcome_reason=f"Raison pour {words}",
            outcome_at=NOW,
        )
        make_statement(
            process,
            f"Phrase refusée : {words}",
            author=author,
            moderation=Moderation.REFUSED,
            moderated_at=NOW,
            motive=f"Motif pour {words}",
        )
    run()
    assert "- Sur « Charte » : pas gardée, parce que : Raison pour Les miens" in body()
    assert "Motif pour Les miens" in body() and "Les autres" not in body()


# Reminders


def ending(**values):
    process = make_process(steps=(), opened_at=NOW - 100 * DAY, **values)
    make_step(process, StepKind.VOTE, starts=-90, ends=10)
    return process


def test_a_reminder_goes_once_three_days_before_without_waiting_for_its_week(clock) -> None:
    process = ending()
    make_follower(process)
    clock(5)
    make_statement(process, "Une phrase", at=timezone.now())
    assert run() == 1, "the weekly one"
    clock(6.9)
    assert run() == 0
    clock(7.1)
    assert run() == 1
    assert mail.outbox[-1].subject.startswith("Rappel") and "Une phrase" not in body()
    assert "donner son avis, jusqu’au" in body() and "/echeances/arret/" in body()
    for hours in range(1, 80, 3):
        clock(7.1 + hours / 24)
        run()
    assert sum(one.subject.startswith("Rappel") for one in mail.outbox) == 1


def test_the_weekly_mail_carries_the_reminder_when_its_turn_has_come(clock) -> None:
    process = ending()
    make_follower(process)
    clock(8)
    make_statement(process, "Une phrase", at=timezone.now())
    assert run() == 1
    assert "Cela se termine bientôt" in body() and "Une phrase" in body()
    clock(9)
    assert run() == 0 and len(mail.outbox) == 1


def test_those_who_have_acted_are_not_reminded(clock) -> None:
    process = ending()
    statement = make_statement(process, at=NOW - 50 * DAY)
    user = make_user("c@exemple.invalid")
    rows = {name: make_follower(process, f"{name}@exemple.invalid") for name in ("voted", "spoke", "silent")}
    account = make_participant(process, user=user)
    make_follower(process, user=user)
    voter, speaker = (
        take_part(process=process, by=None, secret=mail_secret(rows[name])) for name in ("voted", "spoke")
    )
    for who in (voter, account):
        Vote.objects.create(participant=who, statement=statement, value=0)
    make_statement(process, author=speaker, at=NOW - 40 * DAY)
    clock(8)
    assert run() == 1
    assert mail.outbox[0].to == ["silent@exemple.invalid"]


def test_words_of_a_former_step_are_not_an_act_in_this_one(clock) -> None:
    process = make_process(steps=(), opened_at=NOW - 100 * DAY)
    make_step(process, StepKind.PROPOSE, starts=-3, ends=2)
    row = make_follower(process)
    hers = take_part(process=process, by=None, secret=mail_secret(row))
    make_statement(process, author=hers, at=NOW - 10 * DAY)
    assert run() == 1 and "Cela se termine bientôt" in body()


def test_a_mail_that_the_server_refuses_gives_the_reminder_back(clock, monkeypatch) -> None:
    make_follower(ending())
    clock(8)
    with monkeypatch.context() as patch:
        patch.setattr(digests, "send_once", lambda **words: False)
        assert run() == 0
    assert not Reminder.objects.exists()
    assert run() == 1 and Reminder.objects.count() == 1
    assert "@" not in Reminder.objects.get().address_key


def test_reminders_are_forgotten_after_the_step(clock) -> None:
    make_follower(ending())
    other = make_process(steps=(), opened_at=NOW - 100 * DAY)
    make_step(other, StepKind.VOTE, starts=-90, ends=20)
    make_follower(other)
    clock(8)
    run()
    (first,) = Reminder.objects.all()
    clock(19)
    run()
    (second,) = Reminder.objects.all()
    assert first.step != second.step


# Silence


def test_stopped_unconfirmed_fictional_and_hidden_are_not_told() -> None:
    silent = quiet_process(is_demonstration=True)
    draft = quiet_process()
    asked = quiet_process()
    for process in (silent, draft):
        make_statement(process)
        make_follower(process)
    make_statement(asked)
    make_follower(asked, confirmed_at=None)
    type(draft).objects.filter(pk=draft.pk).update(state=State.DRAFT)
    Subscription.objects.create(email="b@exemple.invalid", topic="process:inconnue", confirmed_at=NOW - DAY)
    Subscription.objects.create(email="b@exemple.invalid", topic="chose:inconnue", confirmed_at=NOW - DAY)
    assert run() == 0 and mail.outbox == []


def test_during_an_electoral_reserve_public_deciders_are_not_told() -> None:
    make_election(first_round_on=(NOW + 40 * DAY).date(), second_round_on=None)
    town = make_party(kind=PartyKind.PUBLIC_BODY)
    group = make_party("Groupe fictif")
    for title, decider in (("Hors annuaire", None), ("De la ville", town), ("Du groupe", group)):
        name = "" if decider else "Région fictive"
        process = quiet_process(title=title, decider=decider, decider_name=name)
        make_step(process, StepKind.DISCUSS, starts=-1, ends=1)
        make_statement(process)
        make_follower(process)
    assert run() == 1
    news = body().partition("Vous suivez :")[0]
    assert "Du groupe" in news and "De la ville" not in news and "Hors annuaire" not in news


def test_titles_forge_no_line_and_long_texts_are_cut() -> None:
    process = quiet_process(title="Titre\r\nBcc: x@exemple.invalid")
    make_follower(process)
    text = make_text(process, "Long")
    make_version(text, *["x" * 9_000] * 40)
    for number in range(60):
        make_statement(process, f"Phrase {number}.")
    run()
    sent = mail.outbox[0]
    assert "Bcc" not in sent.message() and "Titre Bcc: x@exemple.invalid" in sent.body
    assert len(sent.body) < 40_000 and "La suite :" in body()
    assert sent.body.count("- Phrase ") == 20


def test_queries_do_not_grow_with_what_is_told() -> None:
    counts = []
    for size in (1, 3):
        mail.outbox.clear()
        process = quiet_process()
        make_follower(process, f"{size}@exemple.invalid")
        for number in range(size):
            make_statement(process, f"Phrase {size}-{number}")
            adopt_and_reply(process, f"Proposition {size}-{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run()
        counts.append(len(queries))
        Subscription.objects.all().delete()
    assert counts[0] == counts[1]
