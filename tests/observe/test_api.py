"""The read API: what it lists, what it hides, and that it keeps to its own description."""

from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from terreau.commitments.models import Commitment
from terreau.commons.actions.journal import write_journal
from terreau.commons.models import JournalEntry, Party
from terreau.deliberate.models import Proposal, Text
from terreau.lake.publishing import publish_all
from terreau.observe.actions.pictures import withdraw_picture
from terreau.observe.models import IndicatorValue, SchemeMember
from tests.factories import make_party, make_place, make_record, make_site, make_source, make_user
from tests.factories.commitments import make_commitment, make_item
from tests.factories.deliberate import make_process, make_proposal
from tests.factories.pictures import make_file, make_picture
from tests.factories.texts import make_text

pytestmark = pytest.mark.django_db


def _get(client, path: str, **query):
    response = client.get(f"/api/v1/{path}", query)
    return response.status_code, response.json()


def test_the_description_is_served(client) -> None:
    status, description = _get(client, "openapi.json")
    assert status == 200
    assert {"/api/v1/organisations", "/api/v1/datasets"} <= set(description["paths"])


def test_lists_are_empty_before_any_harvest(client, tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    assert _get(client, "organisations") == (200, {"items": [], "next": None})
    assert _get(client, "sources") == (200, [])
    assert [dataset["rows"] for dataset in _get(client, "datasets")[1]] == [None] * 12


def test_an_organisation_with_its_first_active_site(client) -> None:
    commune = make_place("45234", name="Fictive")
    party = make_party("Épicerie fictive", siren="200000008", nature="association", perimeter="in")
    make_site(party, commune, is_active=False, lon=0, lat=0)
    make_site(party, commune, lon=1.9, lat=47.9)
    make_site(party)
    _, page = _get(client, "organisations")
    assert page["items"][0]["is_active"] is True
    assert page["items"] == [
        {
            "public_id": party.public_id,
            "name": "Épicerie fictive",
            "siren": "200000008",
            "rna": None,
            "nature": "association",
            "naf": "",
            "perimeter": "in",
            "is_active": True,
            "commune_code": "45234",
            "commune": "Fictive",
            "lon": 1.9,
            "lat": 47.9,
        }
    ]


def test_pages_follow_each_other_without_loss_or_repetition(client) -> None:
    expected = sorted(make_party().public_id for _ in range(7))
    seen, address = [], "/api/v1/organisations?limit=3"
    while address:
        page = client.get(address).json()
        seen += [item["public_id"] for item in page["items"]]
        address = page["next"]
    assert seen == expected


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_a_constant_number_of_queries(client, django_assert_num_queries, rows: int) -> None:
    for _ in range(rows):
        make_site(make_party(), make_place(f"4500{_}"))
    with django_assert_num_queries(2):  # the rows, and how fresh they are
        client.get("/api/v1/organisations")


def test_filters(client) -> None:
    commune = make_place("45234")
    zone = make_place("45", "departement", [commune])
    found = make_party("Les vélos fictifs", nature="association", search_text="velo fictif")
    make_site(found, commune)
    SchemeMember.objects.create(party=found, scheme="fonjep", source=make_source())
    make_record(found, make_source("ailleurs"))
    make_record(make_party("Autre", nature="company", search_text="autre"))
    wanted = (
        {"q": "vélo"},
        {"nature": "association"},
        {"scheme": "fonjep"},
        {"zoning": "departement", "place": zone.code},
        {"place": commune.code},
        {"source": "ailleurs"},
    )
    for query in wanted:
        _, page = _get(client, "organisations", **query)
        assert [item["name"] for item in page["items"]] == ["Les vélos fictifs"], query
    assert _get(client, "organisations", place="99999")[1]["items"] == []


def test_each_value_comes_with_its_source(client) -> None:
    party = make_party("Épicerie fictive")
    make_record(party, line=12, values={"name": "EPICERIE FICTIVE"})
    _, detail = _get(client, f"organisations/{party.public_id}")
    assert detail["values"] == [
        {
            "field": "name",
            "value": "EPICERIE FICTIVE",
            "source": "essai",
            "licence": "etalab-2.0",
            "date": None,
            "line": 12,
        }
    ]


def test_a_masked_organisation_is_nowhere(client) -> None:
    party = make_party("Discrète", diffusion="masked")
    assert _get(client, "organisations")[1]["items"] == []
    assert _get(client, f"organisations/{party.public_id}")[0] == 404


def test_not_measured_is_null(client) -> None:
    place = make_place("45", "departement")
    IndicatorValue.objects.create(indicator="essai", place=place, period="2022", value=None)
    _, values = _get(client, "indicators", zoning="departement")
    assert values["items"][0]["value"] is None


@pytest.mark.parametrize("limit", [1, 2, 4, 11, 12])
def test_indicators_come_page_after_page_without_loss_or_repetition(client, limit: int) -> None:
    for code in ("41", "45"):
        place = make_place(code, "departement")
        for indicator in ("a", "a_b", "b"):
            for period in ("2022", "2023-01-01"):
                IndicatorValue.objects.create(indicator=indicator, place=place, period=period, value=1)
    every = _get(client, "indicators")[1]
    assert every["next"] is None and len(every["items"]) == 12
    seen, address = [], f"/api/v1/indicators?limit={limit}"
    while address:
        response = client.get(address)
        page = response.json()
        seen.append(page["items"])
        address = page["next"]
        assert response.headers.get("Link") == (f'<{address}>; rel="next"' if address else None)
    assert [row for page in seen for row in page] == every["items"]
    assert [len(page) for page in seen][:-1] == [limit] * (len(seen) - 1)
    assert _get(client, "indicators", after="nul")[0] == 422


def test_pictures_shown_come_with_what_a_reuser_needs(client) -> None:
    party = make_party()
    picture = make_picture(
        party, alt="Une façade", taken_on=date(2024, 6, 1), source_address="https://exemple.invalid/photo"
    )
    make_picture(party, make_file(90, 60), licence="not-for-publication")
    make_picture(make_party(), make_file(91, 60))
    (told,) = _get(client, f"organisations/{party.public_id}")[1]["pictures"]
    assert told == {
        "token": picture.token,
        "file": f"/images/{picture.sha256}-1600.webp",
        "width": 800,
        "height": 600,
        "alt": "Une façade",
        "author": "Photographe fictive",
        "rights_holder": "Association fictive",
        "licence": "cc-by-4.0",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "credit": picture.credit,
        "source_address": "https://exemple.invalid/photo",
        "taken_on": "2024-06-01",
        "sha256": picture.sha256,
    }
    assert sha256(client.get(told["file"]).content).hexdigest() == told["sha256"]


def test_a_picture_withdrawn_makes_the_answer_new(client) -> None:
    picture = make_picture(make_party())
    _act(minutes_ago=2)
    address = f"/api/v1/organisations/{picture.party.public_id}"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    withdraw_picture(picture=picture, by=make_user("", "steward"))
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 200 and again.json()["pictures"] == []


def test_an_organisation_costs_as_much_with_three_pictures_as_with_one(client) -> None:
    party = make_party()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/organisations/{party.public_id}")
        return len(queries)

    make_picture(party)
    one = cost()
    for number in (90, 91):
        make_picture(party, make_file(number, 60))
    assert cost() == one


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": "beaucoup"}, {"nature": "bonne"}, {"q": "x" * 201}]
)
def test_a_wrong_parameter_is_named(client, query) -> None:
    status, answer = _get(client, "organisations", **query)
    assert status == 422
    assert next(iter(query)) in answer["detail"][0]["where"]


