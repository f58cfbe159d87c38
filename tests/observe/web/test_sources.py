"""The sources with their accounts and rejects, and the page of the perimeter."""

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.commons.enums import PerimeterBasis
from terreau.observe.enums import RejectReason
from terreau.observe.models import Harvest, Reject
from tests.factories import make_party, make_record, make_source

pytestmark = pytest.mark.django_db


def read(client, name: str, *args: str, **parameters) -> str:
    response = client.get(reverse(f"observe:{name}", args=args), parameters)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def make_harvest(source, **values) -> Harvest:
    return Harvest.objects.create(source=source, status="done", ended_at=timezone.now(), **values)


def test_before_any_harvest(client) -> None:
    page = read(client, "sources")
    assert "terreau harvest" in page


@pytest.mark.parametrize("number", [1, 3, 300])
def test_accounts_add_up_on_the_page(client, number: int) -> None:
    for rank in range(number):
        source = make_source(f"source-{rank}", title=f"Source {rank}", covers="Couvre peu.")
        make_harvest(source, rows_read=1)
        make_record(make_party(), source)
    page = read(client, "sources")
    assert page.count('<article class="source">') == number
    assert f"font <strong>{number} acteur" in page
    assert "écart inexpliqué" not in page


def test_a_gap_is_shown(client) -> None:
    source = make_source("a")
    make_harvest(source, rows_read=1500)
    make_record(make_party(), source)
    assert "écart inexpliqué : 1 499" in read(client, "sources")


def test_rejects_are_paged_with_reasons_in_french(client) -> None:
    harvest = make_harvest(make_source("a"), rows_read=60, rows_rejected=60, unmapped_columns=["colonne_x"])
    for line in range(60):
        Reject.objects.create(
            harvest=harvest, line=line + 2, field="siren", value="<b>12</b>", reason="invalid_siren"
        )
    page = read(client, "source", "a")
    assert "colonne_x" in page
    assert "le numéro SIREN n’est pas valable" in page
    assert "<b>12" not in page
    assert "Page 1 sur 2" in page
    assert '<th scope="row">61</th>' in read(client, "source", "a", page="2")


def test_a_failed_harvest_is_listed_and_its_rejects_are_not_the_last(client) -> None:
    source = make_source("a")
    done = make_harvest(source, rows_read=1)
    Reject.objects.create(harvest=done, line=2, reason="missing_name")
    Harvest.objects.create(source=source, status="failed", message="fichier coupé")
    page = read(client, "source", "a")
    assert "échouée : fichier coupé" in page
    assert "aucun nom n’est donné" in page


def test_a_reason_from_a_newer_source_shows_as_it_is(client) -> None:
    harvest = make_harvest(make_source("a"))
    Reject.objects.create(harvest=harvest, line=2, reason="something_new")
    assert "something_new" in read(client, "source", "a")


def test_an_unknown_source_is_not_found(client) -> None:
    assert client.get(reverse("observe:source", args=["nowhere"])).status_code == 404


def test_every_reason_is_a_sentence() -> None:
    for reason in RejectReason:
        assert len(reason.label) > 15
        assert reason.value.isascii()


def test_the_perimeter_page_states_the_rule_with_counts(client) -> None:
    make_party(perimeter="in", perimeter_basis="ess_list")
    page = read(client, "perimeter")
    for basis in PerimeterBasis:
        assert str(basis.label)[1:].replace("\u00a0", " ") in page
    assert "9220" in page
    assert "9210" not in page
    assert "Non établi » n’est pas un non" in page
