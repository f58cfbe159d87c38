"""The read API of the register: filters, pages, history, and who is not named."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commitments.actions import keep, name_owner, record_fulfilment, renegotiate
from terreau.commitments.models import Commitment
from terreau.commons.enums import Diffusion
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def get(client, path: str, **query):
    response = client.get(f"/api/v1/{path}", query)
    return response.status_code, response.json()


def tokens(client, **query) -> list[str]:
    status, page = get(client, "commitments", **query)
    assert status == 200, page
    return [one["token"] for one in page["items"]]


def test_filters_are_those_of_the_list(client) -> None:
    keeper, party = make_keeper(), make_party()
    commune = make_place("99001")
    make_place("99", "departement", [commune])
    soon = TODAY() + dt.timedelta(days=3)
    one = make_commitment(
        keeper,
        title="Planter des haies",
        owner=party,
        owner_name="",
        place=commune,
        due_on=soon,
        items=[make_item("9")],
    )
    other = make_commitment(keeper, title="Ouvrir un lieu", beneficiary=party)
    make_draft(keeper, title="Planter en secret", owner=party, owner_name="")
    assert set(tokens(client)) == {one.token, other.token}
    assert tokens(client, q="haies") == tokens(client, etat="soon") == [one.token]
    assert tokens(client, etat="ahead") == [other.token]
    assert set(tokens(client, acteur=party.public_id)) == {one.token, other.token}
    assert (
        tokens(client, territoire="departement:99")
        == tokens(client, territoire="commune:99001")
        == [one.token]
    )
    assert tokens(client, programme="essai", point="9") == tokens(client, programme="essai") == [one.token]
    for nothing in ({"acteur": "introuvabl"}, {"territoire": "commune:0"}, {"programme": "x"}, {"q": "zzz"}):
        assert tokens(client, **nothing) == []
    assert get(client, "commitments", etat="draft")[0] == 422


def test_pages_follow_each_other(client) -> None:
    keeper = make_keeper()
    wanted = sorted(make_commitment(keeper).token for _ in range(5))
    seen, address = [], "/api/v1/commitments?limit=2"
    while address:
        page = client.get(address).json()
        seen += [one["token"] for one in page["items"]]
        address = page["next"]
    assert seen == wanted


def test_one_with_all_its_past(client) -> None:
    keeper, owner = make_keeper(), make_party("Atelier fictif")
    promise = make_commitment(keeper, owner=owner, owner_name="", unit="arbres", baseline=0, target=100)
    record_fulfilment(
        commitment=promise, on=dt.date(2025, 1, 1), words="Plantés", amount=10, evidence_url="", by=keeper
    )
    name_owner(commitment=promise, owner=None, owner_name="Un groupe", reason="Reprise", by=keeper)
    following = renegotiate(commitment=promise, reason="Sécheresse", due_on=dt.date(2031, 1, 1), by=keeper)
    _, found = get(client, f"commitments/{promise.token}")
    assert (found["state"], found["successor"], found["reason"]) == (
        "renegotiated",
        following.token,
        "Sécheresse",
    )
    assert found["owner"] == {"public_id": None, "name": "Un groupe"}
    assert [step["amount"] for step in found["fulfilments"]] == [10.0]
    assert {
        name: point[name]
        for point in found["trajectory"]
        if point["on"] == "2025-01-01"
        for name in ("on", "actual")
    } == {"on": "2025-01-01", "actual": 10.0}
    verbs = ["renegotiate-commitment", "name-commitment-owner", "record-fulfilment", "open-commitment"]
    assert [change["verb"] for change in found["changes"]] == verbs
    assert found["changes"][1]["before"] == {"owner": owner.public_id, "owner_name": ""}
    assert len(found["log"]) == 4 and found["log"] == sorted(found["log"])


def test_who_is_masked_is_not_named_nor_found(client) -> None:
    keeper, secret = make_keeper(), make_party("Zinzoline", identity="siren:990001232")
    promise = make_commitment(keeper, owner=secret, owner_name="")
    name_owner(commitment=promise, owner=make_party("Autre"), reason="Reprise", by=keeper)
    make_commitment(keeper, beneficiary=secret)
    secret.diffusion = Diffusion.MASKED
    secret.save()
    for address in ("commitments", f"commitments/{promise.token}"):
        text = client.get(f"/api/v1/{address}").content.decode()
        for never in ("Zinzoline", "990001232", secret.public_id):
            assert never not in text
    assert tokens(client, acteur=secret.public_id) == []


def test_a_draft_has_no_address(client) -> None:
    draft = make_draft()
    assert get(client, f"commitments/{draft.token}")[0] == 404
    assert get(client, "commitments/introuvabl")[0] == 404


def test_programmes_count_what_serves_them(client) -> None:
    keeper, item = make_keeper(), make_item("9", translations={"en": {"title": "Fictional"}})
    done = make_commitment(keeper, items=[item])
    keep(commitment=done, result="Fait.", result_url="https://exemple.invalid/", by=keeper)
    make_draft(keeper, items=[item])
    make_commitment(keeper, items=[item], is_demonstration=True)
    _, (programme,) = get(client, "programmes")
    (told,) = programme["items"]
    assert (told["code"], told["commitments"]) == ("9", 1)
    assert told["translations"] == {"en": {"title": "Fictional"}}


def test_what_is_known_is_not_sent_again_until_something_or_the_day_changes(client, monkeypatch) -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper)
    for path in ("commitments", f"commitments/{promise.token}", "programmes"):
        tag = client.get(f"/api/v1/{path}")["ETag"]
        assert client.get(f"/api/v1/{path}", headers={"If-None-Match": tag}).status_code == 304
        now = timezone.now() + dt.timedelta(days=1)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda now=now: now)
            assert client.get(f"/api/v1/{path}", headers={"If-None-Match": tag}).status_code == 200


def test_questions_do_not_grow_with_the_list(client, django_assert_num_queries) -> None:
    keeper = make_keeper()

    def ask() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            client.get("/api/v1/commitments")
        return len(asked)

    make_commitment(keeper, owner=make_party(), owner_name="", items=[make_item()])
    few = ask()
    for _ in range(2):
        make_commitment(keeper, owner=make_party(), owner_name="", items=[make_item()])
    assert ask() == few
    assert Commitment.objects.count() == 3
