"""What holds whatever the records: no order matters, no SIREN is contradicted, bounds nest."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau_engines.linkage import find_links

ROWS = st.lists(
    st.tuples(
        st.sampled_from(
            ["FALEP", "Fédération des œuvres", "ASS OEUVRES FEDER", "Recyclerie", "La recyclerie", ""]
        ),
        st.sampled_from([None, None, "111111111", "222222222"]),
        st.sampled_from(["18", "45", None]),
    ),
    min_size=2,
    max_size=8,
)


def frame(rows: list[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    empty = pl.lit(None, dtype=pl.String)
    table = pl.DataFrame(
        rows, schema={"name": pl.String, "siren": pl.String, "departement": pl.String}, orient="row"
    )
    return table.with_row_index().select(
        pl.col("index").cast(pl.String).alias("id"), "name", "siren", "departement",
        *(empty.alias(name) for name in ("acronym", "rna", "commune", "post_code")),
        *(empty.cast(pl.Float64).alias(name) for name in ("lon", "lat")),
    )  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(ROWS, st.randoms())
def test_order_of_rows_and_contradicted_siren(rows, random) -> None:  # type: ignore[no-untyped-def]
    table = frame(rows)
    order = list(range(table.height))
    random.shuffle(order)
    once = find_links(table, link_at=0.9, review_at=0.001)
    again = find_links(table[order], link_at=0.9, review_at=0.001)
    assert once.value.equals(again.value)
    assert once.input_digest == again.input_digest
    siren = dict(zip(table["id"], table["siren"], strict=True))
    for a, b in once.value.select("a", "b").iter_rows():
        assert siren[a] is None or siren[b] is None or siren[a] == siren[b]
