"""The table of permissions: it names every address, and every address behaves as it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse
from django.urls.resolvers import ResolverMatch
from django.utils import translation

from terreau.commons.enums import Role
from terreau.commons.roles import VISITOR
from terreau.portal.permissions import EVERYONE, ROUTES, Access, PermissionMiddleware, may_open
from tests.factories import make_party, make_place, make_record, make_source, make_user
from tests.factories.commitments import make_commitment, make_item
from tests.factories.deliberate import make_process
from tests.factories.lasting import lasting


def named_addresses(
    resolver: URLResolver, namespace: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    """(name, pattern) of every address of the site."""
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from named_addresses(one, inside, pattern)
        else:
            yield f"{namespace}{one.name}" if one.name else "", pattern


ADDRESSES = list(named_addresses(get_resolver()))
NAMES = sorted({name for name, _ in ADDRESSES})
TRANSLATED = sorted({name for name in NAMES if not name.startswith("api:")} - {"healthz", "robots"})


def test_every_address_has_a_name():
    assert [pattern for name, pattern in ADDRESSES if not name] == []


def test_table_names_every_address_and_nothing_else():
    assert set(NAMES) - set(ROUTES) == set(), "add these addresses to portal/permissions.py"
    assert set(ROUTES) - set(NAMES) == set(), "these rows of portal/permissions.py have no address"


def test_table_speaks_of_known_roles():
    for name, access in ROUTES.items():
        assert access.read | access.write <= EVERYONE, name
        assert access.read or access.write, f"{name}: nobody may open it; remove the address"


def test_whoever_may_be_a_visitor_may_have_an_account():
    """Signing in never closes a page."""
    for name, access in ROUTES.items():
        for allowed in (access.read, access.write):
            assert VISITOR not in allowed or allowed == EVERYONE, name


@dataclass(frozen=True)
class Site:
    samples: dict[str, dict[str, Any]]
    cookies: dict[str, str]  # role → the session of somebody who has it

    def client(self, role: str) -> Client:
        client = Client()
        if role != VISITOR:
            client.cookies["sessionid"] = self.cookies[role]
        return client


@pytest.fixture(scope="module")
def made_site(django_db_setup: None, django_db_blocker) -> Iterator[Site]:
    with lasting(django_db_blocker, lambda: Site(make_samples(), open_sessions())) as made:
        yield made


@pytest.fixture
def site(made_site: Site, db: None) -> Site:
    return made_site


def open_sessions() -> dict[str, str]:
    clients = {role: Client() for role in Role.values}
    for role, client in clients.items():
        client.force_login(make_user("", *({role} - {Role.MEMBER.value})))
    return {role: client.cookies["sessionid"].value for role, client in clients.items()}


def make_samples() -> dict[str, dict[str, Any]]:
    """What fills the variable parts of addresses."""
    commune = make_place("99001")
    make_place("99", kind="region", communes=[commune])
    party = make_party()
    make_record(party, make_source())
    make_item("1")
    return {
        "change_role": {"pk": make_user().pk},
        "api:organisation": {"public_id": party.public_id},
        "api:commitment": {"token": make_commitment().token},
        "commitments:confirm": {"token": "aaaaaaaaaa", "secret": "b"},
        "commitments:stop": {"token": "aaaaaaaaaa", "secret": "b"},
        "public_log_tile": {"name": "0/000.p/1"},
        "public_act": {"index": 0},
        "public_act_proof": {"index": 0},
        "deliberate:process": {"slug": "essai"},
        "deliberate:texts": {"slug": "essai"},
        "deliberate:text_new": {"slug": "essai"},
        "deliberate:text": {"slug": "essai", "token": "textefict2"},
        "deliberate:text_edit": {"slug": "essai", "token": "textefict2"},
        "deliberate:text_versions": {"slug": "essai", "token": "textefict2"},
        "deliberate:text_difference": {"slug": "essai", "token": "textefict2", "old": 1, "new": 2},
        "deliberate:text_footprint": {"slug": "essai", "token": "textefict2"},
        "deliberate:text_contributions": {"slug": "essai", "token": "textefict2"},
        "deliberate:paragraph": {"slug": "essai", "token": "textefict2", "key": "paragrapha"},
        "deliberate:contribution": {"slug": "essai", "token": "contribut2"},
        **{
            f"deliberate:{name}": {"slug": "essai"}
            for name in (
                "proposals",
                "proposals_csv",
                "proposal_new",
                "proposal_draw",
                "replies",
                "replies_feed",
                "conference",
                "conference_keep",
                "matrix",
                "matrix_keep",
                "matrix_csv",
            )
        },
        **{
            f"deliberate:{name}": {"slug": "essai", "token": "propofict2"}
            for name in ("proposal", "proposal_file", "proposal_rewrite", "proposal_judge", "proposal_reply")
        },
        **{
            f"deliberate:{name}": {"slug": "essai"}
            for name in ("draft", "stop", "deliberation", "roles", "interests", "presence_file", "refusals")
        },
        "api:proposals": {"slug": "demarche-ouverte"},
        "api:proposal": {"slug": "demarche-ouverte", "token": "aaaaaaaaaa"},
        "api:texts": {"slug": "demarche-ouverte"},
        "api:text": {"slug": "demarche-ouverte", "token": "aaaaaaaaaa"},
        "api:process": {"slug": make_process(slug="demarche-ouverte").slug},
        "deliberate:attendance": {"slug": "essai", "token": "etapefict2"},
        "deliberate:step": {"slug": "essai", "token": "etapefict2", "verb": "clore"},
        "deliberate:words": {"slug": "essai", "token": "motsfictf2"},
        "deliberate:rewrite": {"slug": "essai", "token": "motsfictf2"},
        "deliberate:follow": {"slug": "essai"},
        "deliberate:answer": {"slug": "essai", "token": "aaaaaaaaaa", "secret": "b"},
        **{
            f"deliberate:{name}": {"slug": "essai"}
            for name in (
                "statements",
                "statement_new",
                "statement_seeds",
                "vote",
                "my_votes",
                "sheets",
                "sheet_desk",
                "screen",
            )
        },
        "deliberate:statement": {"slug": "essai", "token": "affirmati2"},
        "deliberate:sheet_vote": {"slug": "essai", "number": 1, "secret": "x"},
        "deliberate:results": {"slug": "essai"},
        "deliberate:result_publish": {"slug": "essai"},
        "deliberate:result_file": {"slug": "essai", "name": "votes.csv"},
        "commitments:election": {"slug": "election-fictive"},
        "commitments:election_edit": {"slug": "election-fictive"},
        "commitments:election_csv": {"slug": "election-fictive"},
        "commitments:election_item": {"slug": "election-fictive", "code": "1"},
        "commitments:candidacies": {"slug": "election-fictive"},
        "commitments:candidacy": {"slug": "election-fictive", "token": "listefict2"},
        "commitments:candidacy_keep": {"slug": "election-fictive", "token": "listefict2"},
        "commitments:candidacy_enter": {"slug": "election-fictive", "token": "listefict2"},
        "commitments:pledge_commitment": {"slug": "election-fictive", "token": "listefict2", "code": "1"},
        "commitments:reply": {"token": "listefict2", "secret": "x"},
        "commitments:commitment": {"token": "promesse22"},
        "commitments:draft": {"token": "promesse22"},
        "commitments:change": {"token": "promesse22", "verb": "realisation"},
        "commitments:erase": {"token": "promesse22"},
        "commitments:programme": {"slug": "essai"},
        "commitments:programme_item": {"slug": "essai", "code": "1"},
        "observe:dataset": {"name": "organisations"},
        "observe:dataset_file": {"name": "organisations", "file_format": "csv"},
        "observe:dataset_version_file": {
            "name": "organisations",
            "number": 1,
            "file": "organisations",
            "file_format": "csv",
        },
        "observe:tile": {"z": 6, "x": 32, "y": 22},
        "observe:boundaries": {"zoning_code": "commune"},
        "workshop": {"code": "salle2"},
        "workshop_door": {"code": "salle2"},
        "observe:party": {"public_id": party.public_id},
        "observe:party_history": {"public_id": party.public_id},
        "observe:party_feed": {"public_id": party.public_id},
        "observe:party_version": {"public_id": party.public_id, "number": 1},
        "observe:mask_request": {"public_id": party.public_id},
        "observe:custodian": {"public_id": party.public_id},
        "observe:practices": {"public_id": party.public_id},
        "observe:practice_confirm": {"key": 1},
        "observe:practice_contradict": {"key": 1},
        "observe:practice_erase": {"key": 1},
        "observe:claim_letter": {"key": 1},
        "observe:correct_party": {"public_id": party.public_id},
        "observe:correct_place": {"zoning_code": "commune", "code": "99001"},
        "observe:correction": {"token": "abcdefghjk", "secret": "x"},
        "observe:choose_value": {"public_id": party.public_id},
        "observe:picture_new": {"public_id": party.public_id},
        "observe:picture": {"token": "imagefict2"},
        "observe:picture_file": {"sha256": "0" * 64, "size": 480},
        "observe:merge_undo": {"key": 1},
        "observe:place": {"zoning_code": "commune", "code": "99001"},
        "observe:source": {"code": "essai"},
        "observe:funded_content": {"token": "etudefict2"},
    }


def outcome(response) -> str:
    if response.status_code == 302 and "/compte/connexion/?next=" in response.url:
        return "sign in"
    return {403: "refused", 405: "not for anybody"}.get(response.status_code, "open")


def expected(access: Access, role: str, method: str) -> str:
    allowed = access.roles_for(method)
    if not allowed:
        return "not for anybody"
    # Whoever has an account is a member besides her role.
    if allowed & ({role} if role == VISITOR else {role, Role.MEMBER.value}):
        return "open"
    return "sign in" if role == VISITOR else "refused"


@pytest.mark.parametrize("role", [VISITOR, *Role.values])
@pytest.mark.parametrize("name", NAMES)
def test_address_obeys_the_table(name, role, site):
    address = reverse(name, kwargs=site.samples.get(name))
    access = ROUTES[name]
    read, written = site.client(role).get(address), site.client(role).post(address)
    read.close()  # another test may have published the file of a dataset
    assert (outcome(read), outcome(written)) == (
        expected(access, role, "GET"),
        expected(access, role, "POST"),
    )
    assert read.status_code < 500 and written.status_code < 500
    read.close()


@pytest.mark.parametrize("name", TRANSLATED)
def test_english_address_obeys_the_same_table(name, site):
    with translation.override("en"):
        address = reverse(name, kwargs=site.samples.get(name))
    assert address.startswith("/en/")
    read = Client().get(address)
    read.close()
    assert outcome(read) == expected(ROUTES[name], VISITOR, "GET")


def test_address_missing_from_the_table_is_refused_to_everybody(db):
    request = RequestFactory().get("/")
    request.user = make_user("", *(set(Role.values) - {"member"}))
    request.resolver_match = ResolverMatch(print, (), {}, "unknown_name", route="inconnue/")
    response = PermissionMiddleware(print).process_view(request, print, (), {})
    assert response.status_code == 403


def test_refusal_is_in_plain_words(client, db):
    client.force_login(make_user())
    page = client.get(reverse("people"))
    assert page.status_code == 403
    assert "Cette page est réservée" in page.text


def test_head_is_read_and_delete_is_written():
    access = Access(read=EVERYONE)
    assert access.roles_for("HEAD") == EVERYONE
    assert access.roles_for("DELETE") == frozenset()


def test_may_open_says_what_the_middleware_does(db):
    assert may_open(make_user("", "administrator"), "people")
    assert not may_open(make_user("", "steward"), "people")
    assert not may_open(make_user("", "administrator"), "unknown_name")


def test_public_page_asks_nothing_of_the_database_for_the_visitor(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(reverse("healthz"))
