"""Where each row is: its commune of today, its département, its point; and whether that is in the region."""

from dataclasses import dataclass

import polars as pl

from terreau.commons.identifiers import departement_of_expr
from terreau.observe.boundaries import FULL_CONTOURS, layer_path, locate_communes
from terreau.observe.enums import RejectReason

from .converters import Problem

#: Degrees: west, south, east, north of France, with its overseas départements and collectivities.
FRANCE = (
    (-5.6, 41.2, 9.8, 51.3),
    (-63.3, 14.2, -60.6, 18.3),
    (-54.8, 2.0, -51.4, 6.0),
    (55.0, -21.6, 56.0, -20.7),
    (44.9, -13.2, 45.5, -12.5),
    (-56.6, 46.6, -56.0, 47.3),
    (163.4, -23.0, 168.3, -19.4),
    (-155.0, -28.0, -134.0, -7.8),
    (-178.3, -14.5, -176.0, -13.1),
)
FARTHEST_KM = 40  # from the centre of the commune; Arles, the widest, reaches 35 km
_PLACED = ("commune", "departement", "post_code", "lon", "lat")


@dataclass(frozen=True)
class Territory:
    """What is needed to place a row.

    ``communes``: ``code, name, departement, in_region, lon, lat`` of every commune known.
    ``former_codes``: ``before, code``, a code no longer in use and the commune of today, several after a split.
    ``former_names``: ``name, code``, a name before a change and the commune of today.
    ``post_codes``: ``post_code, code``, one row per commune served.
    ``departements``: codes of the region's départements.
    """

    communes: pl.DataFrame
    former_codes: pl.DataFrame
    former_names: pl.DataFrame
    post_codes: pl.DataFrame
    departements: frozenset[str]


@dataclass(frozen=True)
class Placed:
    """``frame``: columns ``commune, departement, post_code, lon, lat``, and ``in_region``: true, false, or null
    when the row names no place. Same rows in the same order as given."""

    frame: pl.DataFrame
    problems: dict[str, list[Problem]]


def text_key(text: pl.Expr) -> pl.Expr:
    """Without case, accent, ligature or punctuation: ``"L’Œuvre (Tours)"`` → ``"l oeuvre tours"``."""
    lower = text.str.to_lowercase().str.replace_all("œ", "oe").str.replace_all("æ", "ae")
    folded = lower.str.normalize("NFD").str.replace_all(r"\p{M}", "")
    return folded.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()


def commune_key(name: pl.Expr) -> pl.Expr:
    """``"ST-CYR s/ LOIRE cedex 2"`` and ``"Saint-Cyr-sur-Loire"`` have one key."""
    words = text_key(name.str.replace_all(r"(?i)\bs(?:/|ur\b)", " sur "))
    words = words.str.replace(r"\s+cedex\b.*$", "").str.replace(r"\s+\d+(?:e|er|eme)?$", "")
    words = words.str.replace_all(r"\bst\b", "saint").str.replace_all(r"\bste\b", "sainte")
    return words.str.replace_all(" ", "").replace("", None)


def place(rows: pl.DataFrame, territory: Territory) -> Placed:
    """``rows``: columns commune, commune_name, post_code, departement (text), lon, lat (float), null if not said."""
    points, problems = _points(rows)
    frame = rows.with_columns(points).with_row_index("row")
    frame = _with_commune_of_code(frame, territory)
    frame = _with_commune_of_name(frame, territory)
    frame = _with_located_commune(frame, territory)
    frame = _with_region(frame, territory).sort("row")
    far = _far_from_commune(frame)
    frame = frame.with_columns(pl.when(~pl.Series(far)).then(name).alias(name) for name in ("lon", "lat"))
    problems.setdefault("lon", []).append(Problem(RejectReason.OUTSIDE_COMMUNE, far))
    problems["commune"] = [
        Problem(RejectReason.MERGED_COMMUNE, frame["is_merged"]),
        Problem(RejectReason.UNKNOWN_COMMUNE, frame["is_unknown"]),
    ]
    problems["commune_name"] = [Problem(RejectReason.UNKNOWN_COMMUNE, frame["is_unknown_name"])]
    return Placed(frame.select(*_PLACED, "in_region"), problems)


