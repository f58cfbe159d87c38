"""Promises for tests: each makes the least that is valid, with names that are clearly fictional."""

from datetime import date
from itertools import count
from typing import Any

from terreau.commitments.actions import open_commitment, save_draft
from terreau.commitments.models import Commitment, Programme, ProgrammeItem
from terreau.commons.models import User

from . import make_user

_numbers = count(1)


def make_keeper() -> User:
    """Who keeps the register: a facilitator."""
    return make_user("", "facilitator")


def make_item(code: str = "", programme: str = "essai", **values: Any) -> ProgrammeItem:
    number = next(_numbers)
    whole, _ = Programme.objects.get_or_create(
        slug=programme,
        defaults={
            "title": "Programme fictif",
            "author": "Réseau fictif",
            "licence": "etalab-2.0",
            "rights_holder": "Réseau fictif",
        },
    )
    values = {"title": f"Point fictif {number}", "rank": number, **values}
    return ProgrammeItem.objects.create(programme=whole, code=code or str(number), **values)


def make_draft(by: User | None = None, **values: Any) -> Commitment:
    values = {
        "title": f"Promesse fictive {next(_numbers)}",
        "owner_name": "Groupe fictif",
        "deliverable": "Une liste publiée",
        "starts_on": date(2024, 1, 1),
        "due_on": date(2030, 1, 1),
        **values,
    }
    return save_draft(by=by or make_keeper(), **values)


def make_commitment(by: User | None = None, **values: Any) -> Commitment:
    """An open one."""
    by = by or make_keeper()
    return open_commitment(draft=make_draft(by, **values), by=by)
