"""A source whose licence cannot stand with the others' is refused before anything is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION
from terreau.commons.models import JournalEntry, Party, Site, Source
from terreau.observe.actions import harvest
from terreau.observe.models import Harvest, Reject, SourceRecord
from terreau.observe.sources.errors import SourceError
from tests.factories import make_source

from .conftest import declare

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db
FIELDS = {"name": "nom", "commune": "com"}
FILE = "id,nom,com\n1,Association fictive,37261\n"


def run_it(write: Write, licence: str, code: str = "essai", content: str = FILE) -> Harvest:
    return harvest(source=declare(FIELDS, code=code, licence=licence), path=write(content, f"{code}.csv"))


def everything() -> list[int]:
    tables = (Source, Harvest, SourceRecord, Party, Site, Reject, JournalEntry)
    return [table.objects.count() for table in tables]


@pytest.mark.parametrize(("first", "second"), [("odbl-1.0", "cc-by-sa-4.0"), ("cc-by-sa-4.0", "odbl-1.0")])
def test_cc_by_sa_and_odbl_are_refused_with_the_reason(
    region: None, write: Write, first: str, second: str
) -> None:
    run_it(write, first, "premiere")
    before = everything()
    with pytest.raises(SourceError) as refusal:
        run_it(write, second, "seconde")
    message = str(refusal.value)
    for code in (first, second):
        assert f"«\u00a0{LICENCES[code].title}\u00a0»" in message
    assert "Publiez-les à part" in message
    assert "La source «\u00a0Source d’essai\u00a0» est déjà lue" in message
    assert everything() == before


def test_what_is_not_for_publication_is_not_harvested(region: None, write: Write) -> None:
    before = everything()
    with pytest.raises(SourceError, match="Hors publication") as refusal:
        run_it(write, NOT_FOR_PUBLICATION, "gardee")
    assert "rien n’a été écrit" in str(refusal.value).lower()
    assert everything() == before


@pytest.mark.parametrize("licence", ["etalab-2.0", "cc-by-4.0", "mit", "crpa-l321-1", "cc0-1.0", "odbl-1.0"])
def test_the_others_stand_with_odbl(region: None, write: Write, licence: str) -> None:
    make_source("zones", licence="odbl-1.0")
    assert run_it(write, licence).added == 1


def test_figures_bring_in_the_sources_of_territories(region: None, write: Write) -> None:
    make_source("zones", title="Zonages", licence="odbl-1.0")
    with pytest.raises(SourceError, match="Zonages"):
        run_it(write, "cc-by-sa-4.0")


def test_a_source_that_changes_its_licence_keeps_its_former_data(region: None, write: Write) -> None:
    run_it(write, "odbl-1.0", "premiere")
    run_it(write, "etalab-2.0")
    with pytest.raises(SourceError, match="CC BY-SA"):
        run_it(write, "cc-by-sa-4.0", content=FILE + "2,Autre fictive,37261\n")
    assert Source.objects.get(code="essai").licence == "etalab-2.0"
    assert SourceRecord.objects.filter(source="essai").count() == 1
    failed = Harvest.objects.filter(source="essai").latest("pk")
    assert failed.status == Harvest.Status.FAILED
    assert "CC BY-SA" in failed.message


def test_a_source_may_change_its_own_licence(region: None, write: Write) -> None:
    run_it(write, "odbl-1.0")
    run_it(write, "cc-by-sa-4.0")
    assert Source.objects.get(code="essai").licence == "cc-by-sa-4.0"
