"""A meeting adopts a proposal or not, by show of hands; ballots come with *Decide*."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.enums import College
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, ProposalState
from terreau.deliberate.models import Process, Proposal, ShowOfHands
from terreau.deliberate.queries.proposals import JUDGED
from terreau.deliberate.rules import are_results_hidden, is_locked, may_facilitate

from .telling import tell_statement_authors
from .writing import NotAllowed, locked, write_change

MOST_HANDS = 1_000_000


@dataclass(frozen=True)
class Hands:
    """Of a college, or of the whole room without one."""

    in_favour: int
    against: int
    abstained: int = 0
    college: str = ""


@transaction.atomic
def judge_proposal(
    *,
    proposal: Proposal,
    is_adopted: bool,
    judged_on: dt.date | None,
    meeting: str,
    hands: Sequence[Hands],
    reason: str = "",
    by: User,
) -> Proposal:
    """Write what a meeting decided, with its counts. Again, with a public ``reason``, to correct them as long as
    nobody has replied. Raises ValidationError, NotAllowed.
    """
    process = locked(proposal.process)
    row = Proposal.objects.get(pk=proposal.pk)
    row.process = process
    is_correction = row.state in JUDGED
    _check_may_judge(row, by)
    _check_judgment(row, is_adopted, judged_on, meeting, hands)
    if is_correction and not reason.strip():
        raise ValidationError(
            {"reason": _("Ce vote est déjà noté : dites ce que vous corrigez, et pourquoi.")}
        )
    before = _as_it_was(row)
    row.state = ProposalState.ADOPTED if is_adopted else ProposalState.NOT_ADOPTED
    row.judged_on, row.meeting = judged_on, meeting.strip()
    row.full_clean(exclude=["process", "author"], validate_constraints=False)
    row.save(update_fields=["state", "judged_on", "meeting"])
    row.counts.all().delete()
    ShowOfHands.objects.bulk_create(
        ShowOfHands(
            proposal=row,
            college=one.college,
            in_favour=one.in_favour,
            against=one.against,
            abstained=one.abstained,
        )
        for one in hands
    )
    verb = "correct-judgment" if is_correction else "adopt-proposal" if is_adopted else "not-adopt-proposal"
    write_change(process, verb, by=by, reason=reason.strip(), before=before)
    tell_statement_authors(proposal=row, words=_told(row), by=by)
    return row


def _told(row: Proposal) -> str:
    if row.state == ProposalState.ADOPTED:
        words = _("La proposition n° %(number)s, qui en est tirée, est adoptée : une réponse lui est due.")
    else:
        words = _("La proposition n° %(number)s, qui en est tirée, n’est pas adoptée.")
    return words % {"number": row.number}


def _as_it_was(row: Proposal) -> dict[str, Any]:
    """For the history of the process: which proposal, and what a correction replaces."""
    if row.state not in JUDGED:
        return {"proposal": row.token}
    counts = [
        {
            "college": one.college,
            "in_favour": one.in_favour,
            "against": one.against,
            "abstained": one.abstained,
        }
        for one in row.counts.all()
    ]
    judged: dict[str, Any] = {"state": row.state, "judged_on": str(row.judged_on), "meeting": row.meeting}
    if not are_results_hidden(row.process, timezone.now()):
        judged["counts"] = counts  # the history is public: hidden, they would leak through it
    return {"proposal": row.token, **judged}


def _check_may_judge(row: Proposal, by: User) -> None:
    if not may_facilitate(by, row.process):
        raise NotAllowed(_("Seuls les animateurs de la démarche notent ce qu’une réunion a décidé."))
    if row.process.is_draft:
        raise NotAllowed(_("Cette démarche n’est pas encore publique."))
    if is_locked(by, row.process, proposal=row):
        raise NotAllowed(
            _(
                "Vous avez déclaré un intérêt dans ce dossier : un autre animateur note ce que la réunion a décidé."
            )
        )
    if row.state == ProposalState.WITHDRAWN or (
        row.state == ProposalState.PROPOSED and row.moderation != Moderation.PUBLISHED
    ):
        raise NotAllowed(_("Seule une proposition publiée, et que son auteur n’a pas retirée, est jugée."))
    if row.replies.exists():
        raise NotAllowed(_("Une réponse est publiée : ce que la réunion a décidé ne change plus."))


def _check_judgment(
    row: Proposal, is_adopted: bool, judged_on: dt.date | None, meeting: str, hands: Sequence[Hands]
) -> None:
    problems: dict[str, str] = {}
    if wrong := _wrong_day(judged_on, row.process):
        problems["judged_on"] = wrong
    if not meeting.strip():
        problems["meeting"] = _("Dites à quelle réunion : son nom, ou son lieu.")
    if wrong := _wrong_hands(row.process, is_adopted, hands):
        problems["hands"] = wrong
    if problems:
        raise ValidationError(problems)


def _wrong_day(day: dt.date | None, process: Process) -> str:
    if day is None:
        return _("Donnez la date de la réunion.")
    if day > timezone.localdate():
        return _("Cette date est à venir : notez la réunion une fois tenue.")
    if process.opened_at and day < timezone.localdate(process.opened_at):
        return _("Cette date est avant la publication de la démarche.")
    return ""


def _wrong_hands(process: Process, is_adopted: bool, hands: Sequence[Hands]) -> str:
    """What no count of a room can say."""
    colleges = [one.college for one in hands]
    numbers = [number for one in hands for number in (one.in_favour, one.against, one.abstained)]
    if not hands or not any(numbers):
        return _("Donnez le nombre de mains levées : pour toute la salle, ou par collège.")
    if any(number < 0 or number > MOST_HANDS for number in numbers):
        return _("Un nombre de mains levées est un nombre entier, de zéro à un million.")
    if "" in colleges and len(hands) > 1:
        return _("Comptez toute la salle, ou chaque collège, pas les deux : l’un contredirait l’autre.")
    if len(set(colleges)) != len(colleges):
        return _("Un collège est compté deux fois.")
    unknown = [code for code in colleges if code and code not in process.colleges]
    if unknown:
        names = ", ".join(str(College(one).label) if one in College.values else one for one in unknown)
        return _("Ce collège n’est pas de ceux de la démarche : %(names)s.") % {"names": names}
    in_favour, against = sum(one.in_favour for one in hands), sum(one.against for one in hands)
    if is_adopted and in_favour <= against:
        return _(
            "Adoptée avec %(for)s pour et %(against)s contre : ces nombres se contredisent. Vérifiez-les, ou notez "
            "qu’elle n’est pas adoptée."
        ) % {"for": in_favour, "against": against}
    return ""
