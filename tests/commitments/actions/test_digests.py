"""One mail a week at most, whatever happens: clocks, commands killed or run at once, servers that refuse."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from terreau.commitments.actions import digests, record_fulfilment
from terreau.commitments.actions.digests import send_digests
from terreau.commitments.actions.subscribing import subscribe
from terreau.commitments.models import Commitment, LastDigest, Subscription
from terreau.commons.enums import PartyKind
from terreau.commons.models import JournalEntry, OutgoingMail, Party
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment, make_item, make_keeper
from tests.factories.pledges import make_election

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = timezone.now()


@pytest.fixture
def clock(monkeypatch):
    """``clock(days)``: the time is that many days from when the test began."""

    def set_to(days: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: NOW + days * DAY)

    set_to(0)
    return set_to


def link_to(language: str, route: str, arguments: tuple[str, ...]) -> str:
    return f"https://terreau.exemple/{route.partition(':')[2]}/{'/'.join(arguments)}/"


def run() -> int:
    return send_digests(link_to=link_to, by=None)


def follow(email: str = "a@exemple.invalid", **scope) -> Subscription:
    return Subscription.objects.create(email=email, confirmed_at=NOW - DAY, **scope)


def quiet(promise: Commitment) -> Commitment:
    """As if it had been published long ago."""
    promise.changes.update(at=NOW - 300 * DAY)
    return promise


def due_in(days: int, **values) -> Commitment:
    return quiet(make_commitment(due_on=(NOW + days * DAY).date(), **values))


def test_what_is_due_passed_and_changed(clock) -> None:
    keeper = make_keeper()
    follow()
    due_in(10, title="Dix jours")
    due_in(-3, title="Trois jours avant")
    due_in(100, title="Plus tard")
    due_in(-30, title="Il y a longtemps")
    due_in(5, title="Fictif", is_demonstration=True)
    moved = due_in(200, title="Avance", unit="arbres", baseline=Decimal(0), target=Decimal(5))
    record_fulfilment(commitment=moved, on=dt.date(2025, 1, 1), words="Plantés", amount=Decimal(2), by=keeper)
    assert run() == 1
    (sent,) = mail.outbox
    due, _, rest = sent.body.partition("Date passée, où en est-on")
    passed, _, changed = rest.partition("Ce qui a changé")
    assert "Dix jours" in due and "Trois jours avant" in passed and "Avance" in changed
    for never in ("Plus tard", "Il y a longtemps", "Fictif", "a@exemple.invalid"):
        assert never not in sent.body
    link = f"https://terreau.exemple/stop/{Subscription.objects.get().token}/"
    assert sent.extra_headers["List-Unsubscribe"].startswith(f"<{link}")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in sent.body


def test_nothing_to_say_sends_nothing_and_takes_no_week(clock) -> None:
    follow()
    due_in(100)
    assert run() == 0 and mail.outbox == []
    due_in(3)
    assert run() == 1


def test_one_a_week_whatever_the_number_of_subscriptions_and_of_runs(clock) -> None:
    user = make_user("a@exemple.invalid")
    for scope in ({}, {"item": make_item()}, {"place": make_place("99001")}):
        follow("A@exemple.invalid", **scope)
    subscribe(link_to=lambda *_: "", by=user)
    due_in(13)
    assert [run() for _ in range(3)] == [1, 0, 0]
    for hour in range(1, 7 * 24):
        clock(hour / 24)
        run()
    assert len(mail.outbox) == 1
    clock(7)
    assert run() == 1
    assert mail.outbox[1].body.count("Promesse fictive") == 1


def test_a_clock_set_back_sends_nothing_twice(clock) -> None:
    follow()
    due_in(13)
    assert run() == 1
    for days in (-1, -8, -400):
        clock(days)
        assert run() == 0
    assert len(mail.outbox) == 1


def test_stopping_and_asking_again_does_not_bring_a_second_mail(clock) -> None:
    row = follow()
    due_in(13)
    assert run() == 1
    row.delete()
    run()
    follow()
    assert run() == 0
    assert "@" not in "".join(LastDigest.objects.values_list("address_key", flat=True))


def test_a_command_killed_before_or_after_the_mail_left_sends_no_second(clock, monkeypatch) -> None:
    follow()
    due_in(13)
    real = digests.send_once

    def killed_before(**words):
        raise KeyboardInterrupt

    def killed_after(**words):
        real(**words)
        raise KeyboardInterrupt

    for killed in (killed_before, killed_after):
        LastDigest.objects.all().delete()
        mail.outbox.clear()
        with monkeypatch.context() as patch:
            patch.setattr(digests, "send_once", killed)
            with pytest.raises(KeyboardInterrupt):
                run()
        assert run() == 0
        assert len(mail.outbox) == (killed is killed_after)


def test_a_server_that_refuses_gives_the_week_back_and_logs_no_address(clock, monkeypatch, caplog) -> None:
    follow()
    due_in(13)
    with monkeypatch.context() as patch:

        def refuse(self, *args, **kwargs):
            raise ConnectionRefusedError("a@exemple.invalid")

        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        assert run() == 0
    assert "a@exemple.invalid" not in caplog.text and "ConnectionRefusedError" in caplog.text
    assert run() == 1


def test_the_week_is_taken_by_one_of_two(clock) -> None:
    assert digests._take_week("a@exemple.invalid", NOW) is True
    assert digests._take_week("A@exemple.invalid", NOW) is False
    assert digests._take_week("a@exemple.invalid", NOW + 7 * DAY) is True


def test_scopes(clock) -> None:
    party, place, item = make_party(), make_place("99001"), make_item("9")
    due_in(3, title="De la structure", owner=party, owner_name="")
    due_in(3, title="Du lieu", place=place)
    due_in(3, title="Du point", items=[item])
    scopes = {
        "b@exemple.invalid": {"party": party},
        "c@exemple.invalid": {"place": place},
        "d@exemple.invalid": {"item": item},
    }
    for address, scope in scopes.items():
        follow(address, **scope)
    assert run() == 3
    words = {
        "b@exemple.invalid": "De la structure",
        "c@exemple.invalid": "Du lieu",
        "d@exemple.invalid": "Du point",
    }
    for one in mail.outbox:
        assert [word for word in words.values() if word in one.body] == [words[one.to[0]]]


def test_what_one_speaks_for(clock, monkeypatch) -> None:
    user, mine = make_user(), make_party()
    from terreau.commitments import rules
    from terreau.commons.models import Party

    monkeypatch.setattr(rules, "_parties_of", [lambda who: Party.objects.filter(pk=mine.pk)])
    subscribe(is_own=True, link_to=lambda *_: "", by=user)
    due_in(3, title="La mienne", owner=mine, owner_name="")
    due_in(3, title="Reçue", beneficiary=mine)
    assert run() == 1
    assert "La mienne" in mail.outbox[0].body and "Reçue" not in mail.outbox[0].body


def test_unconfirmed_and_inactive_get_nothing_and_the_unconfirmed_are_forgotten(clock) -> None:
    due_in(13)
    Subscription.objects.create(email="b@exemple.invalid")
    user = make_user()
    subscribe(link_to=lambda *_: "", by=user)
    user.is_active = False
    user.save()
    OutgoingMail.objects.create(
        to="b@exemple.invalid",
        subject="x",
        body="x",
        about=f"subscription:{Subscription.objects.first().token}",
    )
    assert run() == 0
    clock(6.9)
    run()
    assert Subscription.objects.filter(email="b@exemple.invalid").exists()
    clock(7.1)
    run()
    assert not Subscription.objects.filter(email="b@exemple.invalid").exists()
    assert not OutgoingMail.objects.exists(), "nor does a mail to it wait"


def test_words_are_composed_when_they_are_sent(clock) -> None:
    follow()
    promise = due_in(13, title="Ancien titre")
    Commitment.objects.filter(pk=promise.pk).update(title="Titre\r\nBcc: x@exemple.invalid")
    run()
    assert "Titre Bcc: x@exemple.invalid" in mail.outbox[0].body
    assert "Bcc" not in mail.outbox[0].message()


def test_the_journal_names_no_address(clock) -> None:
    follow()
    due_in(13)
    run()
    entry = JournalEntry.objects.filter(verb="send-digests").get()
    assert entry.details == {"sent": 1} and entry.subject == ""
    with transaction.atomic():
        assert "@" not in str(list(JournalEntry.objects.values_list("subject", "details")))


def test_during_an_electoral_reserve_public_bodies_are_told_to_themselves_alone(clock, monkeypatch) -> None:
    make_election(first_round_on=(NOW + 40 * DAY).date(), second_round_on=None)
    town = make_party(kind=PartyKind.PUBLIC_BODY)
    due_in(5, title="De la ville", owner=town, owner_name="")
    due_in(5, title="Du groupe")
    follow()
    own = make_user()
    monkeypatch.setattr(digests, "spoken_for", lambda user: Party.objects.filter(pk=town.pk))
    Subscription.objects.create(user=own, is_own=True, confirmed_at=NOW - DAY)
    run()
    bodies = {one.to[0]: one.body for one in mail.outbox}
    assert "Du groupe" in bodies["a@exemple.invalid"]
    assert "De la ville" not in bodies["a@exemple.invalid"]
    assert "De la ville" in bodies[own.email]
