"""Organisations as answers: what is told of one now, and of its versions."""

import datetime as dt
from typing import Annotated, Any

from ninja import Field, Schema, Status
from pydantic import AfterValidator, model_validator

from terreau.observe.queries.history import Past, State, contents_of, read_moment
from terreau.observe.queries.listing_as_of import row_of
from terreau.observe.queries.practices import themes_of_document

from .pictures import PictureOut
from .practices import PracticeOut, practices_told


def _moment(text: str) -> str:
    read_moment(text)
    return text


AsOf = Annotated[
    str,
    AfterValidator(_moment),
    Field(
        max_length=40,
        description="A past date, AAAA-MM-JJ (as it was at the end of that day), or an instant of ISO 8601",
        examples=["2026-01-31"],
    ),
]


class Organisation(Schema):
    """One party that may be shown; the site is the first one known."""

    public_id: str
    name: str
    siren: str | None
    rna: str | None
    nature: str
    naf: str
    perimeter: str
    is_active: bool
    commune_code: str | None = None
    commune: str | None = None
    lon: float | None = None
    lat: float | None = None


class Value(Schema):
    """A value as one source gives it."""

    field: str
    value: Any
    source: str
    licence: str
    date: str | None
    line: int | None = Field(None, description="null in a frozen version")


class OrganisationDetail(Organisation):
    acronym: str
    legal_category: str
    description: str
    website: str
    perimeter_basis: str
    values: list[Value]
    practices: list[PracticeOut]
    pictures: list[PictureOut] | None = Field(
        description="Those shown now; null in a frozen version: history holds no picture"
    )
    version: int = Field(description="Number of this version; its address does not change")
    since: dt.datetime | None = Field(description="Shown from then on; null: older than our history")
    until: dt.datetime | None = Field(description="Shown until then; null: this is what is shown now")


class Frozen(Schema):
    as_of: AsOf | None = Field(None, description="A past date or instant")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Number of a version")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Frozen":
        if self.as_of is not None and self.version is not None:
            raise ValueError("give as_of or version, not both")
        return self


def version_answer(past: Past, state: State | None, absent: str) -> Any:
    document = contents_of(past, [state]).get((state.public_id, state.number)) if state else None
    if state is None or document is None:
        return Status(404, {"detail": absent})
    values = [
        {
            "field": field,
            "value": value,
            "source": record["source"],
            "licence": document["sources"][record["source"]]["licence"],
            "date": record["observed_on"],
        }
        for record in document["records"]
        for field, value in record["values"].items()
    ]
    told = document["party"] | row_of(state.public_id, document) | dates_of(state)
    return told | {
        "values": values,
        "practices": practices_told(themes_of_document(document)),
        "pictures": None,
    }


def dates_of(state: State) -> dict[str, Any]:
    return {
        "version": state.number,
        "since": state.since and state.since.at,
        "until": state.until and state.until.at,
    }
