"""What the documents say is true: links lead somewhere, commands exist, tables match the code."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from terreau.loop import ROOMS
from terreau.portal import documents
from terreau.portal.cli import main
from terreau.portal.propositions import PROPOSITIONS

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("data/**/*.md")]
)
NAMES = [str(path.relative_to(REPOSITORY)) for path in DOCUMENTS]


def _commands() -> list[tuple[str, str]]:
    """Each line of a ``sh`` block of a document."""
    found = []
    for path in DOCUMENTS:
        for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.S):
            joined = block.replace("\\\n", " ")
            lines = (line.split("#")[0].strip() for line in joined.splitlines())
            found += [(str(path.relative_to(REPOSITORY)), line) for line in lines if line]
    return found


def test_there_are_documents_and_commands() -> None:
    assert {"README.md", "LISEZMOI.md", "ARCHITECTURE.md"} <= set(NAMES)
    assert len(_commands()) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    document = REPOSITORY / name
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (document.parent / target).exists()] == []


def _check_terreau(words: list[str]) -> str | None:
    """Why ``terreau WORDS`` could not be typed, or None."""
    if not words or words[0] == "--help":
        return None
    command = main.get_command(click.Context(main), words[0])
    if command is None:
        return f"terreau has no command {words[0]}"
    if isinstance(command, click.Group) and len(words) > 1 and not words[1].startswith("--"):
        inside = command.get_command(click.Context(command), words[1])
        if inside is None:
            return f"terreau {words[0]} has no command {words[1]}"
        command, words = inside, words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = [
        w.split("=")[0] for w in words[1:] if w.startswith("--") and w.split("=")[0] not in known | {"--help"}
    ]
    return f"terreau {words[0]} has no option {unknown}" if unknown else None


@pytest.mark.parametrize(("document", "command"), _commands())
def test_each_command_exists(document: str, command: str) -> None:
    settings = re.findall(r"\b(TERREAU_[A-Z_]+|DATABASE_URL)=", command)
    known = (REPOSITORY / "src" / "terreau" / "portal" / "settings.py").read_text()
    assert [name for name in settings if f'"{name}"' not in known] == []
    words = [word for word in command.split() if not re.match(r"^[A-Z_]+=", word)]
    if not words:
        return
    if words[0] == "make":
        targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.M))
        assert [w for w in words[1:] if "=" not in w and w not in targets] == []
    elif words[0] in {"terreau", ".venv/bin/terreau"}:
        assert _check_terreau(words[1:]) is None
    elif words[0] in {"terreau-engines", ".venv/bin/terreau-engines"}:
        program = REPOSITORY / ".venv" / "bin" / "terreau-engines"
        if not program.exists():
            pytest.skip("the engines' command is not installed in .venv")
        answer = subprocess.run([program, words[1], "--help"], capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr


def test_both_readmes_and_the_home_page_tell_the_same_propositions() -> None:
    tables = [
        re.findall(r"^\| (P\d+) \|[^|]*\| ([^|]*)\| ([^|]*)\|", (REPOSITORY / name).read_text(), re.M)
        for name in ("README.md", "LISEZMOI.md")
    ]
    assert [row[0] for row in tables[0]] == [f"P{number}" for number in range(1, 14)]
    for english, french in zip(*tables, strict=True):
        assert english[0] == french[0]
        works = bool(PROPOSITIONS[int(english[0][1:]) - 1].works)
        assert (bool(english[1].strip()), bool(french[1].strip())) == (works, works), english[0]


def test_the_picture_of_the_loop_names_every_room() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    lisezmoi = (REPOSITORY / "LISEZMOI.md").read_text()
    for room in ROOMS:
        assert room.name.upper() in readme
        assert room.title.upper() in lisezmoi
        assert f"**{room.name.upper()}**" in readme or not room.is_open


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("datasets.md", documents.datasets_page),
        ("permissions.md", documents.permissions_page),
        ("commands.md", lambda: documents.commands_page(main.commands)),
    ],
)
def test_reference_pages_are_fresh(name: str, write: Callable[[], str]) -> None:
    assert (REPOSITORY / "docs" / "reference" / name).read_text() == write(), "run: make docs"


def test_every_dependency_has_its_reason() -> None:
    lines = (REPOSITORY / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if re.match(r'^    "[a-z]', line) and "#" not in line]
    listed = [line for line in dependencies if re.search(r"[a-z]([>=<\[]|\",$)", line)]
    reasonless = [line for line in listed if re.search(r">=", line)]
    assert reasonless == []


def test_no_registry_is_named() -> None:
    hosts = re.compile("(py" + "pi|python" + "hosted|npm" + r"js|deb\.deb" + r"ian)\.(org|com)")
    files = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    naming = []
    for name in files.stdout.splitlines():
        path = REPOSITORY / name
        if (
            path.is_file()
            and path.suffix not in {".parquet", ".gz", ".png"}
            and hosts.search(path.read_text("utf8", "replace"))
        ):
            naming.append(name)
    assert naming == []