def _points(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, list[Problem]]]:
    """Both coordinates or none; swapped ones put right; those outside France left out (``is_abroad``)."""
    lon, lat = pl.col("lon"), pl.col("lat")
    given = lon.is_not_null() & lat.is_not_null()
    read = rows.select(
        "lon",
        "lat",
        given.alias("given"),
        (given & _in_france(lon, lat)).alias("good"),
        (given & ~_in_france(lon, lat) & _in_france(lat, lon)).alias("swapped"),
    )
    swapped, good = read["swapped"], read["good"]
    outside = read["given"] & ~good & ~swapped
    points = read.select(
        pl.when("good").then("lon").when("swapped").then("lat").alias("lon"),
        pl.when("good").then("lat").when("swapped").then("lon").alias("lat"),
        is_abroad=~pl.col("good") & ~pl.col("swapped") & _on_earth(lon, lat),
    )
    problems = {
        "lon": [
            Problem(RejectReason.SWAPPED_COORDINATES, swapped),
            Problem(RejectReason.OUTSIDE_FRANCE, outside),
        ]
    }
    return points, problems


def _on_earth(lon: pl.Expr, lat: pl.Expr) -> pl.Expr:
    """A real point: not the 0, 0 of an empty cell, not metres of a projection."""
    return (lon.abs() <= 180) & (lat.abs() <= 90) & ((lon.abs() + lat.abs()) > 1)


