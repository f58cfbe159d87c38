"""What a source is: one TOML file says who publishes what, under which licence, and how its columns are read."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from terreau.commons.licences import LICENCES
from terreau.observe.models import Scheme

from .converters import CONVERTERS
from .errors import SourceError
from .fields import FIELDS, FieldSpec

FORMATS = ("csv", "parquet", "xlsx", "json", "geojson", "gogocarto")
UNPLACED = ("reject", "known", "keep")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Join:
    """A second file: its columns are added to each row that has the same value in the column ``on``.

    ``keep``: only its rows with one of these texts in these columns. ``required``: a row without a match is
    left out; otherwise the file itself may be missing.
    """

    path: str
    on: str
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: bool = True


@dataclass(frozen=True)
class Declaration:
    """One source. See ``docs/guides/sources.md`` for each key; ``parse`` says what is wrong with a file.

    ``key``: columns that together name a row for good. ``same_party``, ``same_site``: normalised fields that
    make two rows without an official identifier the same (the key when empty).
    ``keep``: only rows with one of these texts in these columns are read at all.
    ``region_column``: field (``commune``, ``departement`` or ``post_code``) → column, to leave rows of other
    regions out while reading, for files too large for memory.
    ``unplaced``: what becomes of a row without any place: ``reject`` it; keep it if its party is ``known``
    in the region from other rows; or ``keep`` it.
    """

    code: str
    title: str
    publisher: str
    licence: str
    path: str
    format: str
    covers: str
    key: tuple[str, ...]
    fields: Mapping[str, FieldSpec]
    url: str = ""
    vintage: dt.date | None = None
    frequency: str = ""
    precedence: int = 50
    shipped: bool = False
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    ignored: tuple[str, ...] = ()
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    region_column: Mapping[str, str] = field(default_factory=dict)
    same_party: tuple[str, ...] = ()
    same_site: tuple[str, ...] = ()
    scheme: str = ""
    unplaced: str = "reject"

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, in a stable order."""
        used = [*self.key, *self.keep, *self.region_column.values(), *(join.on for join in self.joins)]
        for spec in self.fields.values():
            used.extend(spec.columns)
        return tuple(dict.fromkeys(used))


