"""Calendars and feeds: read by an independent reader, the same from one request to the next, filtered as the list."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
import vobject
from django.utils import timezone

from terreau.commitments.actions import abandon, name_owner, renegotiate
from terreau.commons.enums import Diffusion, PartyKind
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper
from tests.factories.pledges import make_election

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
HARD = "Réunir, à Fictive ; 200 élus\\habitants : " + "écouter, débattre — " * 7 + "fin"
PATHS = ("/echeances.ics", "/echeances.atom")


def events(client, **query):
    response = client.get("/echeances.ics", query)
    assert response.status_code == 200
    return vobject.readOne(response.content.decode()).contents.get("vevent", [])


def titles(client, **query) -> set[str]:
    """Of the calendar; the feed says the same."""
    feed = ET.fromstring(client.get("/echeances.atom", query).content)
    entries = {
        entry.findtext(f"{ATOM}title").rsplit(", pour le", 1)[0] for entry in feed.iter(f"{ATOM}entry")
    }
    assert {one.summary.value for one in events(client, **query)} == entries
    return entries


def test_another_reader_understands_every_sign(client, settings) -> None:
    settings.SITE_ADDRESS = "https://terreau.exemple"
    promise = make_commitment(title=HARD, deliverable="Une liste,\nligne; par ligne")
    response = client.get("/echeances.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = response.content.split(b"\r\n")
    assert lines[-1] == b"" and not any(b"\n" in line for line in lines), "every line ends with CR LF"
    assert all(len(line) <= 75 for line in lines), "long lines are folded"
    (event,) = events(client)
    assert event.summary.value == HARD
    assert "Une liste,\nligne; par ligne" in event.description.value
    assert event.dtstart.value == promise.due_on and type(event.dtstart.value) is dt.date, "the whole day"
    assert event.uid.value == f"engagement-{promise.token}@terreau.exemple"
    assert event.url.value == f"https://terreau.exemple/engagements/{promise.token}/"
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "1")


def test_nothing_changes_by_itself_and_a_change_is_a_newer_word(client, monkeypatch) -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper)
    before = {path: client.get(path) for path in PATHS}
    later = timezone.now() + dt.timedelta(days=4000)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        for path in PATHS:
            assert client.get(path).content == before[path].content
            again = client.get(path, headers={"If-None-Match": before[path]["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
    following = renegotiate(commitment=promise, reason="Plus de temps", due_on=dt.date(2031, 1, 1), by=keeper)
    found = {one.uid.value.split("@")[0]: one for one in events(client)}
    old, new = found[f"engagement-{promise.token}"], found[f"engagement-{following.token}"]
    assert (old.status.value, old.sequence.value, new.status.value) == ("CANCELLED", "2", "CONFIRMED")
    for path in PATHS:
        assert client.get(path, headers={"If-None-Match": before[path]["ETag"]}).status_code == 200


def test_filters_are_those_of_the_list(client) -> None:
    keeper, party, commune = make_keeper(), make_party("Atelier fictif"), make_place("99001")
    make_place("99", "departement", [commune], name="Fictif-Ouest")
    values = {"owner": party, "owner_name": "", "place": commune, "items": [make_item("9")]}
    make_commitment(keeper, title="Haies", **values)
    other = make_commitment(keeper, title="Lieu", beneficiary=party)
    abandon(commitment=other, reason="Faute de local", by=keeper)
    make_draft(keeper, title="Brouillon")
    assert titles(client) == titles(client, acteur=party.public_id) == {"Haies", "Lieu"}
    assert titles(client, territoire="departement:99") == titles(client, q="haies") == {"Haies"}
    assert titles(client, programme="essai", point="9") == titles(client, point="essai:9") == {"Haies"}
    assert titles(client, etat="abandoned") == {"Lieu"}
    assert titles(client, acteur="introuvable") == titles(client, etat="n’importe quoi") == set()
    head = client.get("/echeances.ics", {"acteur": party.public_id}).content.split(b"BEGIN:VEVENT")[0]
    assert b"Atelier fictif" in head


def test_who_is_masked_is_not_named(client) -> None:
    keeper, secret = make_keeper(), make_party("Zinzoline", diffusion=Diffusion.MASKED)
    make_commitment(keeper, owner=secret, owner_name="")
    taken = make_commitment(keeper, owner=secret, owner_name="")
    name_owner(commitment=taken, owner=None, owner_name="Groupe fictif", reason="Reprise", by=keeper)
    for path in PATHS:
        for query in ({}, {"acteur": secret.public_id}):
            assert b"Zinzoline" not in client.get(path, query).content
    assert events(client, acteur=secret.public_id) == []


def test_questions_do_not_grow_with_the_register(client, django_assert_max_num_queries) -> None:
    keeper = make_keeper()
    for _ in range(3):
        make_commitment(keeper, owner=make_party(), owner_name="")
    for path in PATHS:
        with django_assert_max_num_queries(2):  # and whether a reserve holds
            client.get(path)
    assert len(events(client)) == 3


def test_the_list_says_how_to_follow_what_it_shows(client) -> None:
    make_commitment(title="Haies")
    page = client.get("/engagements/?q=haies&page=1").content.decode()
    for path in (*PATHS, "/echeances/abonnement/"):
        assert f'href="{path}?q=haies"' in page


def test_during_an_electoral_reserve_public_bodies_are_in_no_feed(client) -> None:
    town = make_party(kind=PartyKind.PUBLIC_BODY)
    make_commitment(title="De la ville", owner=town, owner_name="")
    make_commitment(title="Du groupe")
    assert titles(client) == {"De la ville", "Du groupe"}
    make_election(first_round_on=timezone.localdate() + dt.timedelta(40), second_round_on=None)
    assert titles(client) == {"Du groupe"}
    assert "De la ville" in client.get("/engagements/").content.decode(), "facts stay where they are read"
    assert "Réserve électorale" in client.get("/").content.decode()
