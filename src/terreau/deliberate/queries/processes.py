"""Processes that may be shown."""

from django.db.models import QuerySet

from terreau.deliberate.enums import State
from terreau.deliberate.models import Process


def visible_processes() -> "QuerySet[Process]":
    """Those that everybody may read: every one that was ever public."""
    return Process.objects.exclude(state=State.DRAFT)


def find_process(slug: str) -> Process | None:
    """With its steps and its decider, drafts too: ``rules.may_see`` says who reads it."""
    return (
        Process.objects.select_related("decider", "place").prefetch_related("steps").filter(slug=slug).first()
    )
