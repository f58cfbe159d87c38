"""Who was there, step by step and college by college: counted in the room, or seen in what people did."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from terreau.commons.enums import College
from terreau.deliberate.enums import Moderation, StepKind
from terreau.deliberate.models import Contribution, Participant, Process, Proposal, Statement, Step


@dataclass(frozen=True)
class Cell:
    """``in_room``: counted by hand. ``seen``: participants who wrote, or gave their opinion, in the step."""

    in_room: int = 0
    seen: int = 0

    @property
    def total(self) -> int:
        return self.in_room + self.seen


@dataclass(frozen=True)
class PresenceRow:
    """``cells``: in the order of the colleges; ``without``: of people who named no college.

    ``are_voters_hidden``: who gave an opinion is not counted yet.
    """

    step: Step
    cells: list[Cell]
    without: Cell
    labels: list[str]
    is_begun: bool
    are_voters_hidden: bool

    @property
    def labelled(self) -> list[tuple[str, Cell]]:
        return list(zip(self.labels, self.cells, strict=True))

    @property
    def colleges_present(self) -> int:
        return sum(1 for cell in self.cells if cell.total)

    @property
    def is_one_sided(self) -> bool:
        """« non co-construite »: begun, and one college alone is known to have taken part."""
        return self.is_begun and not self.are_voters_hidden and self.colleges_present == 1


def presence_of(process: Process, now: dt.datetime) -> list[PresenceRow]:
    """One row a step, in their order; the same number of queries whatever their number."""
    steps = list(process.steps.prefetch_related("attendances"))
    college_of = dict(process.participants.values_list("pk", "college"))
    shows = process.shows_results_at(now)
    wrote = _who_wrote(process)
    voters = _voters(process) if shows and any(step.kind == StepKind.VOTE for step in steps) else set()
    labels = [str(College(code).label) for code in process.colleges]
    rows = []
    for step in steps:
        seen = {person for person, at in wrote if step.is_open_at(at)}
        if step.kind == StepKind.VOTE:
            seen |= voters
        by_college: dict[str, int] = defaultdict(int)
        for person in seen:
            by_college[college_of.get(person, "")] += 1
        if step.seen and step.ends_at <= now:
            by_college = defaultdict(int, step.seen)
        in_room = {one.college: one.number for one in step.attendances.all()}
        rows.append(
            PresenceRow(
                step=step,
                cells=[Cell(in_room.get(code, 0), by_college.get(code, 0)) for code in process.colleges],
                without=Cell(0, sum(n for code, n in by_college.items() if code not in process.colleges)),
                labels=labels,
                is_begun=step.starts_at <= now,
                are_voters_hidden=step.kind == StepKind.VOTE and not shows,
            )
        )
    return rows


def _who_wrote(process: Process) -> list[tuple[int, dt.datetime]]:
    """Participant and instant of each published words of theirs, whatever became of them since."""
    published = {"author__isnull": False, "moderation": Moderation.PUBLISHED}
    found = [
        *Statement.objects.filter(process=process, **published).values_list("author", "at"),
        *Proposal.objects.filter(process=process, **published).values_list("author", "at"),
        *Contribution.objects.filter(text__process=process, **published).values_list("author", "at"),
    ]
    return [(person, at) for person, at in found if person is not None]


def _voters(process: Process) -> set[int]:
    """A vote has no date: those who gave an opinion are counted in the steps of opinions."""
    return set(Participant.objects.filter(process=process, votes__isnull=False).values_list("pk", flat=True))


def seen_in_ended_steps(process: Process, now: dt.datetime) -> dict[str, dict[str, int]]:
    """Token of a step → college → people seen in it, as the page says; without a college under an empty name.

    Of the steps that ended, and not before everything is counted: who wrote is not known where a dump is loaded.
    """
    found = {}
    for row in presence_of(process, now):
        if row.step.ends_at <= now and not row.are_voters_hidden:
            seen = {code: cell.seen for code, cell in zip(process.colleges, row.cells, strict=True)}
            counts = {**seen, "": row.without.seen}
            found[row.step.token] = {code: number for code, number in counts.items() if number}
    return found
