"""P4, open and free digital: each thing has a licence that is looked at, what was funded is due, all can leave.

Dump, empty instance, dump again by the commands that a person types: ``tests/portal/test_dump.py``.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION
from terreau.commons.models import Party
from terreau.observe.actions import harvest
from terreau.observe.models import Picture
from terreau.observe.sources.errors import SourceError
from tests.factories import make_party, make_user
from tests.factories.pictures import make_file
from tests.observe.sources.conftest import declare

pytestmark = pytest.mark.django_db
FREE = sorted({*LICENCES} - {NOT_FOR_PUBLICATION})


@pytest.fixture
def steward() -> Client:
    client = Client()
    client.force_login(make_user("", "steward"))
    return client


def test_a_cc_by_sa_text_and_an_odbl_table_do_not_merge_into_one_database(
    region: None, write: Callable[..., Path], client: Client
) -> None:
    def read(licence: str, name: str) -> None:
        declaration = declare({"name": "nom", "commune": "com"}, code=name, licence=licence, title=name)
        harvest(source=declaration, path=write(f"id,nom,com\n1,Association de {name},37261\n", f"{name}.csv"))

    read("odbl-1.0", "tableau")
    with pytest.raises(SourceError) as refusal:
        read("cc-by-sa-4.0", "texte")
    for licence in ("odbl-1.0", "cc-by-sa-4.0"):
        assert str(LICENCES[licence].title) in str(refusal.value)
    assert list(Party.objects.values_list("name", flat=True)) == ["Association de tableau"]
    page = client.get("/licences/").text
    assert all(str(LICENCES[licence].title) in page for licence in ("odbl-1.0", "cc-by-sa-4.0"))


def test_a_picture_of_people_without_their_agreement_is_kept_and_takes_no_free_licence(
    client: Client, steward: Client
) -> None:
    party = make_party()
    given: dict[str, Any] = {
        "alt": "Cinq personnes devant une halle",
        "people": "5",
        "author_name": "Photographe fictive",
        "rights_holder": "Association fictive",
        "source_address": "",
        "taken_on": "2024-06-01",
    }

    def send(licence: str) -> int:
        file = SimpleUploadedFile("photo.jpg", make_file(), "image/jpeg")
        return steward.post(
            f"/acteurs/{party.public_id}/images/nouvelle/", {**given, "file": file, "licence": licence}
        ).status_code

    assert {send(licence) for licence in FREE} == {400}
    assert not Picture.objects.exists()
    assert send(NOT_FOR_PUBLICATION) == 302
    kept = Picture.objects.get()
    assert given["alt"] not in client.get(f"/acteurs/{party.public_id}/").text
    assert client.get(f"/images/{kept.token}/").status_code in (302, 403, 404)
    for licence in FREE:
        answer = steward.post(f"/images/{kept.token}/", {"do": "licence", "licence": licence})
        assert answer.status_code == 400
    kept.refresh_from_db()
    assert kept.licence == NOT_FOR_PUBLICATION


@pytest.mark.parametrize(("late", "is_listed"), [(0, False), (1, True)])
def test_a_funded_study_one_day_late_is_on_the_list(
    client: Client, steward: Client, late: int, is_listed: bool
) -> None:
    due_on = timezone.localdate() - dt.timedelta(days=late)
    given = {
        "title": "Étude fictive",
        "kind": "study",
        "funder": "Région fictive",
        "producer": "Bureau fictif",
    }
    assert steward.post("/contenus-finances/nouveau/", {**given, "due_on": due_on}).status_code == 302
    assert ("Étude fictive" in client.get("/contenus-finances/?etat=late").text) is is_listed
    assert ("Étude fictive" in client.get("/contenus-finances.atom").text) is is_listed
