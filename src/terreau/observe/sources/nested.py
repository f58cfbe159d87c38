"""JSON elements made flat: ``{"address": {"city": "Tours"}}`` has a column ``address.city``."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from .errors import SourceError

DEEPEST = 6
_STRAY_BACKSLASH = re.compile(r'(\\\\)|\\(?!["/bfnrtu\\])')


def flat_elements(content: Any, kind: str, name: str) -> list[dict[str, str]]:
    """The elements of a GeoJSON collection, of a GoGoCarto answer, or of a list; texts only, empty ones left out.

    ``kind``: ``geojson``, ``gogocarto`` or ``json``. A point gives ``geometry.lon`` and ``geometry.lat``.
    """
    elements = _elements(content, kind, name)
    if kind == "gogocarto" and any(isinstance(element, list) for element in elements):
        raise SourceError(
            _("« %s » est la forme abrégée de GoGoCarto. Ajoutez « ?ontology=gogofull » à l’adresse.") % name
        )
    flat = []
    for element in elements:
        found: dict[str, str] = {}
        if isinstance(element, dict):
            if kind == "geojson":
                _put(found, "", element.get("properties") or {}, 0)
                _put_point(found, element.get("geometry"))
            else:
                _put(found, "", element, 0)
        flat.append(found)
    return flat


def parse_json(text: str, name: str) -> tuple[Any, bool]:
    """The content, and whether stray backslashes had to be mended: some tools write them unescaped."""
    try:
        return _parse_json(text, name)
    except RecursionError as error:
        raise SourceError(
            _("Le fichier « %s » n’est pas une liste : ses niveaux sont sans fin.") % name
        ) from error


def _parse_json(text: str, name: str) -> tuple[Any, bool]:
    try:
        return json.loads(text), False
    except ValueError as error:
        mended = _STRAY_BACKSLASH.sub(lambda found: found[1] or "\\\\", text)
        try:
            return json.loads(mended, strict=False), True
        except ValueError:
            raise SourceError(
                _("Le fichier « %(name)s » n’est pas du JSON complet (%(error)s). Téléchargez-le à nouveau.")
                % {"name": name, "error": error}
            ) from error


def _elements(content: Any, kind: str, name: str) -> list[Any]:
    if kind == "geojson":
        content = content.get("features") if isinstance(content, dict) else None
    elif isinstance(content, dict):
        content = next((content[key] for key in ("data", "results", "records") if key in content), None)
    if not isinstance(content, list):
        expected = {"geojson": "FeatureCollection", "gogocarto": "elements.json"}.get(kind, "[…]")
        raise SourceError(
            _("« %(name)s » ne contient pas de liste d’éléments (attendu : %(expected)s).")
            % {"name": name, "expected": expected}
        )
    return content


def _put(found: dict[str, str], prefix: str, value: Any, depth: int) -> None:
    if value is None or value == "" or depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _put(found, f"{prefix}.{_whole(key)}" if prefix else _whole(key), inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _put(found, prefix, inner, depth + 1)
    else:
        text = _whole(value) if isinstance(value, str) else json.dumps(value)
        found[prefix] = f"{found[prefix]} ; {text}" if prefix in found else text


def _whole(text: str) -> str:
    """``text`` with "�" for each half of a character that an escape such as ``\\ud800`` wrote alone."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _put_point(found: dict[str, str], geometry: Any) -> None:
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        coordinates = geometry.get("coordinates") or []
        if len(coordinates) >= 2:
            found["geometry.lon"], found["geometry.lat"] = (json.dumps(value) for value in coordinates[:2])
