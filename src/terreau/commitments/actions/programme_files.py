"""A programme as a file (TOML), read and checked whole: every problem says its line, its field and what to write.

The form is in ``docs/guides/programmes.md``.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from terreau.commitments.enums import ItemKind, Modal
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION

MOST_BYTES = 1_000_000
MOST_ITEMS = 1_000
MOST_PROBLEMS = 20
PROGRAMME_FIELDS = (
    "slug",
    "title",
    "author",
    "adopted_on",
    "presentation",
    "url",
    "licence",
    "rights_holder",
    "is_main",
)
ITEM_FIELDS = ("code", "kind", "part", "title", "aim", "modal")
REQUIRED = {
    Programme: ("slug", "title", "author", "licence", "rights_holder"),
    ProgrammeItem: ("code", "title"),
}
TRANSLATED = {Programme: ("title", "author", "presentation"), ProgrammeItem: ("part", "title", "aim")}
_CODE = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


class NotAProgramme(ValueError):
    """The file cannot be loaded: the message holds one line for each problem."""


@dataclass
class ProgrammeFile:
    """``values``: fields of a Programme; ``items``: fields of each of its items, in order."""

    values: dict[str, Any]
    items: list[dict[str, Any]]


@dataclass
class _Reading:
    """The text, for the lines that problems name, and the problems."""

    text: str
    problems: list[str] = field(default_factory=list)

    def say(self, what: str, *, item: int | None = None, name: str = "") -> None:
        where = [_("ligne %(line)s") % {"line": self._line(item, name)}]
        if item is not None:
            where.append(_("point n° %(number)s") % {"number": item + 1})
        if name:
            where.append(f"« {name} »")
        self.problems.append(f"{', '.join(where)} : {what}")

    def _line(self, item: int | None, name: str) -> int:
        """Of the field; of the head of its table when the field is missing."""
        lines = self.text.splitlines()
        heads = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*item\s*\]\]", line)]
        start, end = 0, heads[0] if heads else len(lines)
        if item is not None and item < len(heads):
            start, end = heads[item], heads[item + 1] if item + 1 < len(heads) else len(lines)
        written = re.compile(rf"\s*{re.escape(name)}\s*[.=]") if name else None
        found = (n for n in range(start, end) if written and written.match(lines[n]))
        return next(found, start) + 1


def read_programme(content: bytes) -> ProgrammeFile:
    """Raises NotAProgramme."""
    reading, given = _parse(content)
    items = given.pop("item", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        reading.say(_("écrivez chaque point sous une ligne [[item]]."), name="item")
        items = []
    elif not items:
        reading.say(_("un programme a au moins un point, sous une ligne [[item]]."))
    elif len(items) > MOST_ITEMS:
        raise NotAProgramme(_("Plus de %(most)s points : c’est trop.") % {"most": MOST_ITEMS})
    file = ProgrammeFile(
        _values(reading, Programme, given, PROGRAMME_FIELDS, None),
        [
            _values(reading, ProgrammeItem, item, ITEM_FIELDS, number) | {"rank": number + 1}
            for number, item in enumerate(items)
        ],
    )
    _check_codes(reading, file.items)
    if reading.problems:
        shown = reading.problems[:MOST_PROBLEMS]
        if len(reading.problems) > len(shown):
            shown.append(_("et %(n)s autres problèmes") % {"n": len(reading.problems) - len(shown)})
        raise NotAProgramme("\n".join(shown))
    return file


def _parse(content: bytes) -> tuple[_Reading, dict[str, Any]]:
    if len(content) > MOST_BYTES:
        raise NotAProgramme(
            _("Ce fichier pèse %(size)s Mo ; un programme en pèse moins d’un.")
            % {"size": f"{len(content) / 1e6:.1f}"}
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotAProgramme(
            _("ligne %(line)s : ce fichier n’est pas en UTF-8. Enregistrez-le en UTF-8.") % {"line": line}
        ) from error
    try:
        return _Reading(text), tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotAProgramme(_("Ce fichier n’est pas du TOML : %(why)s") % {"why": error}) from error


def _values(
    reading: _Reading,
    model: type[Programme] | type[ProgrammeItem],
    given: dict[str, Any],
    fields: tuple[str, ...],
    item: int | None,
) -> dict[str, Any]:
    """What a row holds; a field that the file leaves out takes the model's default."""
    languages = [code for code, _title in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    values = {name: _field(model, name).get_default() for name in fields}
    values["translations"] = {}
    for name, value in given.items():
        if name in fields:
            kind = {"adopted_on": dt.date, "is_main": bool}.get(name, str)
            if type(value) is kind:
                values[name] = value.strip() if isinstance(value, str) else value
            else:
                reading.say(_expected(kind), item=item, name=name)
                values.pop(name)
        elif name in languages:
            values["translations"][name] = _translation(reading, model, name, value, item)
        else:
            near = get_close_matches(name, fields, 1)
            hint = _(" Vouliez-vous dire « %(near)s » ?") % {"near": near[0]} if near else ""
            reading.say(_("ce champ n’existe pas.") + hint, item=item, name=name)
    for name, what in _problems(model, values, given):
        reading.say(what, item=item, name=name)
    return values


def _field(model: type[Programme] | type[ProgrammeItem], name: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.fields if field.name == name)


def _too_long(words: str, most: int) -> str:
    return _("%(length)s caractères ; %(most)s au plus.") % {"length": len(words), "most": most}


def _expected(kind: type) -> str:
    if kind is dt.date:
        return _("écrivez une date sans guillemets, comme 2015-11-30.")
    if kind is bool:
        return _("écrivez true ou false, sans guillemets.")
    return _("écrivez un texte entre guillemets.")


def _translation(
    reading: _Reading,
    model: type[Programme] | type[ProgrammeItem],
    language: str,
    value: Any,
    item: int | None,
) -> dict[str, str]:
    known = TRANSLATED[model]
    if not isinstance(value, dict) or not all(isinstance(words, str) for words in value.values()):
        example = f'{language}.title = "…"'
        reading.say(_("écrivez %(example)s.") % {"example": example}, item=item, name=language)
        return {}
    for name, words in value.items():
        most = _field(model, name).max_length if name in known else None
        if most is None:
            reading.say(_("ce champ ne se traduit pas."), item=item, name=f"{language}.{name}")
        elif len(words) > most:
            reading.say(_too_long(words, most), item=item, name=f"{language}.{name}")
    return {name: words.strip() for name, words in value.items()}


def _problems(
    model: type[Programme] | type[ProgrammeItem], values: dict[str, Any], given: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    missing = {name for name in REQUIRED[model] if name in values and not values[name]}
    for name in sorted(missing):
        yield name, _("il manque.")
    choices: dict[str, dict[str, Any]] = {
        "modal": {value: label for value, label in Modal.choices if value},
        "kind": dict(ItemKind.choices),
        "licence": {code: one.title for code, one in LICENCES.items() if code != NOT_FOR_PUBLICATION},
    }
    wrong = {
        name
        for name, known in choices.items()
        if given.get(name) and name in values and values[name] not in known
    }
    for name in sorted(wrong):
        known = ", ".join(f"{value} ({label})" for value, label in choices[name].items())
        yield (
            name,
            _("« %(value)s » n’est pas connu. Au choix : %(known)s.")
            % {
                "value": values[name],
                "known": known,
            },
        )
    if values.get("code") and not _CODE.fullmatch(values["code"]):
        yield "code", _("des lettres et des chiffres, avec des points ou des tirets entre eux, comme 2.1.")
    for name in sorted({"presentation", "aim"} & values.keys()):  # Django leaves these lengths to forms
        most = _field(model, name).max_length or 0
        if len(values[name]) > most:
            yield name, _too_long(values[name], most)
    skipped = missing | wrong | ({"code"} if model is ProgrammeItem and not values.get("code") else set())
    row = model(**{name: value for name, value in values.items() if name not in skipped})
    try:
        row.clean_fields(exclude={*(f.name for f in model._meta.fields if f.name not in values), *skipped})
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield name, " ".join(messages)


def _check_codes(reading: _Reading, items: list[dict[str, Any]]) -> None:
    first: dict[str, int] = {}
    for number, values in enumerate(items):
        code = values.get("code")
        if code and first.setdefault(code, number) != number:
            what = _("le point n° %(number)s porte déjà « %(code)s ».") % {
                "number": first[code] + 1,
                "code": code,
            }
            reading.say(what, item=number, name="code")
