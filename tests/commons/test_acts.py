"""Whether an act is public is decided, verb by verb, in ``commons/acts.py``."""

import ast
from pathlib import Path

from terreau.commons.acts import PRIVATE_ACTS, PUBLIC_ACTS

SOURCES = Path(__file__).resolve().parents[2] / "src" / "terreau"
MODULES = [path for path in SOURCES.rglob("*.py") if "migrations" not in path.parts]
# The others are how some rooms call the first.
WRITERS = {
    "write_journal",
    "write_change",
    "record_act",
    "_record",
    "_change",
    "_journal",
}


def written_verbs() -> set[str]:
    """The verbs that calls of ``write_journal`` name by a plain string, or by the name of a constant beside them."""
    found = set()
    for path in MODULES:
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                given = [keyword.value for keyword in node.keywords if keyword.arg == "verb"] or node.args[:2]
                for verb in given:
                    if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                        found.add(verb.value)
                    elif isinstance(verb, ast.Name) and verb.id in constants:
                        found.add(constants[verb.id])
    return found


def test_every_verb_is_public_or_private() -> None:
    verbs = written_verbs()
    assert {"harvest", "publish-dataset", "grant-role", "accept-correction"} <= verbs
    assert verbs - set(PUBLIC_ACTS) - set(PRIVATE_ACTS) == set(), "decide in commons/acts.py"
    assert set(PUBLIC_ACTS) & set(PRIVATE_ACTS) == set()


def test_every_verb_named_is_written_somewhere() -> None:
    text = "\n".join(path.read_text() for path in MODULES if path.name != "acts.py")
    assert [verb for verb in {**PUBLIC_ACTS, **PRIVATE_ACTS} if f'"{verb}"' not in text] == []
