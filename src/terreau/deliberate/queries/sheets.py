"""Which paper sheets were typed, and how often. What they say is in their votes, as everybody's."""

from dataclasses import dataclass

from terreau.commons.models import JournalEntry
from terreau.deliberate.enums import Channel
from terreau.deliberate.models import Process


@dataclass(frozen=True)
class Typing:
    """``is_confirmed``: the same as the typing before, by another person."""

    sheet: int
    by: int | None
    is_confirmed: bool


def paper_typings(process: Process, number: int | None = None) -> list[Typing]:
    """The first one first."""
    entries = JournalEntry.objects.filter(verb="enter-sheet", subject=f"process:{process.slug}")
    if number is not None:
        entries = entries.filter(details__sheet=number)
    return [
        Typing(details["sheet"], by, details.get("confirmed", False))
        for by, details in entries.order_by("pk").values_list("by", "details")
        if details["channel"] == Channel.PAPER
    ]


def count_sheets(process: Process) -> tuple[int, int]:
    """How many sheets were typed, and how many of them a second person confirmed."""
    typings = paper_typings(process)
    confirmed = {one.sheet: one.is_confirmed for one in typings}  # the last typing says
    return len(confirmed), sum(confirmed.values())