def _in_france(lon: pl.Expr, lat: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(
        lon.is_between(west, east) & lat.is_between(south, north) for west, south, east, north in FRANCE
    )


def _with_commune_of_code(frame: pl.DataFrame, territory: Territory) -> pl.DataFrame:
    """``code``: the commune of today that the commune code means. A code that a split shared out means none."""
    single = territory.former_codes.filter(pl.len().over("before") == 1).select("before", current="code")
    known = territory.communes.select(known="code", is_known=pl.lit(True))
    return (
        frame.with_columns(code="commune")
        .join(known, left_on="code", right_on="known", how="left")
        .join(single, left_on="code", right_on="before", how="left")
        .with_columns(
            is_merged=(pl.col("is_known").is_null() & pl.col("current").is_not_null()),
            code=pl.when("is_known").then("code").otherwise("current"),
            said_departement=departement_of_expr(pl.col("commune")),
        )
        .with_columns(
            is_unknown=(
                pl.col("commune").is_not_null()
                & pl.col("code").is_null()
                & pl.col("said_departement").is_in(sorted(territory.departements))
            )
        )
        .drop("is_known", "current")
    )


def _with_commune_of_name(frame: pl.DataFrame, territory: Territory) -> pl.DataFrame:
    """A commune by its name and post code, then name and département, then by a post code that serves only one."""
    names = _names(territory)
    by_post_code = _single(names.join(territory.post_codes, on="code"), ["post_code", "key"], "by_post_code")
    by_departement = _single(names, ["departement", "key"], "by_departement")
    only_commune = _single(territory.post_codes, ["post_code"], "only_commune")
    return (
        frame.with_columns(
            key=commune_key(pl.col("commune_name")),
            hint=pl.coalesce("departement", "said_departement", _departement_of_post_code()),
        )
        .join(by_post_code, on=["post_code", "key"], how="left")
        .join(by_departement, left_on=["hint", "key"], right_on=["departement", "key"], how="left")
        .join(only_commune, on="post_code", how="left")
        .with_columns(
            code=pl.coalesce(
                "code",
                "by_post_code",
                "by_departement",
                pl.when(pl.col("key").is_null()).then("only_commune"),
            )
        )
        .with_columns(
            is_unknown_name=(
                pl.col("key").is_not_null()
                & pl.col("commune").is_null()
                & pl.col("code").is_null()
                & pl.col("hint").is_in(sorted(territory.departements))
            )
        )
    )


def _departement_of_post_code() -> pl.Expr:
    code = pl.col("post_code")
    return (
        pl.when(code.str.contains("^20[01]"))
        .then(pl.lit("2A"))
        .when(code.str.contains("^20"))
        .then(pl.lit("2B"))
        .otherwise(departement_of_expr(code))
    )


def _names(territory: Territory) -> pl.DataFrame:
    """Key of each name, of today first, then former names that no commune of the département bears today."""
    today = territory.communes.select("code", "departement", key=commune_key(pl.col("name")))
    former = (
        territory.former_names.select("code", key=commune_key(pl.col("name")))
        .join(today.select("code", "departement"), on="code")
        .join(today, on=["departement", "key"], how="anti")
        .select(today.columns)
    )
    return pl.concat([today, former]).unique()


def _single(pairs: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    """Keys that mean one commune only."""
    return (
        pairs.group_by(keys)
        .agg(pl.col("code").unique().alias("codes"))
        .filter(pl.col("codes").list.len() == 1)
        .select(*keys, pl.col("codes").list.first().alias(name))
    )


def _with_located_commune(frame: pl.DataFrame, territory: Territory) -> pl.DataFrame:
    """The commune whose contour holds the point, for rows that give a point and no commune we know.

    A commune in another département than the one the row gives is not believed.
    """
    may_be_here = pl.col("hint").is_null() | pl.col("hint").is_in(sorted(territory.departements))
    wanted = frame.filter(pl.col("code").is_null() & pl.col("lon").is_not_null() & may_be_here)
    if wanted.is_empty() or not layer_path(FULL_CONTOURS).exists():
        return frame.with_columns(is_located_outside=pl.lit(False))
    found = pl.Series(locate_communes(wanted["lon"].to_list(), wanted["lat"].to_list()), dtype=pl.String)
    located = wanted.select("row", "hint", located=found).with_columns(pl.col("located").replace("", None))
    agrees = pl.col("hint").is_null() | (pl.col("hint") == departement_of_expr(pl.col("located")))
    located = located.select("row", pl.when(agrees).then("located").alias("located"), was_sought=pl.lit(True))
    return (
        frame.join(located, on="row", how="left")
        .with_columns(code=pl.coalesce("code", "located"))
        .with_columns(is_located_outside=pl.col("was_sought").fill_null(False) & pl.col("code").is_null())
    )


def _with_region(frame: pl.DataFrame, territory: Territory) -> pl.DataFrame:
    communes = territory.communes.select(
        "code", "in_region", of_commune="departement", centre_lon="lon", centre_lat="lat"
    )
    in_region = (
        pl.when(pl.col("code").is_not_null())
        .then(pl.col("in_region").fill_null(False))
        .when(pl.col("hint").is_not_null())
        .then(pl.col("hint").is_in(sorted(territory.departements)))
        .when(pl.col("is_located_outside") | pl.col("is_abroad").fill_null(False))
        .then(pl.lit(False))
    )
    joined = frame.join(communes, on="code", how="left")
    departement = pl.coalesce("of_commune", "hint")
    return joined.with_columns(
        in_region=in_region,
        commune="code",
        departement=pl.when(in_region).then(departement),
    )


def _far_from_commune(frame: pl.DataFrame) -> pl.Series:
    north = (pl.col("lat") - pl.col("centre_lat")) * 111.2
    east = (pl.col("lon") - pl.col("centre_lon")) * 111.2 * pl.col("lat").radians().cos()
    return frame.select(((north**2 + east**2).sqrt() > FARTHEST_KM).fill_null(False).alias("far")).to_series()
