"""The read API of what a process holds: its proposals and its texts.

A file that a declared interest locks refuses its holder here as on its page: an account is known by its session.
"""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status

from terreau.commons.api import WRONG_OR_ABSENT, Problem, if_changed_today_to_visitors
from terreau.commons.models import User
from terreau.deliberate.models import Process, Proposal, Text
from terreau.deliberate.queries.interests import locking_interest
from terreau.deliberate.queries.processes import visible_processes
from terreau.deliberate.queries.proposal_files import file_of
from terreau.deliberate.queries.proposals import find_proposal, locked_among, proposals_of
from terreau.deliberate.queries.replies import replies_due
from terreau.deliberate.queries.texts import current_version, find_text, texts_of
from terreau.deliberate.rules import are_results_hidden

LOCKED = {403: Problem, **WRONG_OR_ABSENT}
Slug = Annotated[str, Path(pattern=r"^[0-9a-z-]*$", max_length=80)]
Token = Annotated[str, Path(pattern=r"^[0-9a-z]*$", max_length=10)]

router = Router(tags=["deliberations"])


class ProposalOut(Schema):
    number: int
    token: str
    state: str = Field(description="proposed, adopted, not_adopted or withdrawn")
    title: str | None = Field(
        description="null: refused by review, or a file that your declared interest locks"
    )
    is_locked: bool = Field(description="Your declared interest locks its file")
    judged_on: dt.date | None
    owes_a_reply: bool = Field(description="Adopted, and not answered yet")


class ProposalFile(Schema):
    process: str
    number: int
    token: str
    state: str
    motive: str = Field(description="Why review refused its words; empty: it did not")
    versions: list[dict[str, Any]]
    statements: list[int] = Field(description="Numbers of those it was drawn from")
    supports: int | None = Field(description="null: hidden until closing")
    judged_on: dt.date | None
    meeting: str
    withdrawn_because: str
    hands: list[dict[str, Any]] | None = Field(description="null: hidden until closing")
    reply_by: dt.date
    replies: list[dict[str, Any]] = Field(description="The one in force and those before it")


class ParagraphOut(Schema):
    key: str = Field(description="The same in every version")
    kind: str = Field(description="heading, paragraph or item")
    words: str


class TextOut(Schema):
    token: str
    title: str
    is_open: bool = Field(description="Contributions are taken")
    adopted_on: dt.date | None
    version: int


class TextFile(TextOut):
    paragraphs: list[ParagraphOut]


@router.get("/processes/{slug}/proposals", response={200: list[ProposalOut], **WRONG_OR_ABSENT})
@if_changed_today_to_visitors
def proposals(request: HttpRequest, slug: Slug) -> Any:
    """The proposals of a process, by number."""
    found = _process(slug)
    if found is None:
        return _absent()
    rows = list(proposals_of(found))
    locked = locked_among(_user(request), rows)
    owed = set(replies_due(process=found).values_list("pk", flat=True))
    return [_told(one, is_locked=one.pk in locked, owes=one.pk in owed) for one in rows]


@router.get("/processes/{slug}/proposals/{token}", response={200: ProposalFile, **LOCKED})
def proposal(request: HttpRequest, slug: Slug, token: Token) -> Any:
    """The whole file of one proposal: always sent, for no journal keeps the supports that it counts."""
    process = _process(slug)
    found = find_proposal(process, token) if process else None
    if process is None or found is None:
        return _absent()
    if locking_interest(_user(request), process, proposal=found):
        return _locked()
    return file_of(found, is_hidden=are_results_hidden(process, timezone.now()))


@router.get("/processes/{slug}/texts", response={200: list[TextOut], **WRONG_OR_ABSENT})
@if_changed_today_to_visitors
def texts(request: HttpRequest, slug: Slug) -> Any:
    """The texts that a process writes, but for those that your declared interest locks."""
    process = _process(slug)
    if process is None:
        return _absent()
    user = _user(request)
    return [_text(one) for one in texts_of(process) if locking_interest(user, process, text=one) is None]


@router.get("/processes/{slug}/texts/{token}", response={200: TextFile, **LOCKED})
@if_changed_today_to_visitors
def text(request: HttpRequest, slug: Slug, token: Token) -> Any:
    """The version in force of one text."""
    process = _process(slug)
    found = find_text(process, token) if process else None
    if process is None or found is None:
        return _absent()
    if locking_interest(_user(request), process, text=found):
        return _locked()
    names = ParagraphOut.model_fields
    return _text(found) | {"paragraphs": list(current_version(found).paragraphs.values(*names))}


def _process(slug: str) -> Process | None:
    return visible_processes().filter(slug=slug).first()


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _absent() -> Status:
    return Status(404, {"detail": "no public process, or no file of it, has this name"})


def _locked() -> Status:
    return Status(
        403, {"detail": "your declared interest locks this file; end it on the page of the process"}
    )


def _told(one: Proposal, *, is_locked: bool, owes: bool) -> dict[str, Any]:
    is_read = one.is_published and not is_locked
    return {
        "number": one.number,
        "token": one.token,
        "state": one.state,
        "title": one.current_title if is_read else None,  # type: ignore[attr-defined]
        "is_locked": is_locked,
        "judged_on": one.judged_on,
        "owes_a_reply": owes,
    }


def _text(one: Text) -> dict[str, Any]:
    return {
        "token": one.token,
        "title": one.title,
        "is_open": one.is_open,
        "adopted_on": one.adopted_on,
        "version": current_version(one).number,
    }
