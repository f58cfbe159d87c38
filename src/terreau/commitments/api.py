"""The read API of the register: promises with their history, and the programmes that they serve.

Lists are paged by key, as everywhere; an answer is new with each act and with each day.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status

from terreau.commitments.enums import State
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commitments.queries.asking import FILTERS, commitments_asked
from terreau.commitments.queries.clock import with_clock
from terreau.commitments.queries.commitments import (
    changes_of,
    shown_party,
    trajectory_of,
    visible_commitments,
)
from terreau.commitments.queries.history import log_indexes, shown_before
from terreau.commons.api import UNCHANGED, WRONG, WRONG_OR_ABSENT, if_changed_today
from terreau.commons.models import Party, Place

CODE = r"^[0-9A-Za-z_]*$"
SLUG = r"^[0-9A-Za-z_-]*$"

router = Router(tags=["engagements"])


class PartyOut(Schema):
    public_id: str | None = Field(description="null: a group that is not in the directory")
    name: str


class PlaceOut(Schema):
    zoning: str
    code: str
    name: str


class ItemRef(Schema):
    programme: str
    code: str


class CommitmentOut(Schema):
    token: str
    title: str
    owner: PartyOut | None = Field(description="null: nobody now, or somebody who may not be named")
    beneficiary: PartyOut | None = Field(description="null: everyone, or somebody who may not be named")
    deliverable: str
    unit: str
    baseline: float | None
    target: float | None
    starts_on: dt.date
    due_on: dt.date
    state: str = Field(description="open, kept, renegotiated or abandoned")
    clock: str = Field(description="Of an open one, today: late, soon (30 days) or ahead; else empty")
    is_orphan: bool = Field(description="Open, and without anybody to keep it")
    opened_on: dt.date
    ended_on: dt.date | None
    place: PlaceOut | None
    items: list[ItemRef]
    changed_at: dt.datetime
    licence: str
    is_demonstration: bool = Field(description="Fictional, shown to try the site; not in the open data")


class FulfilmentOut(Schema):
    token: str
    on: dt.date
    amount: float | None = Field(description="In the unit of the commitment; null: told with words only")
    words: str
    evidence_url: str
    withdrawn_on: dt.date | None = Field(description="It no longer counts since that day")
    withdrawn_because: str


class ChangeOut(Schema):
    number: int
    at: dt.datetime
    verb: str
    reason: str
    before: dict[str, Any] = Field(description="What the changed fields said; parties by public_id, or null")


class PointOut(Schema):
    on: dt.date
    expected: float = Field(description="On a straight way from the baseline to the target")
    actual: float


class CommitmentDetail(CommitmentOut):
    details: str
    basis: str
    basis_words: str
    basis_url: str
    result: str
    result_url: str
    reason: str = Field(description="Why it was renegotiated or abandoned")
    successor: str | None = Field(description="Token of the commitment that replaces it")
    fulfilments: list[FulfilmentOut]
    changes: list[ChangeOut] = Field(description="The latest first")
    trajectory: list[PointOut] | None = Field(description="null: it has no measure")
    log: list[int] = Field(description="Numbers of its acts in the public log")


class CommitmentPage(Schema):
    items: list[CommitmentOut]
    next: str | None = Field(description="Address of the next page; null on the last one")


class CommitmentFilter(Schema):
    q: str = Field("", max_length=200, description="Words of what is promised")
    etat: Literal["", "open", "kept", "renegotiated", "abandoned", "late", "soon", "ahead", "orphan"] = Field(
        "", description="A state; or how it stands today: late, soon, ahead, orphan"
    )
    acteur: str = Field("", max_length=10, pattern=CODE, description="public_id of who promises or receives")
    territoire: str = Field(
        "",
        max_length=60,
        pattern=r"^[0-9A-Za-z_:]*$",
        description="`<zoning>:<code>`: that place and its communes",
    )
    programme: str = Field("", max_length=50, pattern=SLUG, description="Code of a programme")
    point: str = Field("", max_length=20, description="With `programme`: number of one of its items")
    after: str = Field("", max_length=10, pattern=CODE, description="Only those after this token")
    limit: int = Field(50, ge=1, le=200, description="How many on a page")


class ItemOut(Schema):
    code: str
    kind: str
    part: str
    title: str
    aim: str
    modal: str = Field(description="must, could or both; empty: the text does not say")
    is_withdrawn: bool
    translations: dict[str, dict[str, str]]
    commitments: int = Field(description="How many public commitments serve it, demonstration left out")


class ProgrammeOut(Schema):
    slug: str
    title: str
    author: str
    adopted_on: dt.date | None
    presentation: str
    url: str
    licence: str
    rights_holder: str
    translations: dict[str, dict[str, str]]
    items: list[ItemOut]


@router.get("/commitments", response={200: CommitmentPage, **WRONG})
@if_changed_today
def commitments(request: HttpRequest, wanted: Query[CommitmentFilter]) -> Any:
    """Commitments, by token: who promised what to whom, by when, and how it stands."""
    asked = {name: getattr(wanted, name) for name in FILTERS if getattr(wanted, name)}
    found = commitments_asked(asked).filter(token__gt=wanted.after).order_by("token")
    rows = list(_with_items(found)[: wanted.limit + 1])
    shown = rows[: wanted.limit]
    next_page = None
    if len(rows) > len(shown):
        query = request.GET.copy()
        query["after"] = shown[-1].token
        next_page = f"{request.path}?{query.urlencode()}"
    return {"items": [_told(one) for one in shown], "next": next_page}


@router.get("/commitments/{token}", response={200: CommitmentDetail, **WRONG_OR_ABSENT})
@if_changed_today
def commitment(request: HttpRequest, token: Annotated[str, Path(pattern=CODE, max_length=10)]) -> Any:
    """One commitment, with what was done, its changes, and its way from the start to the target."""
    rows = with_clock(visible_commitments().filter(token=token), on=timezone.localdate())
    found = _with_items(rows.select_related("owner", "beneficiary", "place", "successor")).first()
    if found is None:
        return Status(404, {"detail": "no public commitment has this token"})
    way = trajectory_of(found)
    names = ("details", "basis", "basis_words", "basis_url", "result", "result_url", "reason")
    return _told(found) | {
        **{name: getattr(found, name) for name in names},
        "successor": found.successor and found.successor.token,
        "fulfilments": list(found.fulfilments.values(*FulfilmentOut.model_fields)),
        "changes": [
            {
                "number": one.number,
                "at": one.at,
                "verb": one.verb,
                "reason": one.reason,
                "before": shown_before(one),
            }
            for one in changes_of(found)
        ],
        "trajectory": way and [vars(point) for point in way.points(timezone.localdate())],
        "log": log_indexes(found),
    }


@router.get("/programmes", response={200: list[ProgrammeOut], **UNCHANGED})
@if_changed_today
def programmes(request: HttpRequest) -> Any:
    """Every programme with its items, and how many commitments serve each."""
    public = ~Q(commitments__state=State.DRAFT) & Q(commitments__is_demonstration=False)
    items = ProgrammeItem.objects.annotate(served=Count("commitments", filter=public)).order_by(
        "rank", "code"
    )
    rows = Programme.objects.prefetch_related(Prefetch("items", items))
    return [
        {name: getattr(one, name) for name in ProgrammeOut.model_fields if name != "items"}
        | {"items": [_item(item) for item in one.items.all()]}
        for one in rows
    ]


def _item(item: Any) -> dict[str, Any]:
    names = ItemOut.model_fields.keys() - {"commitments"}
    return {name: getattr(item, name) for name in names} | {"commitments": item.served}


def _with_items(commitments: Any) -> Any:
    return commitments.prefetch_related(Prefetch("items", ProgrammeItem.objects.select_related("programme")))


def _told(one: Any) -> dict[str, Any]:
    special = {"owner", "beneficiary", "place", "items"}
    return {name: getattr(one, name) for name in CommitmentOut.model_fields.keys() - special} | {
        "owner": _party(one.owner, one.owner_name),
        "beneficiary": _party(one.beneficiary, one.beneficiary_name),
        "place": _place(one.place),
        "items": sorted(
            ({"programme": item.programme.slug, "code": item.code} for item in one.items.all()),
            key=lambda item: (item["programme"], item["code"]),
        ),
    }


def _party(party: Party | None, name: str) -> dict[str, Any] | None:
    shown = shown_party(party)
    if shown is not None:
        return {"public_id": shown.public_id, "name": shown.name}
    return {"public_id": None, "name": name} if name else None


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"zoning": place.zoning_id, "code": place.code, "name": place.name}
