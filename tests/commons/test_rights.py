"""Pictures of people: a licence from the author is not enough."""

import datetime as dt

import pytest

from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION
from terreau.commons.rights import Release, may_publish_picture

DAY = dt.date(2026, 1, 5)
AGREED = Release(DAY)
PUBLIC = [code for code in LICENCES if code != NOT_FOR_PUBLICATION]


@pytest.mark.parametrize("licence", PUBLIC)
def test_recognisable_people_without_releases_cannot_take_a_free_licence(licence: str) -> None:
    verdict = may_publish_picture(licence, True, [])
    assert not verdict.allowed
    assert "ne peut pas recevoir une licence libre" in verdict.reason
    assert verdict.remedy.startswith("Gardez l’image hors publication")


@pytest.mark.parametrize("people", [0, 3])
def test_what_is_kept_is_not_shown_even_with_every_release(people: int) -> None:
    verdict = may_publish_picture(NOT_FOR_PUBLICATION, people, [AGREED] * people)
    assert not verdict.allowed
    assert "n’est pas montrée" in verdict.reason


@pytest.mark.parametrize("licence", PUBLIC)
@pytest.mark.parametrize("people", [0, 1, 3, 300])
def test_with_everyones_release_or_nobody_in_it(licence: str, people: int) -> None:
    assert may_publish_picture(licence, people, [AGREED] * people).allowed


def test_one_release_missing_of_three() -> None:
    assert not may_publish_picture("cc-by-4.0", 3, [AGREED, AGREED]).allowed


@pytest.mark.parametrize("narrow", [Release(DAY, any_reuse=False), Release(DAY, until=dt.date(2030, 1, 1))])
def test_a_release_with_an_end_or_for_some_uses_is_not_enough(narrow: Release) -> None:
    verdict = may_publish_picture("cc-by-sa-4.0", 2, [AGREED, narrow])
    assert not verdict.allowed
    assert "sans retour" in verdict.reason


@pytest.mark.parametrize("licence", ["", "maison"])
def test_no_licence_no_publication(licence: str) -> None:
    verdict = may_publish_picture(licence, 0)
    assert not verdict.allowed
    assert "rien n’est public sans licence" in verdict.reason
