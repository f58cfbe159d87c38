"""« Où en est-on ? » in words: who, when, how far. Pages of every room say it with the same sentences."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from terreau.commitments.enums import ENDED, Clock, State
from terreau.commitments.models import Commitment
from terreau.commitments.queries.clock import clock_of, with_clock
from terreau.commitments.queries.commitments import counts, shown_party, trajectory_of
from terreau.commitments.queries.listing import by_attention, with_what_a_line_says
from terreau.commitments.trajectories import Trajectory
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.ui.templatetags.ui import format_number

IN_A_SECTION = 10  # commitments named on the page of an organisation or of a place


@dataclass(frozen=True)
class Who:
    """``party``: its page may be opened. ``name``: always something to say."""

    name: str
    party: Party | None = None


def owner_of(commitment: Commitment) -> Who:
    """Who promises."""
    nobody = _("personne pour l’instant")
    return _who(commitment.owner, commitment.owner_identity, commitment.owner_name, nobody)


def beneficiary_of(commitment: Commitment) -> Who:
    """To whom."""
    identity, name = commitment.beneficiary_identity, commitment.beneficiary_name
    return _who(commitment.beneficiary, identity, name, _("tout le monde"))


def _who(party: Party | None, identity: str, name: str, nobody: str) -> Who:
    if shown := shown_party(party):
        return Who(shown.name, shown)
    return Who(name or (_("une organisation qui n’est pas, ou n’est plus, affichée") if identity else nobody))


def is_orphan(commitment: Commitment) -> bool:
    """As ``queries.clock.ORPHAN`` says it of rows."""
    if commitment.state not in {State.DRAFT, State.OPEN}:
        return False
    if commitment.owner is not None:
        return commitment.owner.diffusion == Diffusion.MASKED
    return not commitment.owner_name


def standing(commitment: Commitment, today: dt.date) -> str:
    """State and clock: « Date passée depuis 12 jours, où en est-on ? »."""
    clock, day = clock_of(commitment, on=today), commitment.ended_on
    if clock == Clock.LATE and commitment.due_on:
        away = _away((today - commitment.due_on).days)
        return _("Date passée depuis %(time)s, où en est-on ?") % {"time": away}
    if clock and commitment.due_on:
        days = (commitment.due_on - today).days
        if days == 0:
            return _("Bientôt dû : aujourd’hui")
        words = _("Bientôt dû : dans %(time)s") if clock == Clock.SOON else _("À venir : dans %(time)s")
        return words % {"time": _away(days)}
    if day is None:
        return _("Brouillon")
    words = {
        State.KEPT: _("Tenu le %(date)s"),
        State.RENEGOTIATED: _("Renégocié le %(date)s"),
        State.ABANDONED: _("Abandonné le %(date)s, avec la raison"),
    }[State(commitment.state)]
    return words % {"date": day_in_words(day)}


def day_in_words(day: dt.date) -> str:
    """« 1er janvier 2026 »: French writes the first of a month so, and only the first."""
    text = date_format(day)
    return text.replace("1 ", "1er ", 1) if day.day == 1 and get_language() == "fr" else text


def _away(days: int) -> str:
    if days < 60:
        return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}
    if days < 730:
        return _("%(n)s mois") % {"n": round(days / 30.44)}
    return _("%(n)s ans") % {"n": round(days / 365.25)}


def quantity(value: Decimal | None) -> str:
    """With the decimals that it has and no more; never 0 for what is not measured."""
    if value is None:
        return _("non mesuré")
    return format_number(value, _decimals(value))  # type: ignore[arg-type]


def expected_on(way: Trajectory, day: dt.date) -> Decimal:
    """What a straight way asks for, no finer than one decimal, or than what is counted."""
    given = (way.baseline, way.target, *(amount for _on, amount in way.steps))
    return way.expected_on(day).quantize(Decimal(1).scaleb(-max(1, *map(_decimals, given))))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def judged_on(commitment: Commitment, today: dt.date) -> dt.date:
    """The day of which the trajectory speaks: today, or that of the end."""
    return min(today, commitment.ended_on or today)


def progress(way: Trajectory | None, day: dt.date) -> str:
    """« 6 de retard : 14 pour 20 attendus au 1er janvier 2026 »; the same figures as the table and the picture."""
    if way is None:
        return _("non mesuré")
    if day < way.starts_on:
        return _("pas encore commencé : début le %(date)s") % {"date": day_in_words(way.starts_on)}
    expected = expected_on(way, day)
    facts = {"expected": quantity(expected), "date": day_in_words(min(day, way.due_on))}
    if not way.is_measured_on(day):
        return _("non mesuré : %(expected)s attendus au %(date)s, rien n’est compté") % facts
    actual = way.actual_on(day)
    gap = expected - actual if way.target >= way.baseline else actual - expected
    facts |= {"actual": quantity(actual), "gap": quantity(abs(gap)), "target": quantity(way.target)}
    if way.is_reached_on(day):
        return _("cible atteinte : %(actual)s pour %(target)s") % facts
    if gap > 0:
        return _("%(gap)s de retard : %(actual)s pour %(expected)s attendus au %(date)s") % facts
    if gap < 0:
        return _("%(gap)s d’avance : %(actual)s pour %(expected)s attendus au %(date)s") % facts
    return _("à l’heure : %(actual)s pour %(expected)s attendus au %(date)s") % facts


@dataclass(frozen=True)
class Line:
    """A commitment in a list. ``progress``: nothing for one without a measure."""

    commitment: Commitment
    owner: Who
    beneficiary: Who
    standing: str
    progress: str
    is_late: bool
    is_orphan: bool


def lines_of(commitments: Iterable[Commitment], today: dt.date) -> list[Line]:
    """Asks nothing of the database when they come from ``with_what_a_line_says``."""
    return [_line(one, today) for one in commitments]


def _line(one: Commitment, today: dt.date) -> Line:
    way = trajectory_of(one) if one.has_measure else None
    return Line(
        commitment=one,
        owner=owner_of(one),
        beneficiary=beneficiary_of(one),
        standing=standing(one, today),
        progress=f"{progress(way, judged_on(one, today))} ({one.unit})" if way else "",
        is_late=clock_of(one, on=today) == Clock.LATE,
        is_orphan=is_orphan(one),
    )


@dataclass(frozen=True)
class Section:
    """On the page of an organisation or a place: those that are open, how many more, how many ended and how."""

    lines: list[Line]
    more: int
    ended: list[tuple[str, str, int]]  # state, its label, how many

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.ended


def section_of(commitments: Any, today: dt.date, most: int = IN_A_SECTION) -> Section:
    """Three queries whatever their number: the counts, the lines, their steps."""
    number = counts(commitments, on=today)
    rows = by_attention(with_clock(commitments.filter(state=State.OPEN), on=today))
    lines = lines_of(with_what_a_line_says(rows)[:most], today) if number[State.OPEN] else []
    ended = [(state.value, str(state.label), number[state]) for state in ENDED if number[state]]
    return Section(lines, number[State.OPEN] - len(lines), ended)
