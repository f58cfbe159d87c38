"""Signing in and up by a code that comes by e-mail, as a visitor does it: pages, forms, mailbox."""

import re
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from terreau.commons.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ADDRESS = "camille@exemple.invalid"


@pytest.fixture(autouse=True)
def no_attempt_counted_yet(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path / "cache"),
        }
    }
    cache.clear()


def code_in(mail) -> str:
    return re.search(r"\b(\d{4}-\d{4})\b", mail.body)[1]


def ask_for_code(client: Client, address: str = ADDRESS, page: str = "account_login", prefix: str = ""):
    field = "login" if page == "account_login" else "email"
    return client.post(prefix + reverse(page), {field: address}, follow=True)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_member_signs_in_with_the_code_of_her_mail(client, mailoutbox):
    make_user(ADDRESS)
    page = ask_for_code(client)
    assert "Entrer le code" in page.text and ADDRESS in page.text
    assert mailoutbox[0].to == [ADDRESS]
    assert mailoutbox[0].subject == "[Terreau] Votre code de connexion"
    page = client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])}, follow=True)
    assert is_signed_in(client)
    assert page.redirect_chain[-1][0] == reverse("account")
    assert ADDRESS in page.text


def test_code_is_accepted_without_its_dash(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0]).replace("-", " ")})
    assert is_signed_in(client)


def test_address_is_recognised_whatever_its_capitals(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client, ADDRESS.upper())
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert is_signed_in(client) and len(mailoutbox) == 1
    assert User.objects.count() == 1


def test_page_asked_for_is_shown_after_signing_in(client, mailoutbox):
    make_user(ADDRESS)
    first = client.get(reverse("account_export"))
    assert first.url == f"{reverse('account_login')}?next={reverse('account_export')}"
    client.post(first.url, {"login": ADDRESS, "next": reverse("account_export")})
    confirm = f"{reverse('account_confirm_login_code')}?next={reverse('account_export')}"
    last = client.post(confirm, {"code": code_in(mailoutbox[0]), "next": reverse("account_export")})
    assert last.url == reverse("account_export")


def test_next_page_of_another_site_is_ignored(client, mailoutbox):
    make_user(ADDRESS)
    client.post(reverse("account_login"), {"login": ADDRESS, "next": "https://ailleurs.invalid/"})
    data = {"code": code_in(mailoutbox[0]), "next": "https://ailleurs.invalid/"}
    assert client.post(reverse("account_confirm_login_code"), data).url == reverse("account")


def test_wrong_code_is_refused_and_the_right_one_still_works(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    page = client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})
    assert page.status_code == 200 and 'aria-invalid="true"' in page.text
    assert not is_signed_in(client)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert is_signed_in(client)


def test_after_three_wrong_codes_the_right_one_is_worth_nothing(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert not is_signed_in(client)


def test_code_older_than_a_quarter_of_an_hour_is_worth_nothing(client, mailoutbox, monkeypatch):
    make_user(ADDRESS)
    ask_for_code(client)
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("time.time", lambda: later)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert not is_signed_in(client)


def test_code_works_only_in_the_browser_that_asked(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    other = Client()
    other.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert not is_signed_in(other)


def test_another_code_can_be_sent_twice_and_replaces_the_first(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    page = reverse("account_confirm_login_code")
    assert "Envoyer un autre code" in client.post(page, {"action": "resend"}, follow=True).text
    client.post(page, {"action": "resend"})
    assert "Envoyer un autre code" not in client.get(page).text
    assert len({code_in(mail) for mail in mailoutbox}) == 3
    client.post(page, {"code": code_in(mailoutbox[-1])})
    assert is_signed_in(client)


def test_visitor_creates_an_account_with_a_code(client, mailoutbox):
    page = ask_for_code(client, page="account_signup")
    assert "Entrer le code" in page.text
    page = client.post(
        reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[0])}, follow=True
    )
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.roles) == (ADDRESS, {"member"})
    assert not user.has_usable_password()


