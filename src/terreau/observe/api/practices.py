"""Practices as answers: words, dates and who has seen them; never a score."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from ninja import Field, Schema

from terreau.observe.models import Contradiction
from terreau.observe.queries.practices import PracticeSheet, ThemeSheet


class ConfirmationOut(Schema):
    peer: str = Field(description="public_id of the organisation that has seen it")
    peer_name: str
    words: str
    confirmed_at: dt.datetime


class ContradictionOut(Schema):
    """Its words are public once a steward has upheld it: null before, and in a frozen version."""

    state: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    reason: str | None
    evidence: str | None
    reply: str | None
    answer: str | None = Field(description="The reason that the steward gave")


class PracticeOut(Schema):
    """What the organisation says it does, under one theme."""

    theme: str
    text: str
    evidence: str
    declared_at: dt.datetime
    confirmations: list[ConfirmationOut]
    contradictions: list[ContradictionOut]


def practices_told(themes: Iterable[ThemeSheet]) -> list[dict[str, Any]]:
    return [_practice(sheet) for theme in themes for sheet in theme.standing]


def _practice(sheet: PracticeSheet) -> dict[str, Any]:
    said = {name: getattr(sheet.practice, name) for name in ("theme", "text", "evidence", "declared_at")}
    confirmations = [
        {
            "peer": one.its_party.public_id,
            "peer_name": one.its_party.name,
            "words": one.words,
            "confirmed_at": one.confirmed_at,
        }
        for one in sheet.confirmations
    ]
    return said | {
        "confirmations": confirmations,
        "contradictions": [_contradiction(one) for one in sheet.contradictions],
    }


def _contradiction(one: Contradiction) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("state", "opened_at", "closed_at")}
    is_upheld = one.state == Contradiction.State.UPHELD
    words = {
        name: (getattr(one, name) or None) if is_upheld else None for name in ("reason", "evidence", "reply")
    }
    return told | words | {"answer": one.answer or None}
