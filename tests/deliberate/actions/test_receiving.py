"""An answer by mail waits for review or is answered politely, once; its secret address decides, never its From."""

import logging
from email.message import EmailMessage

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions.digests import send_digests
from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate.actions.receiving import receive_mail
from terreau.deliberate.enums import Channel, Eligibility, Moderation, State, StepKind
from terreau.deliberate.models import Contribution, Interest, Participant, Process, Statement
from terreau.deliberate.queries.following import reply_address, subscription_answered
from tests.factories import make_user
from tests.factories.deliberate import close, make_participant, make_process, make_statement
from tests.factories.letters import make_follower, make_text

pytestmark = pytest.mark.django_db
HERS = "a@exemple.invalid"


@pytest.fixture(autouse=True)
def received_here(settings) -> None:
    settings.REPLY_ADDRESS = "reponses@terreau.exemple"
    cache.clear()


def link_to(language: str, route: str, arguments: tuple[str, ...]) -> str:
    return f"https://terreau.exemple{reverse(route, args=arguments)}"


@pytest.fixture
def receive(django_capture_on_commit_callbacks):
    def send(to: str, body: str = "La halle doit rester ouverte.", sent_to: str = "", **headers: str) -> str:
        message = EmailMessage()
        message["To"] = to
        for name, value in {"From": "inconnue@ailleurs.invalid", "Subject": "Re: x", **headers}.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        return run(message.as_bytes(), sent_to)

    def run(raw: bytes, sent_to: str = "") -> str:
        with django_capture_on_commit_callbacks(execute=True):
            return receive_mail(raw=raw, link_to=link_to, sent_to=sent_to, by=None)

    send.raw = run
    return send


def test_a_short_answer_is_a_statement_that_waits(receive) -> None:
    process = make_process()
    row = make_follower(process)
    assert receive(reply_address(row)) == "waiting"
    said = Statement.objects.get()
    assert (said.words, said.moderation) == ("La halle doit rester ouverte.", Moderation.WAITING)
    assert said.channel == Channel.MAIL and said.author and said.author.process == process
    assert mail.outbox == []


def test_the_same_mail_delivered_twice_is_one(receive) -> None:
    process = make_process()
    for row in (make_follower(process), make_follower(process, user=make_user("", "steward"))):
        words = f"Une phrase de {row.pk}"
        assert [receive(reply_address(row), words) for _ in range(2)] == ["waiting"] * 2
    assert Statement.objects.filter(moderation=Moderation.WAITING).count() == 2 and mail.outbox == []


def test_what_another_said_already_is_answered(receive) -> None:
    process = make_process()
    make_statement(process, "La halle doit rester ouverte.", author=make_participant(process))
    assert receive(reply_address(make_follower(process))) == "answered"
    assert "déjà là" in mail.outbox[0].body and Statement.objects.count() == 1


def test_a_long_answer_is_a_comment_of_the_open_text(receive) -> None:
    process = make_process()
    text = make_text(process)
    row = make_follower(process)
    for _ in range(2):
        assert receive(reply_address(row), "mot " * 200) == "waiting"
    said = Contribution.objects.get()
    assert (said.text, said.moderation, said.channel) == (text, Moderation.WAITING, Channel.MAIL)
    assert not Statement.objects.exists()


def test_a_long_answer_without_one_open_text_is_answered_politely(receive) -> None:
    process = make_process()
    row = make_follower(process)
    make_text(process, is_open=False)
    assert receive(reply_address(row), "mot " * 200) == "answered"
    (sent,) = mail.outbox
    assert "280 signes" in sent.body.replace("\u00a0", " ") and sent.to == [HERS]
    assert f"/demarches/{process.slug}/repondre/" in sent.body and "mot mot" not in sent.body
    assert sent.extra_headers["Auto-Submitted"].startswith("auto-")
    cache.clear()
    make_text(process), make_text(process)
    assert receive(reply_address(row), "mot " * 200) == "answered"
    assert "Plusieurs textes" in mail.outbox[1].body
    assert not Contribution.objects.exists() and not Statement.objects.exists()


def test_during_a_discussion_a_short_answer_is_a_comment(receive) -> None:
    process = make_process(steps=(StepKind.DISCUSS,))
    make_text(process)
    assert receive(reply_address(make_follower(process))) == "waiting"
    assert Contribution.objects.get().words == "La halle doit rester ouverte."


def test_from_says_nothing_and_the_address_everything(receive) -> None:
    process = make_process()
    row, other = make_follower(process), make_follower(process, "b@exemple.invalid")
    address = reply_address(row)
    token, secret = address.partition("+")[2].partition("@")[0].split("-")
    forged = [
        f"reponses+{other.token}-{secret}@terreau.exemple",
        f"reponses+{token}-{secret[:-1]}@terreau.exemple",
        f"reponses+{token}-{secret}0@terreau.exemple",
        f"reponses+{token}-@terreau.exemple",
        f"reponses+{token}@terreau.exemple",
        f"autre+{token}-{secret}@terreau.exemple",
        f"reponses+{token}-{secret}@ailleurs.exemple",
        "reponses+é-é@terreau.exemple",
        "reponses@terreau.exemple",
        HERS,
        "",
    ]
    for wrong in forged:
        assert subscription_answered(wrong) is None, wrong
        assert receive(HERS, From=HERS, sent_to=wrong) == "ignored", wrong
    assert receive(HERS, From=HERS) == "ignored"
    assert not Statement.objects.exists() and mail.outbox == []
    assert subscription_answered(address.upper()) == row
    assert receive(HERS, sent_to=address) == "waiting", "the address of delivery is enough"
    said = Statement.objects.get()
    assert said.author and receive(address, "Autre phrase") == "waiting"
    assert Participant.objects.count() == 1, "the same person each time"


