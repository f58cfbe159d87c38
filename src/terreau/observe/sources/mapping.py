"""From the text of a file to normalised rows: what is kept, and why anything is not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from terreau.commons.enums import Diffusion
from terreau.observe.enums import RejectReason

from .converters import CONVERTERS, NO_VALUE, UNSEEN, Converted, Problem, without_contacts
from .declaration import Declaration
from .fields import FIELDS, PLACE_FIELDS, FieldSpec
from .placing import Territory, place
from .readers import LINE

REJECTS = pl.Schema(
    {
        "line": pl.UInt32(),
        "field": pl.String(),
        "value": pl.String(),
        "reason": pl.String(),
        "whole_row": pl.Boolean(),
    }
)
LONGEST_KEY = 180
_IDENTIFIERS = ("siren", "siret", "rna")
_ADDRESS = ("address", "post_code", "lon", "lat", "website", "site_name")

IsKnown = Callable[[pl.DataFrame], pl.Series]
"""Which rows (columns siren, rna) are of a party that other sources place in the region."""


@dataclass(frozen=True)
class Mapped:
    """``rows``: ``key``, LINE and one column per field, of the rows kept.

    ``rejects``: columns of REJECTS. ``rows.height + out_of_region + rejected + repeated`` is the number of rows given.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    out_of_region: int
    rejected: int
    repeated: int


def map_rows(raw: pl.DataFrame, declaration: Declaration, territory: Territory, is_known: IsKnown) -> Mapped:
    """``raw``: text columns of the declaration, and LINE."""
    raw = _without_blanks(raw)
    key = _key(raw, declaration.key)
    converted = {name: _convert(raw, declaration.fields, name) for name in PLACE_FIELDS}
    given = pl.DataFrame({name: column.values for name, column in converted.items()})
    placed = place(given, territory)
    is_here = placed.frame["in_region"].fill_null(True)
    problems = {name: [*column.problems] for name, column in converted.items()}
    for name, found in placed.problems.items():
        problems[name].extend(found)

    rest = [name for name in declaration.fields if name not in PLACE_FIELDS]
    values: dict[str, pl.Series] = {name: placed.frame[name] for name in placed.frame.columns}
    values["commune_name"] = converted["commune_name"].values
    for name in dict.fromkeys([*_IDENTIFIERS, *rest]):
        column = _convert(raw, declaration.fields, name)
        values[name], problems[name] = column.values, [*column.problems]
    frame = pl.DataFrame({"key": key, LINE: raw[LINE], **{n: v.alias(n) for n, v in values.items()}})
    frame = _one_identifier_from_another(frame)
    raw_texts = {name: _source_text(raw, spec) for name, spec in declaration.fields.items()}

    reason = _reason_to_reject(frame, declaration, is_known).filter(is_here)
    here = frame.filter(is_here)
    reason = _with_repeated(here, reason)
    rows = here.filter(reason.is_null()).drop("in_region")
    rejects = [_whole_rows(here, reason)]
    kept_here = is_here.arg_true().filter(reason.is_null())
    is_kept = pl.Series([False] * frame.height, dtype=pl.Boolean).scatter(kept_here, True)
    is_partial = (values["diffusion"] == Diffusion.PARTIAL.value) if "diffusion" in values else None
    for name, found in problems.items():
        is_private = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
        if is_partial is not None and name in _ADDRESS:
            is_private = is_partial.fill_null(False)
        rejects.extend(_values_left_out(raw[LINE], name, raw_texts.get(name), found, is_kept, is_private))
    repeated = int((reason == RejectReason.DUPLICATE_KEY.value).sum())
    return Mapped(
        _reserved(rows),
        pl.concat(rejects).sort("line", "field", "reason"),
        out_of_region=raw.height - here.height,
        rejected=here.height - rows.height - repeated,
        repeated=repeated,
    )


def no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema=REJECTS)


def ragged_rejects(lines: Iterable[int]) -> pl.DataFrame:
    found = pl.DataFrame({"line": pl.Series(list(lines), dtype=pl.UInt32)})
    return found.select(
        "line",
        field=pl.lit(""),
        value=pl.lit(""),
        reason=pl.lit(RejectReason.RAGGED_ROW.value),
        whole_row=pl.lit(True),
    )


