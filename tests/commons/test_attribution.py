"""The sentence that credits sources."""

import datetime as dt
from random import Random

import pytest
from django.utils import translation

from terreau.commons.attribution import attribution
from terreau.commons.licences import IncompatibleLicences
from terreau.commons.models import Source


def _source(code: str, licence: str = "etalab-2.0", **values) -> Source:
    return Source(code=code, title=f"Liste {code}", publisher=f"Éditeur {code}", licence=licence, **values)


LIST = _source("a", vintage=dt.date(2024, 8, 1), precedence=10)
MAP = _source("b", "odbl-1.0", precedence=20)


def test_who_what_when_licence_site_and_changes() -> None:
    assert attribution([LIST, MAP], site="Terreau Essai", changes="doublons réunis").replace(
        "\u00a0", " "
    ) == (
        "Éditeur a, « Liste a », données du 1er août 2024, Licence Ouverte 2.0 "
        "(https://www.etalab.gouv.fr/licence-ouverte-open-licence/) ; "
        "Éditeur b, « Liste b », date non indiquée, ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/). "
        "Via Terreau Essai, sous ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/). "
        "Données modifiées : doublons réunis."
    )


def test_the_day_of_publication_only_when_it_is_given() -> None:
    assert "version" not in attribution([LIST])
    assert "version publiée le 5\u00a0janvier\u00a02026" in attribution([LIST], dt.date(2026, 1, 5))


def test_the_same_sources_give_the_same_sentence_in_any_order_and_language() -> None:
    sources = [_source(str(number), precedence=number % 3) for number in range(30)]
    expected = attribution(sources)
    Random(1).shuffle(sources)
    with translation.override("en"):
        assert attribution(sources) == expected


@pytest.mark.parametrize("number", [1, 3, 300])
def test_each_source_is_named_once(number: int) -> None:
    sentence = attribution([_source(f"{rank:03}") for rank in range(number)])
    assert [
        sentence.count(f"« Liste {rank:03} »".replace(" »", "\u00a0»").replace("« ", "«\u00a0"))
        for rank in range(number)
    ] == [1] * number


def test_nothing_to_credit() -> None:
    assert attribution([]) == ""


def test_what_cannot_stand_together_gets_no_sentence() -> None:
    with pytest.raises(IncompatibleLicences):
        attribution([MAP, _source("c", "cc-by-sa-4.0")])