def test_the_name_of_the_mailbox_fits(settings) -> None:
    settings.REPLY_ADDRESS = f"{'r' * 32}@terreau.exemple"
    address = reply_address(make_follower(make_process()))
    assert len(address.partition("@")[0]) <= 64


def test_without_an_address_the_feature_is_off(receive, settings) -> None:
    row = make_follower(make_process())
    address = reply_address(row)
    settings.REPLY_ADDRESS = ""
    assert reply_address(row) == "" and receive(address) == "ignored"
    assert not Statement.objects.exists()


def test_machines_are_never_answered(receive) -> None:
    process = make_process()
    close(process)
    address = reply_address(make_follower(process))
    for header in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return-Path": "<>"}):
        assert receive(address, **header) == "ignored"
    assert mail.outbox == []


def test_one_polite_answer_a_day_to_the_address_that_follows(receive) -> None:
    process = make_process()
    close(process)
    address = reply_address(make_follower(process))
    assert [receive(address, From=f"{one}@ailleurs.invalid") for one in "abc"] == ["answered"] * 3
    (sent,) = mail.outbox
    assert sent.to == [HERS] and "n’écrit pas en ce moment" in sent.body


def test_attachments_html_two_megabytes_and_emptiness_are_answered(receive) -> None:
    address = reply_address(make_follower(make_process()))
    attached, html = EmailMessage(), EmailMessage()
    for message in (attached, html):
        message["To"] = address
    attached.set_content("Voir")
    attached.add_attachment(b"x", "application", "pdf", filename="x.pdf")
    html.set_content("<p>Oui</p>", subtype="html")
    for raw, told in (
        (attached.as_bytes(), "pièce jointe"),
        (html.as_bytes(), "texte simple"),
        (f"To: {address}\n\n{'mot ' * 500_000}".encode(), "trop lourd"),
        (f"To: {address}\n\n> cité".encode(), "était vide"),
    ):
        cache.clear()
        assert receive.raw(raw) == "answered"
        assert told in mail.outbox[-1].body
    assert not Statement.objects.exists()


def test_what_may_not_be_said_is_refused_in_words(receive) -> None:
    members = make_process(eligibility=Eligibility.MEMBERS)
    assert receive(reply_address(make_follower(members))) == "answered"
    assert "demande un compte" in mail.outbox[-1].body
    locked = make_process()
    user = make_user("c@exemple.invalid")
    values = {"process": locked, "user": user, "shown_name": "Fictive", "words": "x"}
    Interest.objects.create(**values, declared_at=timezone.now())
    assert receive(reply_address(make_follower(locked, user=user))) == "answered"
    assert "déclaré un intérêt" in mail.outbox[-1].body
    assert not Statement.objects.exists() and not Participant.objects.exists()


def test_a_stopped_or_hidden_process_and_an_unconfirmed_address_are_not_answered(receive) -> None:
    hidden = make_process()
    for row in (make_follower(hidden), make_follower(make_process(), confirmed_at=None)):
        Process.objects.filter(pk=hidden.pk).update(state=State.DRAFT)
        assert receive(reply_address(row)) == "ignored"
    stopped = make_follower(make_process())
    address = reply_address(stopped)
    stopped.delete()
    assert receive(address) == "ignored" and mail.outbox == []


def test_nothing_personal_is_logged(receive, caplog) -> None:
    process = make_process()
    row = make_follower(process)
    with caplog.at_level(logging.DEBUG):
        receive(reply_address(row), "Phrase de Zinzoline")
        receive.raw(f"To: {reply_address(row)}\nContent-Type: \x00;=\n\nZinzoline".encode())
        close(process)
        receive(reply_address(row), "Encore Zinzoline")
    written = caplog.text + str(list(JournalEntry.objects.values_list("subject", "details")))
    written += str(list(LogEntry.objects.values_list("content", flat=True)))
    for private in ("Zinzoline", HERS, "ailleurs.invalid", row.token):
        assert private not in written


def test_the_mail_says_where_to_answer() -> None:
    process = make_process(opened_at=timezone.now())
    row = make_follower(process)
    send_digests(link_to=link_to, by=None)
    (sent,) = mail.outbox
    assert sent.extra_headers["Reply-To"] == reply_address(row) and reply_address(row) in sent.body
    second = make_process()
    make_follower(second, "b@exemple.invalid"), make_follower(process, "b@exemple.invalid")
    mail.outbox.clear()
    send_digests(link_to=link_to, by=None)
    (sent,) = mail.outbox
    assert "Reply-To" not in sent.extra_headers and sent.body.count("reponses+") == 2
