"""The read API of processes: mandate, steps, rules in sentences, who holds which role, what changed and why."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status

from terreau.commitments.queries.commitments import shown_party
from terreau.commons.api import WRONG, WRONG_OR_ABSENT, if_changed_today, next_after
from terreau.commons.models import LogEntry
from terreau.deliberate.models import Process
from terreau.deliberate.queries.processes import decider_name, visible_processes, with_standing
from terreau.deliberate.rule_sentences import rules_of, sentences

SLUG = r"^[0-9a-z-]*$"

router = Router(tags=["deliberations"])


class DeciderOut(Schema):
    public_id: str | None = Field(description="null: not in the directory, or may not be named")
    name: str


class TerritoryOut(Schema):
    zoning: str
    code: str
    name: str


class ProcessOut(Schema):
    slug: str
    preset: str = Field(description="consultation, conference or policy")
    title: str
    subject: str
    decider: DeciderOut
    reply_by: dt.date
    place: TerritoryOut | None
    state: str = Field(description="open or stopped")
    standing: str = Field(description="Now: open, soon, replies or ended")
    is_consultative: bool = Field(description="No number of a deliberation is entered yet")
    opened_at: dt.datetime
    changed_at: dt.datetime
    licence: str
    is_demonstration: bool = Field(description="Fictional, shown to try the site")


class StepOut(Schema):
    token: str
    kind: str = Field(description="observe, propose, discuss, vote, decide or follow_up")
    title: str
    words: str
    starts_at: dt.datetime
    ends_at: dt.datetime = Field(description="The first instant at which it is closed")


class RoleOut(Schema):
    power: str = Field(description="facilitator, examiner, voter or decider")
    shown_name: str
    college: str
    given_at: dt.datetime
    ended_at: dt.datetime | None


class ProcessChangeOut(Schema):
    number: int
    at: dt.datetime
    verb: str
    reason: str
    before: dict[str, Any] = Field(description="What the changed fields said")


class AttendanceOut(Schema):
    step: str
    college: str
    number: int


class ProcessDetail(ProcessOut):
    open_matters: str
    closed_matters: str
    legal_basis: str
    method: str
    colleges: list[str]
    eligibility: str
    asks_college: bool
    hides_results: bool
    asks_at_a_time: int
    rules: list[str] = Field(description="The same sentences as on the page and on paper, in French")
    steps: list[StepOut]
    roles: list[RoleOut] = Field(description="Those that ended too")
    attendances: list[AttendanceOut] = Field(description="People counted in a room, by step and college")
    items: list[dict[str, str]] = Field(description="Points of programmes: programme and code")
    stopped_because: str
    deliberation_number: str
    deliberation_on: dt.date | None
    deliberation_url: str
    changes: list[ProcessChangeOut] = Field(description="The latest first")
    log: list[int] = Field(description="Numbers of its acts in the public log")


class ProcessPage(Schema):
    items: list[ProcessOut]
    next: str | None = Field(description="Address of the next page; null on the last one")


class ProcessFilter(Schema):
    etat: Literal["", "open", "soon", "replies", "ended"] = Field("", description="How it stands now")
    after: str = Field("", max_length=80, pattern=SLUG, description="Only those after this slug")
    limit: int = Field(50, ge=1, le=200, description="How many on a page")


@router.get("/processes", response={200: ProcessPage, **WRONG})
@if_changed_today
def processes(request: HttpRequest, wanted: Query[ProcessFilter]) -> Any:
    """Public processes, by slug."""
    found = with_standing(visible_processes(), timezone.now()).filter(slug__gt=wanted.after)
    if wanted.etat:
        found = found.filter(standing=wanted.etat)
    rows = list(found.select_related("decider", "place").order_by("slug")[: wanted.limit + 1])
    shown = rows[: wanted.limit]
    next_page = next_after(request, shown[-1].slug) if len(rows) > len(shown) else None
    return {"items": [_told(one) for one in shown], "next": next_page}


@router.get("/processes/{slug}", response={200: ProcessDetail, **WRONG_OR_ABSENT})
@if_changed_today
def process(request: HttpRequest, slug: Annotated[str, Path(pattern=SLUG, max_length=80)]) -> Any:
    """One process: its mandate, steps, rules and roles, and each change with its reason."""
    rows = with_standing(visible_processes().filter(slug=slug), timezone.now())
    found = rows.select_related("decider", "place").prefetch_related("steps__attendances").first()
    if found is None:
        return Status(404, {"detail": "no public process has this slug"})
    names = ProcessDetail.model_fields.keys() - ProcessOut.model_fields.keys()
    special = {"rules", "steps", "roles", "attendances", "items", "changes", "log"}
    acts = LogEntry.objects.filter(about=f"process:{found.slug}").order_by("index")
    return _told(found) | {
        **{name: getattr(found, name) for name in names - special},
        "rules": sentences(rules_of(found)),
        "steps": [{name: getattr(step, name) for name in StepOut.model_fields} for step in found.steps.all()],
        "roles": list(found.roles.values(*RoleOut.model_fields)),
        "attendances": [
            {"step": step.token, "college": one.college, "number": one.number}
            for step in found.steps.all()
            for one in step.attendances.all()
        ],
        "items": [
            {"programme": programme, "code": code}
            for programme, code in found.items.order_by("programme__slug", "code").values_list(
                "programme__slug", "code"
            )
        ],
        "changes": list(found.changes.order_by("-number").values(*ProcessChangeOut.model_fields)),
        "log": list(acts.values_list("index", flat=True)),
    }


def _told(one: Process) -> dict[str, Any]:
    special = {"decider", "place"}
    shown = shown_party(one.decider)
    place = one.place
    return {name: getattr(one, name) for name in ProcessOut.model_fields.keys() - special} | {
        "decider": {"public_id": shown.public_id if shown else None, "name": decider_name(one)},
        "place": {"zoning": place.zoning_id, "code": place.code, "name": place.name} if place else None,
    }
