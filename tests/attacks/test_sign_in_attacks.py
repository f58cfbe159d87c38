"""Entering somebody else's account, finding out who has one, filling a mailbox."""

import re
from collections import Counter

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from terreau.commons.models import User
from terreau.observe.models import MaskRequest
from tests.factories import make_party, make_user

pytestmark = pytest.mark.django_db
VICTIM = "camille@exemple.invalid"


def code_in(mail) -> str:
    return re.search(r"\b\d{4}-\d{4}\b", mail.body)[0]


def ask(client: Client, address: str = VICTIM, **extra):
    return client.post(reverse("account_login"), {"login": address}, follow=True, **extra)


def enter(client: Client, code: str, **extra):
    return client.post(reverse("account_confirm_login_code"), {"code": code}, follow=True, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def from_address(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}


# Guessing --------------------------------------------------------------------------------------------------------


def test_guesses_are_few_whatever_the_visitor_does(mailoutbox) -> None:
    """Three guesses a code, ten codes an hour for an account: 30 guesses an hour among 100 million codes."""
    make_user(VICTIM)
    guesses = 0
    for visitor in range(25):  # each from another connection
        client = Client()
        ask(client, **from_address(visitor))
        for code in ("0000-0000", "1111-1111", "2222-2222", "3333-3333"):
            before = client.session.session_key
            answer = enter(client, code, **from_address(visitor))
            guesses += before is not None and "aria-invalid" in answer.text
            assert not is_in(client)
    assert len(mailoutbox) <= 10
    assert guesses <= 30 + 25  # those after the third go to a page that knows no code any more


def test_wrong_codes_do_not_close_the_account_to_its_owner(mailoutbox) -> None:
    make_user(VICTIM)
    attacker, owner = Client(), Client()
    ask(attacker, **from_address(1))
    for _ in range(5):
        enter(attacker, "0000-0000", **from_address(1))
    ask(owner, **from_address(2))
    enter(owner, code_in(mailoutbox[-1]), **from_address(2))
    assert is_in(owner)


def test_code_is_worth_nothing_twice_nor_after_another_was_asked(mailoutbox) -> None:
    make_user(VICTIM)
    client = Client()
    ask(client)
    enter(client, code_in(mailoutbox[0]))
    assert is_in(client)
    client.post(reverse("account_logout"))
    enter(client, code_in(mailoutbox[0]))
    assert not is_in(client)
    ask(client)
    enter(client, code_in(mailoutbox[0]))
    assert not is_in(client)


@pytest.mark.parametrize(
    "code", ["", " ", "\x00", "٠٠٠٠-٠٠٠٠", "0" * 10_000, "' OR 1=1 --", "%", "null", "-", "0000-0000-0000"]
)
def test_strange_codes(client: Client, mailoutbox, code: str) -> None:
    make_user(VICTIM)
    ask(client)
    assert enter(client, code).status_code == 200
    assert not is_in(client)


def test_code_of_ones_own_account_does_not_open_another(mailoutbox) -> None:
    make_user(VICTIM)
    make_user("autre@exemple.invalid")
    attacker, own = Client(), Client()
    ask(attacker)
    ask(own, "autre@exemple.invalid")
    enter(attacker, code_in(mailoutbox[1]))
    assert not is_in(attacker)


def test_session_given_by_an_attacker_is_left_when_signing_in(mailoutbox) -> None:
    make_user(VICTIM)
    client = Client()
    ask(client)
    planted = client.session.session_key
    enter(client, code_in(mailoutbox[0]))
    assert is_in(client) and client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("account")).status_code == 302


def test_session_made_up_by_an_attacker_is_not_taken(mailoutbox) -> None:
    make_user(VICTIM)
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    ask(client)
    enter(client, code_in(mailoutbox[0]))
    assert is_in(client) and client.cookies["sessionid"].value != "a" * 32


def test_account_that_is_closed_or_erased_leaves_no_open_session(client: Client) -> None:
    person = make_user(VICTIM)
    client.force_login(person)
    assert client.get(reverse("account")).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("account")).status_code == 302
    User.objects.filter(pk=person.pk).delete()
    assert client.get(reverse("account")).status_code == 302


def test_signing_up_with_somebodys_address_gives_nothing(mailoutbox) -> None:
    """Neither before she has an account nor after: only the mailbox opens it."""
    attacker, owner = Client(), Client()
    attacker.post(reverse("account_signup"), {"email": VICTIM})
    assert attacker.get(reverse("account")).status_code == 302
    ask(owner)
    enter(owner, code_in(mailoutbox[-1]))
    attacker.post(reverse("account_email_verification_sent"), {"code": "0000-0000"})
    assert attacker.get(reverse("account")).status_code == 302
    assert User.objects.filter(email__iexact=VICTIM).count() == 1


