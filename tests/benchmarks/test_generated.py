"""What the benchmarks measure on is always the same, and looks like the official files."""

from pathlib import Path

import polars as pl
from benchmarks.organisations import COLUMNS as PARTY_COLUMNS
from benchmarks.organisations import organisations
from benchmarks.sirene import COLUMNS, write_establishments
from hypothesis import given
from hypothesis import strategies as st


def luhn(number: str) -> int:
    """Written another way than the generator's."""
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(number))]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10


def test_establishments(tmp_path: Path) -> None:
    write_establishments(tmp_path / "a.csv", 2_000)
    write_establishments(tmp_path / "b.csv", 2_000)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    rows = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    assert (rows.width, rows.height) == (53, 2_000)
    assert tuple(rows.columns) == COLUMNS
    assert rows["siret"].n_unique() == 2_000
    for siren, nic, siret in rows.select("siren", "nic", "siret").iter_rows():
        assert siren + nic == siret
        assert luhn(siren) == luhn(siret) == 0


@given(number=st.integers(0, 40))
def test_organisations(number: int) -> None:
    rows = list(organisations(number))
    assert rows == list(organisations(number))
    for column in ("identity", "public_id", "siren"):
        assert len({row[PARTY_COLUMNS.index(column)] for row in rows}) == number
