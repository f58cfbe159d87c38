"""The house is checked: sizes, names, direction of foreign keys, writes in actions, and contracts that bite."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from terreau.loop import ROOMS, open_packages
from tests.conftest import LONG

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = [REPOSITORY / "src" / "terreau", REPOSITORY / "engines" / "src"]
MODULES = [
    path
    for root in SOURCES
    for path in root.rglob("*.py")
    if "migrations" not in path.parts and "node_modules" not in path.parts
]
GROUND = ("lake", "ui", "commons")


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 50


def test_the_files_that_start_first_exist() -> None:
    assert [name for name in LONG if not (REPOSITORY / "tests" / name).is_file()] == []


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(REPOSITORY)): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    import ast

    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > 60:
                    long[f"{path.relative_to(REPOSITORY)}:{node.name}"] = lines
    assert long == {}


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "helpers", "services", "misc", "common", "signals", "managers"}
    assert [path for path in MODULES if path.stem in drawers or drawers & set(path.parts)] == []


def test_no_django_signals() -> None:
    using = [
        path
        for path in MODULES
        if re.search(r"django\.(db\.models|dispatch|core)\.?signals?", path.read_text())
    ]
    assert using == []


def test_foreign_keys_point_back() -> None:
    order = [*GROUND, "commitments", *(room.name for room in ROOMS), "portal"]
    forward = []
    for room in (*GROUND, *open_packages()):
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if not field.is_relation or field.auto_created or target is None or isinstance(target, str):
                    continue
                label = target._meta.app_label
                if label in order and order.index(label) > order.index(room):
                    forward.append(f"{model.__name__}.{field.name} → {label}")
    assert forward == []


WRITES = re.compile(r"\.(save|delete|create|bulk_create|bulk_update|update_or_create|get_or_create|update)\(")


def test_pages_and_questions_write_nothing() -> None:
    """Writes are verbs of actions.py. Dictionaries have ``update`` too: only calls on querysets are meant."""
    writing = []
    for room in (*GROUND, *open_packages()):
        for path in (REPOSITORY / "src" / "terreau" / room).rglob("*.py"):
            place = path.relative_to(REPOSITORY / "src" / "terreau" / room).parts
            if place[0] not in {"queries", "queries.py", "web", "api", "api.py", "rules.py", "datasets.py"}:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if WRITES.search(line) and "objects" in line:
                    writing.append(f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}")
    assert writing == []


def test_every_public_action_takes_who_acts() -> None:
    """Actions take keywords only, and say on whose behalf they write."""
    import inspect
    from importlib import import_module

    wrong = []
    for room in ("commons", *open_packages()):
        module = import_module(f"terreau.{room}.actions")
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or name.startswith("_"):
                continue
            parameters = inspect.signature(function).parameters
            keyword_only = all(p.kind in {p.KEYWORD_ONLY, p.VAR_KEYWORD} for p in parameters.values())
            if not keyword_only or "by" not in parameters:
                wrong.append(f"{room}.actions.{name}{inspect.signature(function)}")
    assert wrong == []


VIOLATIONS = {
    "src/terreau/lake/stray_violation.py": "import terreau.commons.enums\n",
    "src/terreau/commons/stray_violation.py": "import terreau.observe.models\n",
    "src/terreau/observe/stray_helpers.py": "x = 1\n",
    "src/terreau/observe/stray_violation.py": "import terreau.deliberate.models\n",
    "src/terreau/deliberate/stray_helpers.py": "x = 1\n",
    "src/terreau/stray_package.py": "x = 1\n",
    "engines/src/terreau_engines/stray_violation.py": "import django.http\n",
    "src/terreau/observe/queries/stray_violation.py": "import terreau_engines\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_contract_bites(name: str, tmp_path: Path) -> None:
    """A copy of the house with one deliberate violation does not pass."""
    import shutil

    copy = tmp_path / "house"
    ignored = shutil.ignore_patterns("node_modules", "static", "__pycache__", "templates", "frontend")
    shutil.copytree(REPOSITORY / "src", copy / "src", ignore=ignored)
    shutil.copytree(REPOSITORY / "engines", copy / "engines", ignore=ignored)
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    assert _lint(copy).returncode == 0, "the house itself passes"
    (copy / name).write_text(VIOLATIONS[name])
    broken = _lint(copy)
    assert broken.returncode != 0
    assert "BROKEN" in broken.stdout or "not listed as layers" in broken.stdout + broken.stderr


def _lint(house: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command as c; c()"
    path = f"{house / 'src'}:{house / 'engines' / 'src'}"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=house,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
