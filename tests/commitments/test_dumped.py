"""The register leaves and comes back: promises, steps, history. Drafts, accounts and who is masked stay."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from terreau.commitments.actions import name_owner, record_fulfilment, renegotiate
from terreau.commitments.models import Change, Commitment, Fulfilment
from terreau.commons.enums import Diffusion
from terreau.lake.dump import DumpError, insert_content, read_dump, write_dump
from terreau.observe.models import Merge
from tests.factories import make_party
from tests.factories.commitments import make_commitment, make_draft, make_keeper
from tests.lake.dump.made import contents, empty, every_byte, replace

pytestmark = pytest.mark.django_db


def commitments_of(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "commitments.parquet")


def test_a_chain_of_renegotiations_comes_back_whatever_the_order_of_tokens(tmp_path) -> None:
    keeper = make_keeper()
    first = make_commitment(keeper, title="Première")
    for year in range(2031, 2036):
        last = Commitment.objects.get(successor=None)
        renegotiate(commitment=last, reason="Encore", due_on=dt.date(year, 1, 1), by=keeper)
    before = dict(Commitment.objects.values_list("token", "successor__token"))
    write_dump(tmp_path / "a")
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert dict(Commitment.objects.values_list("token", "successor__token")) == before
    assert len(before) == 6
    assert Change.objects.filter(commitment__token=first.token).count() == 2
    assert make_commitment(keeper).pk > 6, "the database counts on after the keys that came"
    Commitment.objects.order_by("-pk").first().changes.all().delete()
    Commitment.objects.order_by("-pk").first().delete()
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_amounts_are_exact(tmp_path) -> None:
    keeper = make_keeper()
    target = Decimal("999999999999.999")
    promise = make_commitment(keeper, unit="euros", baseline=Decimal("0.001"), target=target)
    record_fulfilment(
        commitment=promise, on=dt.date(2025, 1, 1), words="Fait.", amount=Decimal("-0.001"), by=keeper
    )
    manifest = write_dump(tmp_path / "a")
    (about,) = [one for one in manifest["tables"] if one["name"] == "commitments"]
    assert about["columns"]["target"] == "decimal"
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert Commitment.objects.get().target == target
    assert Fulfilment.objects.get().amount == Decimal("-0.001")


def test_drafts_and_accounts_stay(tmp_path) -> None:
    keeper = make_keeper()
    make_draft(keeper, title="Promesse secrète")
    write_dump(tmp_path / "a")
    assert commitments_of(tmp_path / "a").is_empty()
    promise = make_commitment(keeper)
    record_fulfilment(commitment=promise, on=dt.date(2025, 1, 1), words="Fait.", by=keeper)
    write_dump(tmp_path / "b")
    empty()
    insert_content(read_dump(tmp_path / "b"))
    assert Commitment.objects.get().created_by is None
    assert Fulfilment.objects.get().recorded_by is None
    assert {change.by for change in Change.objects.all()} == {None}


def test_who_is_masked_is_nowhere_in_the_register(tmp_path) -> None:
    keeper = make_keeper()
    secret = make_party("Zinzoline", identity="siren:990001232")
    other = make_party("Visible", identity="siren:990001240")
    promise = make_commitment(keeper, owner=secret, owner_name="", beneficiary=other)
    taken = make_commitment(keeper, owner=secret, owner_name="")
    name_owner(commitment=taken, owner=other, reason="Reprise", by=keeper)
    write_dump(tmp_path / "open")
    told = [
        json.loads(line)
        for line in (tmp_path / "open/commitment_changes.jsonl").read_text().split("\n")
        if line
    ]
    assert secret.identity in [one["before"].get("owner") for one in told], "nothing to hide"
    secret.diffusion = Diffusion.MASKED
    secret.save()
    write_dump(tmp_path / "masked")
    whole = every_byte(tmp_path / "masked") + commitments_of(tmp_path / "masked").write_csv().encode()
    assert b"990001232" not in whole and b"Zinzoline" not in whole
    rows = {row["token"]: row for row in commitments_of(tmp_path / "masked").to_dicts()}
    assert (rows[promise.token]["owner"], rows[promise.token]["owner_identity"]) == (None, "")
    assert rows[promise.token]["beneficiary"] == rows[promise.token]["beneficiary_identity"] == other.identity
    empty()
    insert_content(read_dump(tmp_path / "masked"))
    write_dump(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "masked")


def test_who_was_merged_into_a_masked_one_is_not_told(tmp_path) -> None:
    """Its row is gone; its identity stays in the promise, and does not leave. That of one that is away leaves."""
    secret, gone = make_party("Zinzoline", diffusion=Diffusion.MASKED), make_party(identity="siren:990001232")
    make_commitment(owner=gone, owner_name="")
    gone.delete()
    write_dump(tmp_path / "away")
    assert commitments_of(tmp_path / "away")["owner_identity"].to_list() == [gone.identity]
    Merge.objects.create(
        gone_identity=gone.identity,
        kept_identity=secret.identity,
        gone_public_id=gone.public_id,
        basis="review",
    )
    write_dump(tmp_path / "merged")
    assert commitments_of(tmp_path / "merged")["owner_identity"].to_list() == [""]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "draft"),
        ("basis_url", "javascript:alert(1)"),
        ("token", "../x"),
        ("successor", "nullepart2"),
    ],
)
def test_a_dump_that_lies_is_refused(tmp_path, column, value) -> None:
    make_commitment()
    write_dump(tmp_path / "a")
    frame = commitments_of(tmp_path / "a").with_columns(pl.lit(value, pl.String).alias(column))
    frame.write_parquet(tmp_path / "new")
    replace(tmp_path / "a", "commitments.parquet", (tmp_path / "new").read_bytes())
    empty()
    with pytest.raises(DumpError, match="commitments"):
        insert_content(read_dump(tmp_path / "a"))
    assert not Commitment.objects.exists()
