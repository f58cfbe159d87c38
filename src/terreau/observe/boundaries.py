"""Contours: every zoning is dissolved from one file of communes, so that layers fit together to the last vertex.

Nothing here reads the database: ``actions.boundaries`` says which commune is in which zone.
"""

import gzip
import json
import os
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

# Degrees. A bend is dropped when its triangle is smaller than TOLERANCE²: about 200 m × 200 m.
TOLERANCE = 0.002
DECIMALS = 4  # about 10 m
FULL_CONTOURS = "contours_communes"  # the layer as it was read, which ``locate_communes`` searches
TOWN_NAMES = "noms_communes"  # points, to write the names of towns on the map

Geometries: TypeAlias = dict[str, BaseGeometry]


class BoundariesError(ValueError):
    """The file of contours cannot be used; the message, in the reader's language, says why and where."""


@dataclass(frozen=True)
class Contours:
    """``communes``: code → polygon(s), in the order of codes. ``notes``: what was mended in the file, in words."""

    communes: Geometries
    notes: list[str] = field(default_factory=list)


def boundaries_folder() -> Path:
    return Path(settings.DATA_DIR) / "boundaries"


def layer_path(zoning_code: str) -> Path:
    """Where the layer of a zoning is; the same name with ``.gz`` is the same layer compressed."""
    return boundaries_folder() / f"{zoning_code}.geojson"


def layer_names() -> set[str]:
    """The layers that are built."""
    return {path.stem for path in boundaries_folder().glob("*.geojson")}


# Reading ------------------------------------------------------------------------------------------------------


def read_contours(path: Path) -> Contours:
    """The communes of a GeoJSON file (``.gz`` or not), each feature with its INSEE code in ``properties.code``.

    Mended and noted: a geometry that crosses itself, a commune in several features. Raises BoundariesError.
    """
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    notes = []
    for number, feature in enumerate(_features(path), start=1):
        code = _code(feature, number, path)
        geometry, mended = _polygons(feature, number, code, path)
        parts[code].append(geometry)
        if mended:
            notes.append(_("Commune %(code)s : contour qui se recoupait, réparé.") % {"code": code})
    several = sorted(code for code, geometries in parts.items() if len(geometries) > 1)
    if several:
        notes.append(_("Communes en plusieurs morceaux, réunis : %(codes)s.") % {"codes": few(several)})
    communes = {code: union(parts[code]) for code in sorted(parts)}
    if not shapely.coverage_is_valid(np.array(list(communes.values()))):
        notes.append(_("Des contours se chevauchent ou ne se touchent pas bord à bord."))
    return Contours(communes, notes)


