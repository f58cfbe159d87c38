"""The read API as of a date: versions, lists, addresses that lead elsewhere, and what stays hidden."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from terreau.commons.actions.journal import write_journal
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Revision, Version
from terreau.lake.publishing import publish_all
from terreau.observe.actions.changing import change_parties
from terreau.observe.models import Merge, SourceRecord
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db
LIST = "/api/v1/organisations"


def get(client: Client, address: str, **query: Any) -> tuple[int, Any]:
    answer = client.get(address, query)
    return answer.status_code, answer.json() if answer.content else None


def change(*parties: Party, on: int, **values: Any) -> Revision:
    """On that day of January 2026."""
    with change_parties(parties=[one.pk for one in parties], verb="harvest", by=None) as revision:
        Party.objects.filter(pk__in=[one.pk for one in parties]).update(**values)
    at = dt.datetime(2026, 1, on, 12, tzinfo=dt.UTC)
    Revision.objects.filter(pk=revision.pk).update(at=at)
    for one in parties:
        one.refresh_from_db()
    return revision


@pytest.fixture
def party() -> Party:
    """« Un » until 10 January, « Deux » until the 20th, « Trois »."""
    made = make_party("Un", siren="200000008")
    site = make_site(made, make_place("45234", name="Fictive"), address="7 rue Cachée", lon=1.9, lat=47.9)
    values = {"name": "Un", "address": "7 rue Cachée", "lon": 1.9}
    make_record(made, make_source("s"), site=site, values=values, observed_on=dt.date(2025, 5, 6))
    change(made, on=10, name="Deux")
    change(made, on=20, name="Trois")
    return made


@pytest.mark.parametrize(
    ("query", "name", "number"),
    [
        ({"as_of": "2026-01-09"}, "Un", 1),
        ({"as_of": "2026-01-10"}, "Deux", 2),
        ({"as_of": "2026-01-10T11:00:00Z"}, "Un", 1),
        ({"version": 2}, "Deux", 2),
        ({"version": 3}, "Trois", 3),
        ({}, "Trois", 3),
    ],
)
def test_one_organisation(
    client: Client, party: Party, query: dict[str, Any], name: str, number: int
) -> None:
    status, found = get(client, f"{LIST}/{party.public_id}", **query)
    assert (status, found["name"], found["version"]) == (200, name, number)
    assert (found["commune_code"], found["commune"], found["lon"]) == ("45234", "Fictive", 1.9)
    (value,) = [one for one in found["values"] if one["field"] == "name"]
    assert (value["source"], value["licence"], value["date"]) == ("s", "etalab-2.0", "2025-05-06")
    assert [bool(found["since"]), bool(found["until"])] == [number > 1, number < 3]


def test_what_is_frozen_tells_the_same_as_what_was_there(client: Client, party: Party) -> None:
    _, now = get(client, f"{LIST}/{party.public_id}")
    change(party, on=25, name="Quatre")
    _, then = get(client, f"{LIST}/{party.public_id}", version=3)
    assert then["until"] and not now["until"]
    for one in (now, then):
        del one["until"], one["pictures"]  # of today alone
        for value in one["values"]:
            del value["line"]
    assert then == now


@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "hier"},
        {"as_of": "2999-01-01"},
        {"version": 0},
        {"version": "x"},
        {"as_of": "2026-01-01", "version": 1},
    ],
)
def test_wrong_questions(client: Client, party: Party, query: dict[str, Any]) -> None:
    status, problem = get(client, f"{LIST}/{party.public_id}", **query)
    assert status == 422 and problem["detail"][0]["problem"]


def test_no_such_version_and_nothing_known(client: Client, party: Party) -> None:
    assert get(client, f"{LIST}/{party.public_id}", version=4)[0] == 404
    with change_parties(parties=[], verb="harvest", by=None):
        new = make_party("Nouvelle")
    status, problem = get(client, f"{LIST}/{new.public_id}", as_of="2020-01-01")
    assert status == 404 and "nothing is known" in problem["detail"]


def test_an_address_that_was_merged(client: Client, party: Party) -> None:
    kept = make_party("Gardée")
    Merge.objects.create(
        kept_identity=kept.identity,
        gone_identity=party.identity,
        gone_public_id=party.public_id,
        basis="review",
    )
    with change_parties(parties=[party.pk], verb="merge", by=None):
        party.delete()
    answer = client.get(f"{LIST}/{party.public_id}")
    assert (answer.status_code, answer.url) == (302, f"{LIST}/{kept.public_id}")
    assert get(client, f"{LIST}/{party.public_id}", version=1)[1]["name"] == "Un"
    assert get(client, f"{LIST}/{party.public_id}", as_of="2026-01-15")[1]["name"] == "Deux"


def test_one_that_left_the_sources(client: Client, party: Party) -> None:
    with change_parties(parties=[party.pk], verb="harvest", by=None):
        party.delete()
    assert get(client, f"{LIST}/{party.public_id}")[0] == 410
    assert get(client, f"{LIST}/{party.public_id}", version=3)[1]["name"] == "Trois"


def names_as_of(client: Client, day: str, limit: int = 50) -> list[str]:
    found, address = [], f"{LIST}?as_of={day}&limit={limit}"
    while address:
        answer = client.get(address).json()
        assert len(answer["items"]) <= limit
        found += [(one["public_id"], one["name"]) for one in answer["items"]]
        address = answer["next"]
    assert [one for one, _name in found] == sorted({one for one, _name in found})
    return sorted(name for _one, name in found)


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_list_as_of_a_date(client: Client, party: Party, limit: int) -> None:
    others = [make_party(f"Autre {number}") for number in range(4)]
    change(others[0], on=21, name="Changée")
    gone = make_party("Partie")
    change(gone, on=22, name="Partie bis")
    with change_parties(parties=[gone.pk], verb="harvest", by=None) as last:
        gone.delete()
    Revision.objects.filter(pk=last.pk).update(at=dt.datetime(2026, 1, 27, 12, tzinfo=dt.UTC))
    same = ["Autre 1", "Autre 2", "Autre 3"]
    assert names_as_of(client, "2026-01-09", limit) == ["Autre 0", *same, "Partie", "Un"]
    assert names_as_of(client, "2026-01-15", limit) == ["Autre 0", *same, "Deux", "Partie"]
    assert names_as_of(client, "2026-01-23", limit) == [*same, "Changée", "Partie bis", "Trois"]
    assert names_as_of(client, "2026-01-30", limit) == [*same, "Changée", "Trois"]


def test_the_list_as_of_now_is_the_list(client: Client, party: Party) -> None:
    make_party("Autre")
    today = str(dt.datetime.now(dt.UTC).date())
    assert get(client, LIST, as_of=today)[1]["items"] == get(client, LIST)[1]["items"]


def test_filters_do_not_go_with_a_date(client: Client, party: Party) -> None:
    status, problem = get(client, LIST, as_of="2026-01-09", q="un")
    assert status == 422 and "filters" in problem["detail"][0]["problem"]


def test_masked_and_partial_in_the_past(client: Client, party: Party) -> None:
    other = make_party("Autre")
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.PARTIAL)
    for address in (f"{LIST}?as_of=2026-01-09", f"{LIST}/{party.public_id}?version=1"):
        text = client.get(address).text
        assert "Un" in text and "Cachée" not in text and "1.9" not in text and "47.9" not in text
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.MASKED)
    assert names_as_of(client, "2026-01-09", 1) == ["Autre"]
    for query in ({"version": 1}, {"as_of": "2026-01-09"}, {"as_of": "2026-01-30"}):
        assert get(client, f"{LIST}/{party.public_id}", **query) == get(client, f"{LIST}/aaaaaaaaaa", **query)
    Merge.objects.create(  # and under the address of one that is merged into what is masked
        kept_identity=party.identity,
        gone_identity=other.identity,
        gone_public_id=other.public_id,
        basis="review",
    )
    with change_parties(parties=[other.pk], verb="merge", by=None):
        other.delete()
    assert names_as_of(client, "2026-01-09", 1) == []


def test_one_gone_while_masked_is_not_in_the_past(client: Client, party: Party) -> None:
    change(party, on=25, diffusion=Diffusion.MASKED)
    SourceRecord.objects.all().delete()
    with change_parties(parties=[party.pk], verb="harvest", by=None):
        party.delete()
    assert Version.objects.count() == 4
    assert names_as_of(client, "2026-01-09") == []


def test_the_tag_of_a_past_answer_changes_with_every_act(client: Client, party: Party) -> None:
    write_journal(verb="harvest", by=None)
    address = f"{LIST}/{party.public_id}?version=1"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.MASKED)
    write_journal(verb="answer-masking", by=None)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_datasets_tell_their_versions(client: Client, party: Party, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    publish_all()
    change(party, on=25, name="Quatre")
    publish_all()
    (found,) = [one for one in get(client, "/api/v1/datasets")[1] if one["name"] == "organisations"]
    assert found["version"] == 2 and [one["version"] for one in found["versions"]] == [2, 1]
    for version in found["versions"]:
        answer = client.get(version["files"]["csv"])
        answer.close()
        assert answer["ETag"] == f'"{version["sha256"]["csv"]}"'