def _without_blanks(raw: pl.DataFrame) -> pl.DataFrame:
    """Trimmed text without what cannot be seen; an empty one, and a mark that means "not given", is null."""
    text = pl.col(pl.String).str.replace_all(UNSEEN, "").str.strip_chars()
    is_nothing = "(?i)" + "|".join(["^$", *NO_VALUE])
    return raw.with_columns(pl.when(~text.str.contains(is_nothing)).then(text).name.keep())


def _key(raw: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """The named columns joined; null when all are empty. A very long one is shortened by a digest of itself."""
    is_given = pl.any_horizontal(pl.col(*columns).is_not_null())
    joined = pl.concat_str([pl.col(column).fill_null("") for column in columns], separator="|")
    key = raw.select(pl.when(is_given).then(joined).alias("key")).to_series()
    return shortened(key)


def shortened(keys: pl.Series) -> pl.Series:
    too_long = keys.str.len_chars() > LONGEST_KEY
    if not too_long.any():
        return keys
    return pl.Series(
        keys.name,
        [
            f"{key[:140]}#{blake2b(key.encode(), digest_size=16).hexdigest()}"
            if key and len(key) > LONGEST_KEY
            else key
            for key in keys
        ],
        dtype=pl.String,
    )


def _source_text(raw: pl.DataFrame, spec: FieldSpec | None) -> pl.Series:
    if spec is None or not (spec.columns or spec.constant):
        return pl.Series("text", [None] * raw.height, dtype=pl.String)
    if spec.constant is not None:
        return pl.Series("text", [spec.constant] * raw.height, dtype=pl.String)
    if spec.join is not None:
        joined = pl.concat_str(list(spec.columns), separator=spec.join, ignore_nulls=True).replace("", None)
        return raw.select(joined.alias("text")).to_series()
    return raw.select(pl.coalesce(list(spec.columns)).alias("text")).to_series()


def _convert(raw: pl.DataFrame, fields: Mapping[str, FieldSpec], name: str) -> Converted:
    """The values of one field, cut to what can be shown, with every problem met."""
    spec = fields.get(name)
    text = _source_text(raw, spec)
    if spec is None:
        empty = CONVERTERS[FIELDS[name].converter](text, FieldSpec())
        return Converted(empty.values)
    unknown = pl.Series([False] * raw.height, dtype=pl.Boolean)
    if spec.values:
        text, unknown = _replaced(text, spec.values)
    converted = CONVERTERS[spec.converter](text, spec)
    values, problems = converted.values, [*converted.problems]
    problems.append(Problem(RejectReason.UNKNOWN_VALUE, unknown))
    if values.dtype == pl.String and (broken := values.str.contains("\ufffd").fill_null(False)).any():
        problems.append(Problem(RejectReason.ENCODING, broken))
    longest = FIELDS[name].longest
    if longest and (long := (values.str.len_chars() > longest).fill_null(False)).any():
        problems.append(Problem(RejectReason.TOO_LONG, long))
        values = values.str.slice(0, longest)
    return Converted(values, problems)


def _replaced(text: pl.Series, values: Mapping[str, str]) -> tuple[pl.Series, pl.Series]:
    """``text`` as the declaration translates it, and where it says nothing of a text that is given."""
    other = values.get("*")
    known = {said: meant for said, meant in values.items() if said != "*"}
    is_other = text.is_not_null() & ~text.is_in(list(known))
    unchanged = text if other == "=" else pl.Series([other] * len(text), dtype=pl.String)
    frame = pl.DataFrame({"text": text, "other": unchanged, "is_other": is_other.fill_null(False)})
    translated = pl.col("text").replace_strict(known, default=None, return_dtype=pl.String)
    meant = frame.select(
        pl.when("is_other").then("other").otherwise(translated).replace("", None).alias("text")
    )
    is_unknown = frame["is_other"] if other is None else pl.Series([False] * len(text), dtype=pl.Boolean)
    return meant.to_series(), is_unknown


def _one_identifier_from_another(frame: pl.DataFrame) -> pl.DataFrame:
    """A SIRET holds the SIREN; when both are given and differ, the SIRET says which unit works there."""
    return frame.with_columns(siren=pl.coalesce(pl.col("siret").str.slice(0, 9), "siren"))


def _reason_to_reject(frame: pl.DataFrame, declaration: Declaration, is_known: IsKnown) -> pl.Series:
    """The first reason not to take a row at all, null for a row to take."""
    masked = pl.lit(False)
    if "diffusion" in frame.columns:
        masked = pl.col("diffusion") == Diffusion.MASKED.value
    person = pl.lit(False)
    if "legal_category" in frame.columns:
        person = pl.col("legal_category").str.starts_with("1")
    no_place = pl.col("in_region").is_null()
    if declaration.unplaced == "keep":
        no_place = pl.lit(False)
    elif declaration.unplaced == "known":
        placed_here = frame.filter(pl.col("in_region")).select("siren", "rna")
        own = _same_party_as(frame, placed_here)
        no_place = no_place & ~pl.lit(is_known(frame) | own)
    return frame.select(
        pl.when(pl.col("key").is_null())
        .then(pl.lit(RejectReason.MISSING_KEY.value))
        .when(masked.fill_null(False))
        .then(pl.lit(RejectReason.NOT_DIFFUSIBLE.value))
        .when(person.fill_null(False))
        .then(pl.lit(RejectReason.NATURAL_PERSON.value))
        .when(pl.col("name").is_null())
        .then(pl.lit(RejectReason.MISSING_NAME.value))
        .when(no_place)
        .then(pl.lit(RejectReason.NO_PLACE.value))
        .alias("reason")
    ).to_series()


def _same_party_as(frame: pl.DataFrame, parties: pl.DataFrame) -> pl.Series:
    """Rows whose SIREN or RNA number is in ``parties``."""
    found = pl.Series([False] * frame.height, dtype=pl.Boolean)
    for name in ("siren", "rna"):
        found = found | frame[name].is_in(parties[name].drop_nulls().implode()).fill_null(False)
    return found


def _with_repeated(here: pl.DataFrame, reason: pl.Series) -> pl.Series:
    """Rows that could be kept but repeat the key of an earlier such row."""
    is_good = reason.is_null()
    again = (
        here.select("key", good=is_good)
        .select(pl.col("good") & (pl.col("good").cum_sum().over("key") > 1))
        .to_series()
    )
    frame = pl.DataFrame({"reason": reason, "again": again})
    return frame.select(
        pl.when("again").then(pl.lit(RejectReason.DUPLICATE_KEY.value)).otherwise("reason").alias("reason")
    ).to_series()


def _whole_rows(here: pl.DataFrame, reason: pl.Series) -> pl.DataFrame:
    """The value kept in the report is the key: never the name of what is not diffusible."""
    return (
        here.select(LINE, "key", reason=reason)
        .filter(pl.col("reason").is_not_null())
        .select(
            line=LINE,
            field=pl.lit(""),
            value=pl.when(
                pl.col("reason").is_in([RejectReason.NOT_DIFFUSIBLE.value, RejectReason.NATURAL_PERSON.value])
            )
            .then(pl.lit(""))
            .otherwise(pl.col("key").fill_null("").str.slice(0, 200)),
            reason="reason",
            whole_row=pl.lit(True),
        )
        .cast(REJECTS)
    )


def _values_left_out(
    lines: pl.Series,
    name: str,
    text: pl.Series | None,
    problems: list[Problem],
    is_kept: pl.Series,
    is_private: pl.Series,
) -> list[pl.DataFrame]:
    """What is private for one reason is not shown for another; and an e-mail address may be in any column."""
    for problem in problems:
        is_private = is_private | (problem.rows & problem.is_private).fill_null(False)
    given = pl.DataFrame(
        {"line": lines, "text": text, "is_private": is_private}, schema_overrides={"text": pl.String}
    )
    found = []
    for problem in problems:
        rows = given.filter(problem.rows & is_kept)
        if rows.is_empty():
            continue
        shown = without_contacts(rows["text"].fill_null("")).str.slice(0, 200)
        found.append(
            rows.select(
                "line",
                field=pl.lit(name),
                value=pl.when("is_private").then(pl.lit("")).otherwise(shown),
                reason=pl.lit(problem.reason.value),
                whole_row=pl.lit(False),
            ).cast(REJECTS)
        )
    return found


def _reserved(rows: pl.DataFrame) -> pl.DataFrame:
    """Partial diffusion: the commune is public, the address is not."""
    if "diffusion" not in rows.columns:
        return rows
    is_partial = pl.col("diffusion") == Diffusion.PARTIAL.value
    hidden = [name for name in _ADDRESS if name in rows.columns]
    return rows.with_columns(pl.when(is_partial).then(None).otherwise(pl.col(n)).alias(n) for n in hidden)
