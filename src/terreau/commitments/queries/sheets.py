"""What the page of one commitment tells, in a number of queries that does not depend on how long its story is."""

from dataclasses import dataclass, field
from typing import Any

from terreau.commitments.models import Change, Commitment, Fulfilment, ProgrammeItem
from terreau.commitments.trajectories import Trajectory
from terreau.commons.models import LogEntry, Party, Place
from terreau.commons.queries.log import log_entries

from .commitments import chain_of, trajectory_of

MOST_REFUSALS = 20


@dataclass(frozen=True)
class Named:
    """What a change says before, by key: parties by identity (those of the directory), places, items."""

    parties: dict[str, Party] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    items: dict[tuple[str, str], ProgrammeItem] = field(default_factory=dict)


@dataclass(frozen=True)
class CommitmentSheet:
    """``steps``: every fulfilment, withdrawn ones too. ``changes``: the latest first. ``refusals``: entries of the
    public log that tell of changes that were refused.
    """

    commitment: Commitment
    items: list[ProgrammeItem]
    steps: list[Fulfilment]
    trajectory: Trajectory | None
    changes: list[Change]
    named: Named
    before: list[Commitment]
    after: list[Commitment]
    refusals: list[LogEntry]


def read_commitment(commitment: Commitment) -> CommitmentSheet:
    changes = list(commitment.changes.order_by("-number"))
    return CommitmentSheet(
        commitment=commitment,
        items=list(commitment.items.select_related("programme").order_by("programme", "rank")),
        steps=list(commitment.fulfilments.all()),
        trajectory=trajectory_of(commitment),
        changes=changes,
        named=_named(changes),
        before=list(commitment.predecessors.order_by("pk")),
        after=chain_of(commitment),
        refusals=_refusals(commitment),
    )


def _refusals(commitment: Commitment) -> list[LogEntry]:
    about = log_entries().filter(about=f"commitment:{commitment.token}", verb="refuse-commitment-change")
    return list(about[:MOST_REFUSALS])


def _named(changes: list[Change]) -> Named:
    said: dict[str, list[Any]] = {"party": [], "place": [], "items": []}
    for change in changes:
        for name, value in change.before.items():
            if name in {"owner", "beneficiary"} and value:
                said["party"].append(value)
            elif name == "place" and value:
                said["place"].append(tuple(value))
            elif name == "items":
                said["items"] += [tuple(one) for one in value]
    return Named(
        {one.identity: one for one in Party.objects.filter(identity__in=said["party"])}
        if said["party"]
        else {},
        _places(said["place"]),
        _items(said["items"]),
    )


def _places(keys: list[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    rows = Place.objects.filter(code__in={code for _, code in keys}) if keys else []
    return {(row.zoning_id, row.code): row for row in rows}


def _items(keys: list[tuple[str, str]]) -> dict[tuple[str, str], ProgrammeItem]:
    if not keys:
        return {}
    rows = ProgrammeItem.objects.select_related("programme").filter(code__in={code for _, code in keys})
    return {(row.programme.slug, row.code): row for row in rows}
