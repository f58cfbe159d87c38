"""The register as open data: what is in it, what is not, and that a mask reaches what was published before."""

import csv
import datetime as dt
import io
from decimal import Decimal

import polars as pl
import pytest

from terreau.commitments.actions import keep, record_fulfilment, withdraw_fulfilment
from terreau.commitments.actions.writing import PUBLISHED
from terreau.commitments.datasets import DATASETS, read_engagements, read_realisations
from terreau.commons.actions.publishing import publish_datasets
from terreau.commons.enums import Diffusion
from terreau.lake.publishing import manifest, published_file
from terreau.lake.versions import parquet_of, versions_of
from terreau.observe.models import Merge
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 1, 1)


@pytest.fixture(autouse=True)
def data(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path


def row() -> dict:
    (only,) = read_engagements().frame.to_dicts()
    return only


def test_a_change_publishes_the_two_datasets_that_it_changes() -> None:
    assert {one.name for one in DATASETS} == set(PUBLISHED)


def test_one_promise_in_full() -> None:
    keeper, owner = make_keeper(), make_party("Atelier fictif")
    place = make_place("99001", name="Fictive")
    promise = make_commitment(
        keeper, owner=owner, owner_name="", beneficiary_name="Les habitants", place=place, unit="logements",
        baseline=10, target=50, items=[make_item("9"), make_item("2.1")],
    )  # fmt: skip
    assert row()["actual"] is None, "not measured is not zero"
    record_fulfilment(commitment=promise, on=DAY, words="Dix de plus", amount=Decimal("10.5"), by=keeper)
    wrong = record_fulfilment(commitment=promise, on=DAY, words="Erreur", amount=Decimal(7), by=keeper)
    withdraw_fulfilment(fulfilment=wrong, reason="Compté deux fois", by=keeper)
    found = row()
    assert (found["baseline"], found["target"], found["actual"]) == (10.0, 50.0, 20.5)
    assert (found["owner"], found["owner_public_id"]) == ("Atelier fictif", owner.public_id)
    assert (found["beneficiary"], found["beneficiary_public_id"]) == ("Les habitants", None)
    assert (found["zoning"], found["place_code"], found["place"]) == ("commune", "99001", "Fictive")
    assert (found["items"], found["state"]) == ("essai:2.1|essai:9", "open")
    steps = {one["words"]: one for one in read_realisations().frame.to_dicts()}
    assert steps["Dix de plus"]["amount"] == 10.5 and steps["Dix de plus"]["unit"] == "logements"
    assert steps["Erreur"]["withdrawn_because"] == "Compté deux fois"


def test_drafts_and_demonstrations_are_left_out() -> None:
    keeper = make_keeper()
    make_draft(keeper)
    shown = make_commitment(keeper, is_demonstration=True)
    record_fulfilment(commitment=shown, on=DAY, words="Fait.", by=keeper)
    assert read_engagements().frame.is_empty() and read_realisations().frame.is_empty()


def test_questions_do_not_grow_with_the_register(django_assert_num_queries) -> None:
    keeper = make_keeper()
    for _ in range(3):
        make_commitment(keeper, owner=make_party(), owner_name="", items=[make_item()])
    with django_assert_num_queries(6):
        read_engagements()


def test_files_are_written_once_a_change_is_certain_and_stay_while_nothing_changes(
    django_capture_on_commit_callbacks,
) -> None:
    keeper = make_keeper()
    with django_capture_on_commit_callbacks(execute=True):
        promise = make_commitment(keeper)
    first = manifest("engagements")
    assert first["rows"] == 1 and first["licence"] == "etalab-2.0"
    assert "Registre des engagements" in first["attribution"]
    publish_datasets(by=None)
    assert manifest("engagements") == first
    assert versions_of("engagements")[0].number == 1
    with django_capture_on_commit_callbacks(execute=True):
        keep(commitment=promise, result="Fait.", result_url="https://exemple.invalid/", by=keeper)
    assert versions_of("engagements")[0].number == 2
    assert pl.read_parquet(published_file("engagements", "parquet"))["state"].to_list() == ["kept"]


def test_a_spreadsheet_runs_nothing() -> None:
    make_commitment(title="=HYPERLINK(1)", details="Suite;@SUM(1)")
    publish_datasets(names=PUBLISHED, by=None)
    (line,) = csv.DictReader(io.StringIO(published_file("engagements", "csv").read_text()))
    assert line["title"] == "'=HYPERLINK(1)" and line["details"] == "Suite;'@SUM(1)"


def test_a_mask_reaches_what_was_published_before() -> None:
    keeper, secret = make_keeper(), make_party("Zinzoline", identity="siren:990001232")
    made = make_commitment(keeper, owner=secret, owner_name="", beneficiary=make_party("Visible"))
    former = make_party("Zinzoline ancienne", identity="local:a:1")
    other = make_commitment(keeper, owner=former, owner_name="")
    publish_datasets(names=PUBLISHED, by=None)
    make_commitment(keeper, title="Autre")
    publish_datasets(names=PUBLISHED, by=None)
    Merge.objects.create(
        kept_identity=secret.identity, gone_identity=former.identity, gone_public_id=former.public_id,
        basis="review",
    )  # fmt: skip
    former.delete()
    secret.diffusion = Diffusion.MASKED
    secret.save()
    publish_datasets(names=PUBLISHED, by=None)
    newest, *older = versions_of("engagements")
    assert len(older) == 2
    for version in (newest, *older):
        frame = pl.read_parquet(parquet_of("engagements", version))
        text = frame.write_json()
        assert "Zinzoline" not in text and secret.public_id not in text and former.public_id not in text
        rows = {one["token"]: one for one in frame.to_dicts()}
        assert rows[made.token]["beneficiary"] == "Visible" and rows[other.token]["title"]
