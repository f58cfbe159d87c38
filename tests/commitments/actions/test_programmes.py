"""A programme comes from a file: loaded once, changed, withdrawn; what is wrong in it is said with its line."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from terreau.commitments.actions import load_programme
from terreau.commitments.actions.programme_files import NotAProgramme
from terreau.commitments.enums import Modal
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.models import JournalEntry
from tests.factories.commitments import make_commitment

pytestmark = pytest.mark.django_db

SHIPPED = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
GUIDE = Path(settings.SHIPPED_DATA).parent / "docs" / "guides" / "programmes.md"
HEAD = """slug = "strategie"
title = "Stratégie fictive"
author = "Région de Fiction"
licence = "etalab-2.0"
rights_holder = "Région de Fiction"
"""
ITEM = """
[[item]]
code = "{0}"
title = "Point {0}"
"""


def load(text: str):
    return load_programme(content=text.encode(), by=None)


def problems(text: str) -> str:
    with pytest.raises(NotAProgramme) as caught:
        load(text)
    assert not Programme.objects.exists()
    return str(caught.value).replace("\u00a0", " ")


def test_the_thirteen_propositions_keep_must_and_could_in_two_languages() -> None:
    load_programme(content=SHIPPED.read_bytes(), by=None)
    items = list(ProgrammeItem.objects.filter(programme__slug="treize-propositions"))
    assert [item.code for item in items] == [str(number) for number in range(1, 14)]
    modals = {modal: {item.code for item in items if item.modal == modal} for modal in Modal.values}
    assert modals[Modal.COULD] == {"12", "13"}
    assert modals[Modal.BOTH] == {"6", "8", "11"}
    assert modals[Modal.UNSAID] == set()
    assert [sum(item.part == part for item in items) for part in dict.fromkeys(i.part for i in items)] == [
        4,
        4,
        5,
    ]
    assert all(set(item.translations["en"]) == {"part", "title", "aim"} for item in items)
    assert Programme.objects.get().is_main


def test_the_same_file_again_changes_nothing_and_writes_no_act() -> None:
    load_programme(content=SHIPPED.read_bytes(), by=None)
    again = load_programme(content=SHIPPED.read_bytes(), by=None)
    assert (again.added, again.changed, again.withdrawn, again.is_changed) == (0, 0, 0, False)
    assert JournalEntry.objects.filter(verb="load-programme").count() == 1


def test_another_version_adds_changes_withdraws_and_brings_back() -> None:
    load(HEAD + ITEM.format("1") + ITEM.format("2"))
    served = ProgrammeItem.objects.get(code="2")
    promise = make_commitment(items=[served])
    second = load(HEAD + ITEM.format("1").replace("Point 1", "Point un") + ITEM.format("3"))
    assert (second.added, second.changed, second.withdrawn) == (1, 1, 1)
    served.refresh_from_db()
    assert served.is_withdrawn and list(promise.items.all()) == [served]
    third = load(HEAD + ITEM.format("1").replace("Point 1", "Point un") + ITEM.format("2") + ITEM.format("3"))
    served.refresh_from_db()
    assert not served.is_withdrawn and third.added == third.withdrawn == 0
    assert [item.code for item in ProgrammeItem.objects.order_by("rank")] == ["1", "2", "3"]


def test_the_order_of_the_file_is_the_order_of_the_page() -> None:
    load(HEAD + ITEM.format("1") + ITEM.format("2"))
    load(HEAD + ITEM.format("2") + ITEM.format("1"))
    assert list(ProgrammeItem.objects.values_list("code", flat=True)) == ["2", "1"]


def test_the_example_of_the_guide_loads() -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.S)[1]
    loaded = load(example)
    assert loaded.added >= 3 and not loaded.programme.is_main
    assert {item.kind for item in loaded.programme.items.all()} == {"axis", "measure"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + ITEM.format("1") + 'modal = "devrait"\n', "ligne 10, point n° 1, « modal » : « devrait »"),
        (HEAD + ITEM.format("1") + ITEM.format("1"), "ligne 12, point n° 2, « code » : le point n° 1 porte déjà"),
        (HEAD + '\n[[item]]\ncode = "1"\n', "ligne 7, point n° 1, « title » : il manque"),
        (HEAD.replace("etalab-2.0", "libre") + ITEM.format("1"), "ligne 4, « licence » : « libre » n’est pas connu"),
        (HEAD.replace("etalab-2.0", "not-for-publication") + ITEM.format("1"), "ligne 4, « licence »"),
        (HEAD, "au moins un point"),
        ("slug = strategie", "pas du TOML"),
        (HEAD + 'titel = "x"\n' + ITEM.format("1"), "Vouliez-vous dire « title »"),
        (HEAD + "adopted_on = 2015\n" + ITEM.format("1"), "ligne 6, « adopted_on » : écrivez une date"),
        (HEAD + "\n[[item]]\ncode = 2.10\ntitle = 'x'\n", "ligne 8, point n° 1, « code » : écrivez un texte"),
        (HEAD + ITEM.format("../x"), "« code » : des lettres et des chiffres"),
        (HEAD + 'url = "javascript:alert(1)"\n' + ITEM.format("1"), "ligne 6, « url »"),
        (HEAD + 'item = "1"\n', "[[item]]"),
        (HEAD + ITEM.format("1") + 'en = "x"\n', "« en » : écrivez en.title"),
        (HEAD + ITEM.format("1") + f'title2 = "x"\naim = "{"x" * 2001}"\n', "« aim »"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_loaded(text: str, said: str) -> None:
    assert said.replace("\u00a0", " ") in problems(text)


def test_every_problem_is_said_at_once() -> None:
    assert len(problems(HEAD.replace("etalab-2.0", "libre") + '\n[[item]]\nmodal = "x"\n').splitlines()) == 4


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    assert "10.0 Mo" in problems("# " + "x" * 10_000_000)


def test_a_file_that_is_not_text_is_refused() -> None:
    with pytest.raises(NotAProgramme, match="ligne 2"):
        load_programme(content=b'slug = "a"\n\xff\xfe', by=None)