def load(path: Path) -> Declaration:
    """The declaration in a TOML file; SourceError says in French what to mend."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SourceError(_("La description « %s » ne peut pas être lue.") % path) from error
    except UnicodeDecodeError as error:
        raise SourceError(_("La description « %s » n’est pas en UTF-8.") % path.name) from error
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(
            _("La description « %(name)s » n’est pas du TOML valable : %(error)s")
            % {"name": path.name, "error": error}
        ) from error
    except SourceError as error:
        raise SourceError(f"{path.name}\u00a0: {error}") from error


def declarations(folder: Path | None = None) -> dict[str, Declaration]:
    """Every declared source by code, in the order they are harvested.

    Sources with rows that no place names come last: such rows are kept where another source places the party.
    """
    found = [load(path) for path in sorted((folder or FOLDER).glob("*.toml"))]
    ordered = sorted(found, key=lambda one: (one.unplaced == "known", one.precedence, one.code))
    return {declaration.code: declaration for declaration in ordered}


def declaration_of(code: str) -> Declaration:
    known = declarations()
    if code not in known:
        raise SourceError(
            _("La source « %(code)s » n’existe pas. Sources déclarées : %(known)s.")
            % {"code": code, "known": ", ".join(sorted(known))}
        )
    return known[code]


def location(declaration: Declaration) -> str:
    """Where the source is read by default: a shipped file, else the declared path or address."""
    if declaration.shipped:
        return str(settings.SHIPPED_DATA / declaration.path)
    return declaration.path


_TEXTS = ("code", "title", "publisher", "licence", "path", "format", "covers")
_OPTIONAL_TEXTS = ("url", "frequency", "encoding", "separator", "sheet", "scheme", "unplaced")
_LISTS = ("ignored", "same_party", "same_site")
KNOWN_KEYS = {
    *_TEXTS,
    *_OPTIONAL_TEXTS,
    *_LISTS,
    "vintage",
    "precedence",
    "shipped",
    "key",
    "fields",
    "constants",
    "keep",
    "join",
    "region_column",
}


def parse(content: Mapping[str, Any]) -> Declaration:
    """Checks every key of a declaration; SourceError names the first that is wrong."""
    _refuse_unknown(content, KNOWN_KEYS, _("clé"))
    for name in (*_TEXTS, "key", "fields"):
        if not content.get(name):
            raise SourceError(_("la clé « %s » manque.") % name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,49}", str(content["code"])):
        raise SourceError(
            _("« %s » n’est pas un code : des lettres minuscules, des chiffres, - et _, cinquante au plus.")
            % content["code"]
        )
    if content["code"] == "corrections":
        raise SourceError(_("« corrections » désigne ce que les personnes corrigent : prenez un autre code."))
    if not str(content.get("url") or "http://").startswith(("http://", "https://")):
        raise SourceError(_("« url » doit être une adresse http ou https."))
    _one_of(content["licence"], LICENCES, "licence")
    _one_of(content["format"], FORMATS, "format")
    _one_of(content.get("unplaced", "reject"), UNPLACED, "unplaced")
    if scheme := content.get("scheme"):
        _one_of(scheme, Scheme.values, "scheme")
    region_column = content.get("region_column", {})
    _refuse_unknown(region_column, ("commune", "departement", "post_code"), _("champ de « region_column »"))
    for name in ("same_party", "same_site"):
        _refuse_unknown(content.get(name, ()), FIELDS, _("champ"))
    given: dict[str, Any] = {name: _text(content[name], name) for name in _TEXTS}
    given |= {name: _text(content[name], name) for name in _OPTIONAL_TEXTS if name in content}
    given |= {name: _texts(content[name], name) for name in _LISTS if name in content}
    return Declaration(
        **given,
        key=_texts(content["key"], "key"),
        vintage=_vintage(content.get("vintage")),
        precedence=_precedence(content.get("precedence", 50)),
        shipped=bool(content.get("shipped", False)),
        keep={name: _texts(texts, "keep") for name, texts in content.get("keep", {}).items()},
        joins=tuple(_join(one) for one in content.get("join", ())),
        region_column=dict(region_column),
        fields=_fields(content["fields"], content.get("constants", {})),
    )


def _fields(fields: Mapping[str, Any], constants: Mapping[str, Any]) -> dict[str, FieldSpec]:
    _refuse_unknown(fields, FIELDS, _("champ"))
    _refuse_unknown(constants, FIELDS, _("champ"))
    specs = {name: _field(name, said) for name, said in fields.items()}
    for name, value in constants.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        specs[name] = FieldSpec(converter=FIELDS[name].converter, constant=text)
    if "name" not in specs:
        raise SourceError(_("aucune colonne ne donne le nom : ajoutez « name » sous [fields]."))
    return specs


def _field(name: str, said: Any) -> FieldSpec:
    if isinstance(said, (str, list)):
        return FieldSpec(columns=_texts(said, name), converter=FIELDS[name].converter)
    if not isinstance(said, Mapping):
        raise SourceError(_("le champ « %s » doit être un nom de colonne ou une table.") % name)
    _refuse_unknown(
        said,
        ("columns", "converter", "join", "values", "date_format", "word"),
        _("clé du champ « %s »") % name,
    )
    converter = said.get("converter", FIELDS[name].converter)
    _one_of(converter, CONVERTERS, "converter")
    return FieldSpec(
        columns=_texts(said.get("columns", ()), name),
        converter=converter,
        join=said.get("join"),
        values={str(key): str(value) for key, value in said.get("values", {}).items()},
        date_format=said.get("date_format"),
        word=said.get("word", ""),
    )


def _join(said: Mapping[str, Any]) -> Join:
    _refuse_unknown(said, ("path", "on", "keep", "required"), _("clé de « join »"))
    for name in ("path", "on"):
        if name not in said:
            raise SourceError(_("la clé « %s » manque.") % f"join.{name}")
    keep = {name: _texts(texts, "keep") for name, texts in said.get("keep", {}).items()}
    return Join(said["path"], said["on"], keep, said.get("required", True))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise SourceError(_("la clé « %s » doit être un texte.") % name)
    return value


def _texts(value: Any, name: str) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, (list, tuple)) or not all(isinstance(text, str) for text in texts):
        raise SourceError(_("la clé « %s » doit être un texte ou une liste de textes.") % name)
    return tuple(texts)


def _precedence(value: Any) -> int:
    if isinstance(value, int) and 0 < value < 1000:
        return value
    raise SourceError(_("la clé « precedence » doit être un nombre entier de 1 à 999."))


def _vintage(value: Any) -> dt.date | None:
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise SourceError(_("« vintage » doit être une date sans guillemets, par exemple 2024-08-01."))


def _one_of(value: Any, allowed: Any, name: str) -> None:
    if value not in allowed:
        raise SourceError(
            _("« %(value)s » n’est pas un choix pour « %(name)s ». Choix possibles : %(allowed)s.")
            % {"value": value, "name": name, "allowed": ", ".join(allowed)}
        )


def _refuse_unknown(given: Any, allowed: Any, what: str) -> None:
    for name in given:
        if name not in allowed:
            raise SourceError(
                _("%(what)s inconnue ou inconnu : « %(name)s ». Possibles : %(allowed)s.")
                % {"what": what, "name": name, "allowed": ", ".join(sorted(allowed))}
            )
