"""The build hook: what it writes, that it does nothing twice, what it says when npm reaches nothing."""

import gettext
import shutil
from pathlib import Path

import build_hook
import polib
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FRONTEND = REPOSITORY / "src" / "terreau" / "ui" / "frontend"
BUILT = REPOSITORY / "src" / "terreau" / "ui" / "static" / "ui" / "built"


def test_what_is_installed_was_built_from_the_present_sources() -> None:
    assert (BUILT / ".digest").read_text() == build_hook.frontend_digests(FRONTEND)[1], "run: make install"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources alone, as in a clean clone, with the packages already there as a link."""
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(FRONTEND, tmp_path / "src" / "frontend", ignore=ignored)
    return tmp_path / "src" / "frontend"


def test_a_change_is_built_and_an_unchanged_source_is_not(copy: Path, capfd) -> None:
    if not (FRONTEND / "node_modules").is_dir():
        pytest.skip("the front-end packages are not installed: make install")
    (copy / "node_modules").symlink_to(FRONTEND / "node_modules")
    built = copy.parent / "static" / "ui" / "built"
    build_hook.build_frontend(copy, built)
    assert {"site.css", "map.js", "maplibre-worker.js", "maplibre.css", "THIRD-PARTY.txt"} <= {
        path.name for path in built.iterdir()
    }
    (copy / "styles" / "essai.css").write_text(".classe-d-essai { color: red }")
    build_hook.build_frontend(copy, built)
    assert ".classe-d-essai" in (built / "site.css").read_text()
    capfd.readouterr()
    build_hook.build_frontend(copy, built)
    assert capfd.readouterr().err == ""


def test_without_a_registry_the_message_says_what_to_do(
    copy: Path, monkeypatch, tmp_path: Path, capfd
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "npm-cache"))
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    built = tmp_path / "built"
    with pytest.raises(SystemExit, match="NPM_CONFIG_REGISTRY"):
        build_hook.build_frontend(copy, built)
    assert not built.exists()
    assert "ECONNREFUSED" in capfd.readouterr().err


def test_translations_are_compiled_with_the_french_plural_rule(tmp_path: Path) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    catalogue.append(polib.POEntry(msgid="Bonjour", msgstr="Hello"))
    catalogue.append(
        polib.POEntry(
            msgid="%(n)s commune",
            msgid_plural="%(n)s communes",
            msgstr_plural={0: "%(n)s municipality", 1: "%(n)s municipalities"},
        )
    )
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save(str(folder / "django.po"))
    build_hook.compile_translations(tmp_path)
    english = gettext.translation("django", tmp_path, ["en"])
    assert english.gettext("Bonjour") == "Hello"
    assert english.ngettext("%(n)s commune", "%(n)s communes", 0) == "%(n)s municipalities"
    french = gettext.translation("django", tmp_path, ["fr"])
    assert french.gettext("Bonjour") == "Bonjour"
    assert french.ngettext("%(n)s commune", "%(n)s communes", 0) == "%(n)s commune"
    assert french.ngettext("%(n)s commune", "%(n)s communes", 2) == "%(n)s communes"