def test_unknown_address_sees_the_same_pages_and_learns_the_rest_by_mail(client, mailoutbox):
    """Nobody can find out, by trying, who has an account here."""
    make_user(ADDRESS)
    known = ask_for_code(client).text.replace(ADDRESS, "ADRESSE")
    unknown = ask_for_code(Client(), "personne@exemple.invalid").text.replace(
        "personne@exemple.invalid", "ADRESSE"
    )
    token = r'name="csrfmiddlewaretoken" value="\w+"'
    assert re.sub(token, "", known) == re.sub(token, "", unknown)
    assert mailoutbox[1].subject == "[Terreau] Aucun compte à cette adresse"
    assert reverse("account_signup") in mailoutbox[1].body


def test_signing_up_with_a_known_address_sees_the_same_pages(client, mailoutbox):
    make_user(ADDRESS)
    new = ask_for_code(client, "nouvelle@exemple.invalid", page="account_signup").text
    known_client = Client()
    known = ask_for_code(known_client, page="account_signup").text
    token = r'name="csrfmiddlewaretoken" value="\w+"'
    assert re.sub(token, "", new.replace("nouvelle@exemple.invalid", "ADRESSE")) == re.sub(
        token, "", known.replace(ADDRESS, "ADRESSE")
    )
    assert mailoutbox[1].subject == "[Terreau] Vous avez déjà un compte"
    assert reverse("account_login") in mailoutbox[1].body
    known_client.post(reverse("account_email_verification_sent"), {"code": "0000-0000"})
    assert not is_signed_in(known_client)


def test_fourth_mail_to_one_address_within_a_minute_is_not_sent(mailoutbox):
    """From four visitors: it is the mailbox that is protected, not only the site."""
    make_user(ADDRESS)
    for _ in range(4):
        ask_for_code(Client())
    assert len(mailoutbox) == 3


def test_too_many_requests_from_one_visitor_are_refused_in_plain_words(client, mailoutbox):
    for number in range(11):
        page = ask_for_code(Client(), f"p{number}@exemple.invalid", page="account_signup")
    assert page.status_code == 429
    assert "Trop de demandes" in page.text


def test_signing_out_ends_the_session(client):
    client.force_login(make_user(ADDRESS))
    assert client.get(reverse("account_logout")).status_code == 200
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_closed_account_cannot_sign_in(client, mailoutbox):
    user = make_user(ADDRESS)
    user.is_active = False
    user.save()
    ask_for_code(client)
    assert not re.search(r"\d{4}-\d{4}", mailoutbox[0].body)
    client.post(reverse("account_confirm_login_code"), {"code": ""})
    assert not is_signed_in(client)


def test_pages_and_mail_are_in_english_under_en(client, mailoutbox):
    make_user(ADDRESS)
    page = client.post("/en/compte/connexion/", {"login": ADDRESS}, follow=True)
    assert '<html lang="en"' in page.text
    assert page.redirect_chain[-1][0].startswith("/en/")


@pytest.mark.parametrize(
    "name",
    ["account_change_password", "account_set_password", "account_reset_password", "account_reauthenticate"],
)
def test_nothing_about_passwords_is_reachable(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_sign_in_form_has_no_password_field(client):
    assert 'type="password"' not in client.get(reverse("account_login")).text
    assert 'type="password"' not in client.get(reverse("account_signup")).text


def test_posted_password_is_not_looked_at(client, mailoutbox):
    user = make_user(ADDRESS)
    user.set_password("secret-de-test")
    user.save()
    client.post(reverse("account_login"), {"login": ADDRESS, "password": "secret-de-test"})
    assert not is_signed_in(client)


def test_session_cookie_cannot_be_read_by_scripts(client, mailoutbox):
    make_user(ADDRESS)
    ask_for_code(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_reading_the_site_sets_no_session_cookie(client):
    assert "sessionid" not in client.get(reverse("healthz")).cookies
