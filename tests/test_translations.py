"""Every sentence the public reads exists in English, and French keeps its typography."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import ngettext

REPOSITORY = Path(__file__).resolve().parent.parent
CATALOGUE = REPOSITORY / "locale" / "en" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def texts(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Pairs of French and English."""
    if entry.msgid_plural:
        return [
            (entry.msgid, entry.msgstr_plural.get(0, "")),
            (entry.msgid_plural, entry.msgstr_plural.get(1, "")),
        ]
    return [(entry.msgid, entry.msgstr)]


def test_every_sentence_has_an_english_translation(catalogue: polib.POFile) -> None:
    missing = [e.msgid for e in catalogue if e.fuzzy or not all(english.strip() for _, english in texts(e))]
    assert missing == []


def test_translations_keep_the_same_placeholders_and_tags(catalogue: polib.POFile) -> None:
    pattern = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z][^>]*>")
    different = [
        (french, english)
        for entry in catalogue
        for french, english in texts(entry)
        if english and sorted(pattern.findall(french)) != sorted(pattern.findall(english))
    ]
    assert different == []


def test_french_uses_its_own_spaces_and_apostrophes(catalogue: polib.POFile) -> None:
    """A no-break space before : ; ? ! % and inside « »; the apostrophe ’ (code between tags apart)."""
    wrong = []
    for entry in catalogue:
        for french, _ in texts(entry):
            plain = re.sub(r"<[^>]*>|https?://\S+|%\(\w+\)[sd]|%%", "", french)
            if re.search(r"\w[ ]?[;?!](?:\s|$)|[\w)»] :(?:\s|$)|\w:\s|« | »|\w'\w|\d %", plain):
                wrong.append(french)
    assert wrong == []


def test_the_french_plural_rule_counts_zero_as_singular(catalogue: polib.POFile) -> None:
    plural = next(entry for entry in catalogue if entry.msgid_plural and "%(" in entry.msgid)
    with translation.override("fr"):
        assert ngettext(plural.msgid, plural.msgid_plural, 0) == plural.msgid
        assert ngettext(plural.msgid, plural.msgid_plural, 2) == plural.msgid_plural


def test_the_catalogue_has_exactly_what_the_code_says(catalogue: polib.POFile, tmp_path: Path) -> None:
    """`make messages` in a copy of the sources finds nothing new and nothing gone."""
    for program in ("xgettext", "make"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} (GNU gettext and make)")
    ignored = shutil.ignore_patterns("node_modules", "built", "__pycache__")
    shutil.copytree(REPOSITORY / "src", tmp_path / "src", ignore=ignored)
    (tmp_path / "locale" / "en" / "LC_MESSAGES").mkdir(parents=True)
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    subprocess.run(
        ["make", "--silent", "messages", f"BIN={Path(sys.executable).parent}"], cwd=tmp_path, check=True
    )
    found = polib.pofile(str(tmp_path / "locale/en/LC_MESSAGES/django.po"))
    wanted = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in found}
    known = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}
    assert wanted - known == set(), "run: make messages, then translate"
    assert known - wanted == set(), "run: make messages"