def test_an_unknown_zoning_is_answered_with_the_known_ones(client) -> None:
    make_place()
    status, answer = _get(client, "places", zoning="canton")
    assert status == 404
    assert "commune" in answer["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_written(client, method: str) -> None:
    assert getattr(client, method)("/api/v1/organisations").status_code in {403, 405}


# One right request for each operation that the description names; ``{id}`` is that of an organisation.
OPERATIONS = {
    "/api/v1/organisations": "?q=fictive&nature=association&limit=1",
    "/api/v1/organisations/{public_id}": "",
    "/api/v1/places": "?zoning=departement",
    "/api/v1/indicators": "?zoning=departement&place=45&period=2022&indicator=essai",
    "/api/v1/sources": "",
    "/api/v1/datasets": "",
    "/api/v1/commitments": "?q=fictive&etat=ahead&limit=1",
    "/api/v1/commitments/{token}": "",
    "/api/v1/programmes": "",
    "/api/v1/processes": "?etat=open&limit=1",
    "/api/v1/processes/{slug}": "",
    "/api/v1/processes/{slug}/proposals": "",
    "/api/v1/processes/{slug}/proposals/{token}": "",
    "/api/v1/processes/{slug}/texts": "",
    "/api/v1/processes/{slug}/texts/{token}": "",
}
#: Its supports are no act: it is always sent whole.
WHOLE = "/api/v1/processes/{slug}/proposals/{token}"


@pytest.fixture
def something_everywhere(tmp_path, settings) -> Party:
    settings.DATA_DIR = tmp_path
    party = make_party("Épicerie fictive", nature="association", search_text="epicerie fictive")
    make_record(party)
    place = make_place("45", "departement", [make_place("45234")])
    IndicatorValue.objects.create(indicator="essai", place=place, period="2022", value=1)
    make_commitment(items=[make_item("9")])
    process = make_process(slug="essai")
    make_proposal(process)
    make_text(process)
    publish_all()
    JournalEntry.objects.update(at=timezone.now() - timedelta(minutes=3))
    _act(minutes_ago=2)
    return party


def _filled(path: str, party: Party) -> str:
    named = {"proposals/": Proposal, "texts/": Text}
    model = next((model for part, model in named.items() if part in path), Commitment)
    return path.format(public_id=party.public_id, token=model.objects.get().token, slug="essai")


def _act(minutes_ago: float = 0) -> None:
    entry = write_journal(verb="harvest", by=None)
    JournalEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(minutes=minutes_ago))