# Finding out who has an account ------------------------------------------------------------------------------------


def story(address: str, mailoutbox) -> list[tuple]:
    """All that a visitor sees who asks four times in a row, then guesses: pages, headers, cookies."""
    cache.clear()
    seen = []
    for turn in range(4):
        client = Client()
        answers = [
            ask(client, address, **from_address(turn)),
            *(enter(client, "0000-0000") for _ in range(4)),
        ]
        for answer in answers:
            text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text.replace(address, "…"))
            headers = sorted(name for name in answer.headers if name != "Content-Length")
            seen.append((answer.status_code, answer.redirect_chain, text, headers, sorted(client.cookies)))
    return seen


def test_known_unknown_and_closed_accounts_look_the_same(mailoutbox) -> None:
    make_user("connue@exemple.invalid")
    closed = make_user("fermee@exemple.invalid")
    closed.is_active = False
    closed.save()
    stories = [story(f"{who}@exemple.invalid", mailoutbox) for who in ("connue", "nobody", "fermee")]
    assert stories[0] == stories[1] == stories[2]


# Filling mailboxes, and the list of stewards ------------------------------------------------------------------------


def test_one_mailbox_gets_few_messages_from_many_visitors(mailoutbox) -> None:
    for visitor in range(10):
        for address in (VICTIM, VICTIM.upper(), f" {VICTIM} "):
            ask(Client(), address, **from_address(visitor))
            Client().post(reverse("account_signup"), {"email": address}, **from_address(visitor))
    assert len(mailoutbox) <= 6  # in one minute, from both forms


def test_one_visitor_cannot_write_to_many_mailboxes(mailoutbox) -> None:
    codes = Counter(ask(Client(), f"p{number}@exemple.invalid").status_code for number in range(40))
    assert codes[429] >= 10
    assert len(mailoutbox) <= 30


@pytest.mark.parametrize(
    "name", ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "client-ip"]
)
def test_header_of_a_visitor_does_not_change_where_she_comes_from(mailoutbox, name: str) -> None:
    for number in range(12):
        answer = Client().post(
            reverse("account_signup"),
            {"email": f"p{number}@exemple.invalid"},
            headers={name: f"10.9.8.{number}"},
            follow=True,
        )
    assert answer.status_code == 429


def test_neighbours_in_one_ipv6_network_count_as_one(mailoutbox) -> None:
    """A home has billions of such addresses."""
    for number in range(12):
        data = {"email": f"p{number}@exemple.invalid"}
        answer = Client().post(
            reverse("account_signup"), data, REMOTE_ADDR=f"2001:db8:1:2::{number:x}", follow=True
        )
    assert answer.status_code == 429


def ask_masking(client: Client, party, **extra) -> int:
    return client.post(
        reverse("observe:mask_request", args=[party.public_id]), {"reason": "x"}, **extra
    ).status_code


def test_flood_of_requests_to_be_masked(settings, monkeypatch) -> None:
    """Five an hour from one connection, for all organisations together; the hour does not start again at each."""
    parties = [make_party() for _ in range(8)]
    assert [ask_masking(Client(), party) for party in parties] == [200] * 5 + [429] * 3
    assert MaskRequest.objects.count() == 5
    assert ask_masking(Client(), parties[0], REMOTE_ADDR="10.1.1.1") == 200
    import time

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 20 * 60)
    assert ask_masking(Client(), parties[0]) == 429
    monkeypatch.setattr(time, "time", lambda: now + 3600 + 1)
    assert ask_masking(Client(), parties[0]) == 200


def test_behind_a_proxy_visitors_are_not_counted_as_one(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    party = make_party()
    for number in range(8):
        assert ask_masking(Client(), party, headers={"x-forwarded-for": f"10.2.2.{number}"}) == 200
    for _ in range(6):  # what the visitor herself wrote before the proxy's own word is not looked at
        last = ask_masking(Client(), party, headers={"x-forwarded-for": f"1.2.3.{_}, 10.3.3.3"})
    assert last == 429


@pytest.mark.parametrize(
    "text",
    [
        "a@exemple.invalid\nBcc: b@exemple.invalid", "a@exemple.invalid,b@exemple.invalid", "a@b", "@",
        "a" * 500 + "@exemple.invalid", "é@exemple.invalid\x00", '"<script>"@exemple.invalid',
    ],
)  # fmt: skip
def test_address_cannot_carry_another_one(client: Client, mailoutbox, text: str) -> None:
    for page, field in (("account_login", "login"), ("account_signup", "email")):
        answer = client.post(reverse(page), {field: text}, follow=True)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
    for mail in mailoutbox:
        assert len(mail.to) == 1 and "\n" not in mail.to[0] and not mail.bcc and not mail.cc
