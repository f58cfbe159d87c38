"""The places of this site, as tables to place rows by join."""

import polars as pl

from terreau.commons.identifiers import departement_of
from terreau.commons.models import CommuneChange, Place, PostCode
from terreau.commons.queries.places import current_codes

from .placing import Territory


def load_territory() -> Territory:
    """Communes known here (those across the border included), their former codes and names, their post codes."""
    communes = Place.objects.filter(zoning_id="commune").order_by("code")
    known = [
        (code, name, departement_of(code), inside > 0, lon, lat)
        for code, name, inside, lon, lat in communes.values_list(
            "code", "name", "communes_in_region", "lon", "lat"
        )
    ]
    today = current_codes()
    names = CommuneChange.objects.order_by("name_before").values_list("name_before", "code_before").distinct()
    post_codes = PostCode.objects.order_by("code", "commune__code").values_list("code", "commune__code")
    departements = Place.objects.filter(zoning_id="departement", communes_in_region__gt=0)
    return Territory(
        communes=_frame(
            known,
            code=pl.String,
            name=pl.String,
            departement=pl.String,
            in_region=pl.Boolean,
            lon=pl.Float64,
            lat=pl.Float64,
        ),
        former_codes=_frame(
            [(before, code) for before, codes in today.items() for code in codes],
            before=pl.String,
            code=pl.String,
        ),
        former_names=_frame(
            [(name, code) for name, before in names for code in today.get(before, [before])],
            name=pl.String,
            code=pl.String,
        ),
        post_codes=_frame(list(post_codes), post_code=pl.String, code=pl.String),
        departements=frozenset(departements.values_list("code", flat=True)),
    )


def _frame(rows: list, **schema: type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