def test_every_operation_and_every_parameter_is_told(client) -> None:
    _, description = _get(client, "openapi.json")
    assert set(description["paths"]) == set(OPERATIONS)
    parameters = [
        (path, parameter["name"])
        for path, operations in description["paths"].items()
        for parameter in operations["get"].get("parameters", [])
        if not parameter.get("description")
        and parameter["in"] == "query"
        and not parameter["schema"].get("description")
    ]
    assert parameters == []


@pytest.mark.parametrize("path", [path for path in OPERATIONS if path != WHOLE])
def test_what_is_already_known_is_not_sent_again(client, something_everywhere, path: str) -> None:
    address = _filled(path, something_everywhere) + OPERATIONS[path]
    first = client.get(address)
    assert first.status_code == 200
    assert first.content not in {b"[]", b""}
    for name, value in (("If-None-Match", first["ETag"]), ("If-None-Match", first["ETag"][2:])):
        again = client.get(address, headers={name: value})
        assert (again.status_code, again.content) == (304, b"")
    if path != "/api/v1/datasets":  # its files are of this very second: their date would tell too little
        again = client.get(address, headers={"If-Modified-Since": first["Last-Modified"]})
        assert again.status_code == 304
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 200


@pytest.mark.parametrize("path", [path for path in OPERATIONS if path not in {"/api/v1/datasets", WHOLE}])
def test_an_act_makes_every_answer_new(client, something_everywhere, path: str) -> None:
    address = _filled(path, something_everywhere) + OPERATIONS[path]
    first = client.get(address)
    _act(minutes_ago=1)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200


def test_within_one_second_only_the_tag_can_tell(client, something_everywhere) -> None:
    _act()
    first = client.get("/api/v1/sources")
    assert "ETag" in first
    assert "Last-Modified" not in first


def test_new_files_make_the_list_of_datasets_new(client, something_everywhere) -> None:
    first = client.get("/api/v1/datasets")
    make_party("Une autre")
    publish_all()
    assert client.get("/api/v1/datasets", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_answer_known_costs_one_query(client, something_everywhere, django_assert_num_queries) -> None:
    tag = client.get("/api/v1/places")["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/api/v1/places", headers={"If-None-Match": tag}).status_code == 304


def test_a_masked_organisation_is_not_even_unchanged(client, something_everywhere) -> None:
    address = f"/api/v1/organisations/{something_everywhere.public_id}"
    tag = client.get(address)["ETag"]
    Party.objects.update(diffusion="masked")
    _act()
    for known in (tag, "*"):
        assert client.get(address, headers={"If-None-Match": known}).status_code == 404


def test_the_next_page_is_told_in_the_head_too(client) -> None:
    for _ in range(3):
        make_party()
    response = client.get("/api/v1/organisations?limit=2")
    assert response["Link"] == f'<{response.json()["next"]}>; rel="next"'
    assert "Link" not in client.get(response.json()["next"])


def test_each_file_has_the_digest_that_the_list_gives(client, something_everywhere) -> None:
    for dataset in _get(client, "datasets")[1]:
        for form, address in dataset["files"].items():
            response = client.get(address)
            content = b"".join(response.streaming_content)
            response.close()
            assert sha256(content).hexdigest() == dataset["sha256"][form] == response["ETag"].strip('"')
            assert len(content) == dataset["bytes"][form]
            digest = b64encode(sha256(content).digest()).decode()
            assert response["Repr-Digest"] == f"sha-256=:{digest}:"


def test_a_compressed_file_is_not_given_the_digest_of_another(client, something_everywhere) -> None:
    response = client.get("/donnees/sites.csv", headers={"Accept-Encoding": "gzip"})
    response.close()
    assert "Repr-Digest" not in response


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_answers_keep_to_the_description(tmp_path, settings) -> None:
    """Requests generated from the description, right and wrong, get the answers it declares."""
    settings.DATA_DIR = tmp_path
    party = make_party("Épicerie fictive")
    make_record(party)
    make_picture(party)
    make_place()
    make_commitment(items=[make_item("9")])
    process = make_process(slug="essai")
    make_proposal(process)
    make_text(process)
    publish_all()
    _act(minutes_ago=1)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert {operation.path for operation in operations} == set(OPERATIONS)
    for operation in operations:
        _try_requests(operation)


def _try_requests(operation: schemathesis.APIOperation) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]

    @hypothesis.settings(max_examples=20, deadline=None, suppress_health_check=quiet, database=None)
    @given(case=operation.as_strategy())
    def requests_are_answered_as_declared(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

    requests_are_answered_as_declared()
