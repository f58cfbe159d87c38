"""What was published of a place on a date, read in the files of that date and nowhere else.

The files kept are redacted when a party is masked; who is masked now is looked for once more, in case that failed.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from terreau.commons.enums import Nature
from terreau.lake.versions import versions_of
from terreau.observe.models import IndicatorValue

from .published_then import Used, used_then
from .secrecy import hidden_public_ids

READ = ("places", "memberships", "indicators", "organisations", "sites")
MOST_COMMUNES = 3  # named for each party


@dataclass(frozen=True)
class Zone:
    zoning: str
    code: str
    name: str


@dataclass(frozen=True)
class PartyThere:
    """``communes``: where in the place it worked, at most MOST_COMMUNES of them. ``nature`` None: not published."""

    public_id: str
    name: str
    nature: Nature | None
    communes: list[str]
    more: bool


class PastPlace:
    """A place as the publications of ``moment`` tell it. Each file is read when a page asks for it."""

    def __init__(self, zoning: str, code: str, moment: dt.datetime) -> None:
        self.zoning, self.code, self.moment = zoning, code, moment
        self._used = used_then(READ, moment)

    @property
    def used(self) -> list[Used]:
        return list(self._used.values())

    def can_read(self, *names: str) -> bool:
        return all(self._used[name].is_readable for name in names)

    @cached_property
    def facts(self) -> dict[str, object] | None:
        """The row of the place; None when it was not published."""
        found = self._used["places"].rows(pl.col("zoning") == self.zoning, pl.col("code") == self.code)
        return found.row(0, named=True) if found.height else None

    def zones(self) -> list[Zone]:
        """The zones that the commune belonged to."""
        own = self._used["memberships"].rows(pl.col("commune_code") == self.code)
        codes = own.select("zoning", code="zone_code")
        places = self._used["places"].rows(pl.col("code").is_in(codes["code"].to_list()))
        named = codes.join(places, on=["zoning", "code"], how="left").select("zoning", "code", "name")
        return [Zone(zoning, code, name or code) for zoning, code, name in named.iter_rows()]

    def figures(self) -> list[IndicatorValue]:
        """Rows as they were published; they are not saved."""
        rows = self._used["indicators"].rows(pl.col("zoning") == self.zoning, pl.col("code") == self.code)
        return [
            IndicatorValue(
                indicator=row["indicator"],
                period=row["period"],
                value=row["value"],
                unplaced=row["unplaced"] or 0,
                place_id=0,
            )
            for row in rows.iter_rows(named=True)
        ]

    @cached_property
    def _parties(self) -> pl.DataFrame:
        """One row per active party with a site there, by name: public_id, name, nature, communes."""
        active = self._used["organisations"].rows(
            pl.col("is_active").fill_null(True), only=("public_id", "nature")
        )
        sites = self._used["sites"].rows(self._is_there(), only=("public_id", "name", "commune"))
        if self.can_read("organisations"):
            sites = sites.join(active, on="public_id", how="semi")
        sites = sites.filter(~pl.col("public_id").is_in(list(hidden_public_ids())))
        return (
            sites.group_by("public_id")
            .agg(pl.col("name").first(), pl.col("commune").drop_nulls().unique().sort().alias("communes"))
            .join(active, on="public_id", how="left")
            .with_columns(folded("name").alias("order"))
            .sort("order", "public_id")
        )

    def _is_there(self) -> pl.Expr:
        """The same rule as ``directory.sites_in``, on the codes published then."""
        if self.zoning == "commune":
            return pl.col("commune_code") == self.code
        mine = (pl.col("zoning") == self.zoning, pl.col("zone_code") == self.code)
        communes = self._used["memberships"].rows(*mine)["commune_code"]
        inside = pl.col("commune_code").is_in(communes.to_list())
        if self.zoning == "departement":
            return inside | (pl.col("departement_code") == self.code)
        if self.zoning == "region":
            every = self._used["places"].rows(pl.col("zoning") == "departement")["code"]
            return inside | pl.col("departement_code").is_in(every.to_list())
        return inside

    def party_count(self) -> int:
        return self._parties.height

    def parties(self, first: int, last: int) -> list[PartyThere]:
        """From row ``first`` to ``last``, not included."""
        return [
            PartyThere(
                row["public_id"],
                row["name"],
                Nature(row["nature"]) if row["nature"] in Nature.values else None,
                row["communes"][:MOST_COMMUNES],
                len(row["communes"]) > MOST_COMMUNES,
            )
            for row in self._parties[first:last].iter_rows(named=True)
        ]


def first_publication(name: str = "places") -> dt.datetime | None:
    versions = versions_of(name)
    return versions[-1].since if versions else None


def folded(name: str) -> pl.Expr:
    """É sorts with E."""
    return pl.col(name).str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
