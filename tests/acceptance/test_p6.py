"""P6, knowledge commons: what an import leaves out is said, a stranger corrects, what was cited stays what it was."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from terreau.commitments.enums import Basis
from terreau.commons.models import Party
from terreau.observe.actions import harvest
from tests.factories import make_user
from tests.factories.commitments import make_commitment
from tests.observe.sources.conftest import declare

pytestmark = pytest.mark.django_db
ROWS = 500
FIELDS = {"name": "nom", "commune": "com", "website": "web"}


@pytest.fixture
def imported(region: None, write: Callable[..., Path]) -> None:
    """500 rows, whose column « inconnue » no declaration reads."""
    rows = "".join(f"{n},Association fictive {n},37261,https://n{n}.invalid/,x\n" for n in range(1, ROWS + 1))
    harvest(source=declare(FIELDS), path=write(f"id,nom,com,web,inconnue\n{rows}"))


@pytest.fixture
def steward() -> Client:
    client = Client()
    client.force_login(make_user("", "steward"))
    return client


def test_an_import_of_500_rows_with_one_unmapped_column_says_so(client: Client, imported: None) -> None:
    assert Party.objects.count() == ROWS
    page = client.get("/sources/essai/").text
    assert "Ces colonnes du fichier ne sont pas lues" in page and "<code>inconnue</code>" in page
    assert str(ROWS) in re.sub(r"\D", " ", page).split()


def propose(party: Party, website: str) -> None:
    typed = {
        "champ": "website",
        "value": website,
        "evidence": "leur affiche",
        "credit": "Une voisine fictive",
    }
    assert Client().post(f"/acteurs/{party.public_id}/corriger/", typed).status_code == 200


def accept(steward: Client) -> None:
    (token,) = re.findall(r'name="correction" value="(\w+)"', steward.get("/corrections/").text)[:1]
    assert steward.post("/corrections/", {"correction": token, "decision": "accept"}).status_code == 302


def test_a_correction_is_proposed_at_once_then_accepted_with_credit_and_the_old_value_stays_citable(
    client: Client, steward: Client, imported: None
) -> None:
    party = Party.objects.get(name="Association fictive 7")
    page, past = f"/acteurs/{party.public_id}/", f"/acteurs/{party.public_id}/version/1/"
    propose(party, "https://nouveau.invalid/")
    shown = client.get(page).text
    assert "Proposé, non vérifié" in shown and "https://nouveau.invalid/" in shown
    assert "https://n7.invalid/" in shown, "what was there is shown until somebody answers"
    accept(steward)
    shown = client.get(page).text
    assert "Proposé, non vérifié" not in shown and "https://nouveau.invalid/" in shown
    assert "Une voisine fictive" in shown
    cited = client.get(past).text
    assert "https://n7.invalid/" in cited and "https://nouveau.invalid/" not in cited


def test_a_decision_still_cites_version_3_after_version_4_exists(
    client: Client, steward: Client, imported: None
) -> None:
    party = Party.objects.get(name="Association fictive 9")

    def correct(number: int) -> None:
        propose(party, f"https://version{number}.invalid/")
        accept(steward)

    for number in (2, 3):
        correct(number)
    third = reverse("observe:party_version", args=[party.public_id, 3])
    decision = make_commitment(basis=Basis.DECISION, basis_url=f"https://terreau.invalid{third}")
    before = client.get(third).text
    assert "https://version3.invalid/" in before
    correct(4)
    assert "https://version4.invalid/" in client.get(f"/acteurs/{party.public_id}/version/4/").text
    page = client.get(f"/engagements/{decision.token}/").text
    (cited,) = re.findall(rf'href="https://terreau.invalid({re.escape(third)})"', page)
    after = client.get(cited).text
    assert "https://version3.invalid/" in after and "https://version4.invalid/" not in after
