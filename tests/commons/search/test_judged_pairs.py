"""The judged list: pairs of a query and a document that a French reader would, or would not, put together."""

import csv
from pathlib import Path

import pytest

from terreau.commons.models import Party
from terreau.commons.search.fold import party_search_text
from terreau.commons.search.index import matching

LIST = Path(__file__).parent / "judged_pairs.csv"
PAIRS = list(csv.DictReader(LIST.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("alias", ["default", "postgres"])
@pytest.mark.django_db(databases=["default", "postgres"])
def test_at_least_95_percent_found_and_no_false_hit(postgres: str, alias: str) -> None:
    parties = Party.objects.using(alias)
    for number, pair in enumerate(PAIRS):
        parties.create(
            identity=f"local:{number}",
            public_id=str(number),
            name=pair["document"],
            search_text=party_search_text(pair["document"]),
        )
    hit = [
        matching(parties.filter(identity=f"local:{number}"), pair["query"]).exists()
        for number, pair in enumerate(PAIRS)
    ]
    wanted = [pair["match"] == "yes" for pair in PAIRS]
    missed = [pair for pair, w, h in zip(PAIRS, wanted, hit, strict=True) if w and not h]
    false_hits = [pair for pair, w, h in zip(PAIRS, wanted, hit, strict=True) if h and not w]
    assert sum(wanted) >= 60
    assert len(PAIRS) - sum(wanted) >= 20
    assert not false_hits
    assert len(missed) <= 0.05 * sum(wanted), missed