def _features(path: Path) -> list[Any]:
    where = {"file": path.name}
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        collection = json.loads(content)
    except FileNotFoundError:
        raise BoundariesError(
            _("Le fichier de contours %(file)s n’existe pas.") % {"file": str(path)}
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BoundariesError(_("%(file)s : fichier compressé abîmé ou incomplet.") % where) from None
    except UnicodeDecodeError:
        raise BoundariesError(_("%(file)s : le texte n’est pas en UTF-8.") % where) from None
    except json.JSONDecodeError as error:
        raise BoundariesError(
            _("%(file)s n’est pas du JSON : erreur à la ligne %(line)s, colonne %(column)s.")
            % {**where, "line": error.lineno, "column": error.colno}
        ) from None
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise BoundariesError(_("%(file)s n’est pas une « FeatureCollection » GeoJSON.") % where)
    features = collection.get("features")
    if not isinstance(features, list) or not features:
        raise BoundariesError(_("%(file)s ne contient aucun contour.") % where)
    return features


def _code(feature: Any, number: int, path: Path) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get("code") if isinstance(properties, dict) else None
    if not isinstance(code, str) or not code.strip():
        raise BoundariesError(
            _("%(file)s, contour n° %(number)s : la propriété « code » (code INSEE, en texte) manque.")
            % {"file": path.name, "number": number}
        )
    return code.strip()


def _polygons(feature: Any, number: int, code: str, path: Path) -> tuple[BaseGeometry, bool]:
    """The surface of a feature, and whether it had to be mended."""
    where = {"file": path.name, "number": number, "code": code}
    geometry = shapely.from_geojson(json.dumps(feature.get("geometry")), on_invalid="ignore")
    if geometry is None or geometry.is_empty or geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise BoundariesError(
            _("%(file)s, contour n° %(number)s (%(code)s) : ni polygone ni multipolygone.") % where
        )
    west, south, east, north = geometry.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise BoundariesError(
            _(
                "%(file)s, contour n° %(number)s (%(code)s) : coordonnées hors de la Terre. "
                "Il faut des degrés (WGS 84), longitude puis latitude."
            )
            % where
        )
    geometry = shapely.force_2d(geometry)
    if geometry.is_valid:
        return geometry, False
    mended = _surface(shapely.make_valid(geometry))
    if mended.is_empty:
        raise BoundariesError(_("%(file)s, contour n° %(number)s (%(code)s) : contour sans surface.") % where)
    return mended, True


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    """Without the points and lines that mending may leave."""
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.unary_union(polygons)


def few(codes: Sequence[str]) -> str:
    return ", ".join(codes[:10]) + ("…" if len(codes) > 10 else "")


# Dissolving ---------------------------------------------------------------------------------------------------


def simplified(communes: Geometries) -> Geometries:
    """The same communes with fewer vertices: neighbours still share the very same ones."""
    shapes = np.array(list(communes.values()))
    if shapely.coverage_is_valid(shapes):
        shapes = shapely.coverage_simplify(shapes, TOLERANCE)
    rounded = shapely.set_precision(shapes, 10**-DECIMALS, mode="pointwise")
    broken = ~shapely.is_valid(rounded) | shapely.is_empty(rounded)
    rounded[broken] = shapes[broken]  # a tiny commune that rounding would fold keeps its exact shape
    return dict(zip(communes, rounded.tolist(), strict=True))


def dissolve(communes: Geometries, zones: Mapping[str, Iterable[str]]) -> Geometries:
    """``zones``: zone → its communes. A zone none of whose communes has a contour is left out."""
    dissolved = {}
    for zone in sorted(zones):
        members = [communes[code] for code in zones[zone] if code in communes]
        if members:
            dissolved[zone] = union(members)
    return dissolved


def union(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    if len(shapes) == 1:
        return shapes[0]
    if shapely.coverage_is_valid(np.array(shapes)):
        return shapely.coverage_union_all(shapes)
    return _surface(shapely.unary_union(shapes))  # contours that overlap: slower, and right


# Writing ------------------------------------------------------------------------------------------------------


def write_layer(name: str, shapes: Geometries, properties: Mapping[str, Mapping[str, object]]) -> None:
    """Replaces a layer, plain and compressed: a reader never sees half of it. ``properties``: by code."""
    geometries = np.array(list(shapes.values()), dtype=object)
    features = ",\n".join(
        f'{{"type":"Feature","properties":{_json({"code": code, **properties.get(code, {})})},"geometry":{shape}}}'
        for code, shape in zip(shapes, shapely.to_geojson(geometries).tolist(), strict=True)
    )
    bounds = shapely.total_bounds(geometries).round(DECIMALS).tolist()
    box = f'"bbox":{bounds},' if shapes else ""
    content = f'{{"type":"FeatureCollection",{box}"features":[{features}]}}'
    path = layer_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path.with_name(path.name + ".gz"), gzip.compress(content.encode(), 6, mtime=0))
    _replace(path, content.encode())


def _json(properties: Mapping[str, object]) -> str:
    return json.dumps(properties, ensure_ascii=False)


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


# Searching ----------------------------------------------------------------------------------------------------


def locate_communes(lons: Sequence[float | None], lats: Sequence[float | None]) -> list[str]:
    """The INSEE code of the commune where each position is (degrees), ``""`` where none is, or none is known.

    A position on the line between communes goes to the lowest code. Every answer is ``""`` as long as no
    contours were built (``actions.boundaries.build_boundaries``).
    """
    lon, lat = np.array(lons, dtype=float), np.array(lats, dtype=float)
    codes, shapes, tree = _search_tree(*_full_contours_version())
    found = np.full(len(lon), len(codes), dtype=np.int64)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    position, candidate = tree.query(shapely.points(lon[known], lat[known]))
    position = known[position]
    inside = shapely.intersects_xy(shapes[candidate], lon[position], lat[position])
    np.minimum.at(found, position[inside], candidate[inside])
    return [codes[place] if place < len(codes) else "" for place in found.tolist()]


def _full_contours_version() -> tuple[Path, int]:
    path = layer_path(FULL_CONTOURS)
    return path, path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=1)
def _search_tree(path: Path, version: int) -> tuple[list[str], Any, shapely.STRtree]:
    """``version`` makes a new file be read again."""
    features = json.loads(path.read_bytes())["features"] if version else []
    codes = [feature["properties"]["code"] for feature in features]
    shapes = shapely.from_geojson(np.array([json.dumps(f["geometry"]) for f in features], dtype=object))
    shapely.prepare(shapes)
    return codes, shapes, shapely.STRtree(shapes)
