"""Accounts and roles: what a person does with her account, what administrators confide, what the journal keeps."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.commons import actions
from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry, RoleGrant, User
from terreau.commons.roles import GRANTED_ROLES, VISITOR, roles_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))


def journal_text() -> str:
    rows = JournalEntry.objects.values_list("verb", "subject", "details")
    return json.dumps(list(rows), ensure_ascii=False)


def test_first_administrator_is_made_with_her_account():
    assert actions.make_administrator(email="Prem@Exemple.invalid", by=None)
    user = User.objects.get()
    assert user.email == "prem@exemple.invalid"
    assert user.roles == {"member", "administrator"}
    assert verbs() == ["grant-role"]


def test_making_the_same_administrator_twice_changes_nothing():
    actions.make_administrator(email="prem@exemple.invalid", by=None)
    assert not actions.make_administrator(email="PREM@exemple.invalid", by=None)
    assert User.objects.count() == RoleGrant.objects.count() == JournalEntry.objects.count() == 1


def test_second_administrator_can_be_made_by_the_first():
    first, second = make_user("", "administrator"), make_user()
    assert actions.grant_role(user=second, role="administrator", by=first)
    assert RoleGrant.objects.get(user=second).granted_by == first
    assert JournalEntry.objects.get().details == {"role": "administrator"}


def test_last_administrator_keeps_the_role():
    only = make_user("", "administrator")
    with pytest.raises(actions.LastAdministrator):
        actions.revoke_role(user=only, role="administrator", by=only)
    assert only.has_role("administrator") and verbs() == []


def test_closed_account_does_not_count_as_another_administrator():
    only, closed = make_user("", "administrator"), make_user("", "administrator")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(actions.LastAdministrator):
        actions.revoke_role(user=only, role="administrator", by=only)


def test_one_of_two_administrators_may_give_the_role_back():
    one = make_user("", "administrator")
    make_user("", "administrator")
    assert one.has_role("administrator")
    assert actions.revoke_role(user=one, role="administrator", by=one)
    assert not one.has_role("administrator")


@pytest.mark.parametrize("role", ["member", VISITOR, "roi"])
def test_only_roles_that_are_confided_can_be_granted(role):
    with pytest.raises(ValueError):
        actions.grant_role(user=make_user(), role=role, by=None)


def test_roles_of_a_visitor_and_of_a_member(rf):
    from django.contrib.auth.models import AnonymousUser

    assert roles_of(AnonymousUser()) == {VISITOR}
    assert roles_of(make_user()) == {Role.MEMBER}


def test_journal_keeps_no_personal_text_of_accounts():
    admin, user = make_user("", "administrator"), make_user("camille@exemple.invalid")
    actions.grant_role(user=user, role="steward", by=admin)
    actions.change_name(user=user, name="Camille Fictive", by=user)
    actions.erase_account(user=user, by=user)
    assert verbs() == ["grant-role", "change-name", "erase-account"]
    assert "amille" not in journal_text()


def test_erased_account_leaves_its_acts_unsigned():
    user = make_user()
    actions.change_name(user=user, name="Fictive", by=user)
    actions.erase_account(user=user, by=user)
    assert not User.objects.exists()
    assert set(JournalEntry.objects.values_list("by", flat=True)) == {None}


def test_last_administrator_cannot_erase_her_account():
    with pytest.raises(actions.LastAdministrator):
        only = make_user("", "administrator")
        actions.erase_account(user=only, by=only)
    assert User.objects.exists()


def test_accounts_never_opened_are_forgotten_after_a_week():
    old, waiting, recent, used = make_user(), make_user("", "steward"), make_user(), make_user()
    User.objects.exclude(pk=recent.pk).update(date_joined=timezone.now() - dt.timedelta(days=8))
    User.objects.filter(pk=used.pk).update(last_login=timezone.now())
    assert actions.forget_unused_accounts(older_than=dt.timedelta(days=7), by=None) == 1
    assert set(User.objects.all()) == {waiting, recent, used}
    assert not User.objects.filter(pk=old.pk).exists()
    assert actions.forget_unused_accounts(older_than=dt.timedelta(days=7), by=None) == 0
    assert verbs() == ["forget-unused-accounts"]


# Pages


def test_account_page_says_what_is_held(client):
    user = make_user("camille@exemple.invalid", "facilitator")
    client.force_login(user)
    page = client.get(reverse("account")).text
    assert "camille@exemple.invalid" in page and "membre, animateur" in page


def test_person_changes_her_displayed_name(client):
    user = make_user()
    client.force_login(user)
    client.post(reverse("account"), {"name": "Camille F."})
    user.refresh_from_db()
    assert user.name == "Camille F."


def test_name_that_is_too_long_is_refused_and_not_shown_in_the_header(client):
    user = make_user()
    client.force_login(user)
    page = client.post(reverse("account"), {"name": "x" * 101})
    assert page.status_code == 200 and "aria-invalid" in page.text
    user.refresh_from_db()
    assert user.name == ""


def test_name_with_html_is_shown_as_text(client):
    user = make_user()
    client.force_login(user)
    page = client.post(reverse("account"), {"name": "<script>alert(1)</script>"}, follow=True)
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text


def test_export_gives_all_that_is_held_as_json(client):
    user = make_user("camille@exemple.invalid", "steward")
    actions.change_name(user=user, name="Camille", by=user)
    client.force_login(user)
    response = client.get(reverse("account_export"))
    held = json.loads(response.content)
    assert "attachment" in response["Content-Disposition"]
    assert held["email"] == "camille@exemple.invalid" and held["name"] == "Camille"
    assert [role["role"] for role in held["roles"]] == ["steward"]
    assert [act["verb"] for act in held["acts"]] == ["change-name"]


def test_export_has_every_column_of_the_account_but_technical_ones():
    from terreau.commons.queries.people import what_we_hold_on

    columns = {field.name for field in User._meta.concrete_fields} - {"id", "password", "is_active"}
    assert columns <= set(what_we_hold_on(make_user()))


def test_person_erases_her_account_and_is_signed_out(client):
    client.force_login(make_user())
    assert "Rien ne permet de revenir en arrière" in client.get(reverse("account_erase")).text
    client.post(reverse("account_erase"))
    assert not User.objects.exists()
    assert "_auth_user_id" not in client.session


def test_last_administrator_is_told_why_she_cannot_erase_her_account(client):
    client.force_login(make_user("", "administrator"))
    assert "seul administrateur" in client.get(reverse("account_erase")).text
    client.post(reverse("account_erase"))
    assert User.objects.count() == 1


def test_administrator_grants_and_revokes_on_the_page_of_people(client):
    admin, user = make_user("", "administrator"), make_user("camille@exemple.invalid")
    client.force_login(admin)
    page = client.post(
        reverse("change_role", args=[user.pk]), {"do": "grant", "role": "steward"}, follow=True
    )
    assert "camille@exemple.invalid a le rôle" in page.text
    assert User.objects.get(pk=user.pk).has_role("steward")
    client.post(reverse("change_role", args=[user.pk]), {"do": "revoke", "role": "steward"})
    assert not User.objects.get(pk=user.pk).has_role("steward")
    assert verbs() == ["grant-role", "revoke-role"]


def test_page_of_people_refuses_to_take_the_last_administrator(client):
    admin = make_user("", "administrator")
    client.force_login(admin)
    data = {"do": "revoke", "role": "administrator"}
    page = client.post(reverse("change_role", args=[admin.pk]), data, follow=True)
    assert "Il faut toujours un administrateur" in page.text
    assert User.objects.get().has_role("administrator")


def test_administrator_who_gives_her_role_back_is_led_to_a_page_she_may_read(client):
    admin = make_user("", "administrator")
    make_user("", "administrator")
    client.force_login(admin)
    data = {"do": "revoke", "role": "administrator"}
    response = client.post(reverse("change_role", args=[admin.pk]), data, follow=True)
    assert response.status_code == 200 and response.redirect_chain[-1][0] == reverse("account")


@pytest.mark.parametrize(
    "data",
    [{}, {"do": "grant", "role": "member"}, {"do": "grant", "role": "roi"}, {"do": "x", "role": "steward"}],
)
def test_unknown_role_or_verb_is_a_bad_request(client, data):
    admin = make_user("", "administrator")
    client.force_login(admin)
    assert client.post(reverse("change_role", args=[admin.pk]), data).status_code == 400
    assert verbs() == []


def test_role_taken_back_closes_pages_at_once(client):
    make_user("", "administrator")
    user = make_user("", "administrator")
    client.force_login(user)
    assert client.get(reverse("people")).status_code == 200
    actions.revoke_role(user=User.objects.get(pk=user.pk), role="administrator", by=None)
    assert client.get(reverse("people")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_people_asks_the_same_number_of_questions_whatever_its_length(
    client, count, django_assert_max_num_queries
):
    client.force_login(make_user("", "administrator"))
    for _ in range(count):
        make_user("", *GRANTED_ROLES)
    with django_assert_max_num_queries(8):
        client.get(reverse("people"))


def test_people_are_paged_and_searched(client):
    client.force_login(make_user("", "administrator"))
    for number in range(55):
        make_user(f"n{number:02}@exemple.invalid")
    page = client.get(reverse("people")).text
    assert "n54@" in page and "n03@" not in page
    assert "n03@" in client.get(reverse("people"), {"page": 2}).text
    found = client.get(reverse("people"), {"q": "n03"}).text
    assert "n03@" in found and "n54@" not in found
    assert "Personne ne correspond" in client.get(reverse("people"), {"q": "zzz"}).text


@pytest.mark.parametrize("count", [0, 1, 3, 120])
def test_journal_is_paged_and_says_who_did_what(client, count, django_assert_max_num_queries):
    steward = make_user("camille@exemple.invalid", "steward")
    for number in range(count):
        actions.write_journal(verb="test-act", subject=f"objet:{number:03}", by=steward, n=number)
    client.force_login(steward)
    with django_assert_max_num_queries(7):
        page = client.get(reverse("journal")).text
    if not count:
        assert "Rien n’a encore été fait" in page
    else:
        assert f"objet:{count - 1:03}" in page and f"personne n° {steward.pk}" in page.replace("\u00a0", " ")
        assert page.count("<code>test-act</code>") == min(count, 50)
        assert "camille@" not in page.split("<main")[1]
