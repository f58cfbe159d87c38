"""The reasoned public reply that an adopted proposal is owed. A new one is another row: the former stays readable."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.actions import save_draft
from terreau.commitments.actions.opening import publish
from terreau.commitments.actions.writing import web_address_or_nothing
from terreau.commitments.enums import Answer, Basis
from terreau.commitments.models import Commitment
from terreau.commitments.queries import visible_commitments
from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import ProposalState
from terreau.deliberate.models import Process, Proposal, Reply
from terreau.deliberate.rules import is_locked, may_decide

from .moderating import subject_of_words
from .telling import tell_statement_authors
from .writing import NotAllowed, locked, write_journal


@dataclass(frozen=True)
class Promise:
    """A commitment written with the reply: its owner is who decides."""

    title: str
    due_on: dt.date | None
    deliverable: str = ""


@transaction.atomic
def reply_to_proposal(
    *,
    proposal: Proposal,
    answer: str,
    reasons: str,
    in_the_name_of: str,
    commitments: Sequence[Commitment] = (),
    promises: Sequence[Promise] = (),
    no_commitment_because: str = "",
    page: str = "",
    by: User,
) -> Reply:
    """``commitments``: public ones that follow from it; ``promises``: written now, and public at once. ``page``: of
    the proposal. Raises ValidationError, NotAllowed.
    """
    process = locked(proposal.process)
    row = Proposal.objects.select_related("author__user").get(pk=proposal.pk)
    row.process = process
    _check_may_reply(row, by)
    existing = list(visible_commitments().filter(pk__in=[one.pk for one in commitments]))
    _check_reply(answer, reasons, in_the_name_of, [*existing, *promises], no_commitment_because)
    last = row.replies.aggregate(number=Max("number"))["number"] or 0
    written = _write_promises(row, promises, page, by)
    row.replies.filter(is_current=True).update(is_current=False)
    reply = Reply(
        proposal=row,
        number=last + 1,
        answer=answer,
        reasons=reasons.strip(),
        no_commitment_because=no_commitment_because.strip(),
        in_the_name_of=in_the_name_of.strip(),
        at=timezone.now(),
        by=by,
    )
    reply.full_clean(exclude=["proposal", "by"], validate_constraints=False)
    reply.save()
    reply.commitments.set([*existing, *written])
    write_journal(
        verb="change-reply" if last else "reply-to-proposal",
        subject=subject_of_words(row),
        by=by,
        number=reply.number,
        commitments=[one.token for one in (*existing, *written)],
    )
    _tell_author(row, by)
    told = _(
        "Une réponse est publiée à la proposition n° %(number)s, qui en est tirée. Elle est sur sa page."
    )
    tell_statement_authors(proposal=row, words=told % {"number": row.number}, by=by)
    return reply


def _check_may_reply(row: Proposal, by: User) -> None:
    if not may_decide(by, row.process):
        raise NotAllowed(_("Seuls les décideurs de la démarche répondent aux propositions adoptées."))
    if is_locked(by, row.process, proposal=row):
        raise NotAllowed(_("Vous avez déclaré un intérêt dans ce dossier : un autre décideur y répond."))
    if row.state != ProposalState.ADOPTED:
        raise NotAllowed(_("Une réponse est due aux propositions adoptées, et à elles seules."))


def _check_reply(
    answer: str, reasons: str, in_the_name_of: str, commitments: Sequence[object], no_commitment_because: str
) -> None:
    problems: dict[str, str] = {}
    if answer not in Answer.values:
        problems["answer"] = _("Dites oui, en partie ou non.")
    if not reasons.strip():
        problems["reasons"] = _("Donnez les raisons : elles sont publiques.")
    if not in_the_name_of.strip():
        problems["in_the_name_of"] = _("Dites au nom de qui vous répondez.")
    if commitments and no_commitment_because.strip():
        problems["no_commitment_because"] = _(
            "La réponse donne des engagements : effacez la raison de n’en prendre aucun."
        )
    elif not commitments and not no_commitment_because.strip():
        problems["no_commitment_because"] = _(
            "Choisissez ou écrivez un engagement ; ou dites pourquoi il n’y en a aucun."
        )
    if problems:
        raise ValidationError(problems)


def _write_promises(row: Proposal, promises: Sequence[Promise], page: str, by: User) -> list[Commitment]:
    """Whoever decides in law is bound by them: their role in the process is enough to publish them."""
    written: list[Commitment] = []
    problems: dict[str, list[str]] = {}
    for rank, promise in enumerate(promises, 1):
        try:
            written.append(_publish_promise(row, promise, page, by))
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                problems[f"promise{rank}-{name}"] = messages
    if problems:
        raise ValidationError(problems)
    return written


def _publish_promise(row: Proposal, promise: Promise, page: str, by: User) -> Commitment:
    process = row.process
    draft = save_draft(
        title=promise.title.strip(),
        deliverable=promise.deliverable.strip(),
        due_on=promise.due_on,
        owner=process.decider,
        owner_name="" if process.decider else process.decider_name,
        basis=Basis.DECISION,
        basis_words=basis_words(process, row)[:300],
        basis_url=web_address_or_nothing(page),
        place=process.place,
        items=process.items.all(),
        is_demonstration=process.is_demonstration,
        by=by,
    )
    return publish(draft, by=by)


def basis_words(process: Process, row: Proposal) -> str:
    return _("Réponse à la proposition n° %(number)s, démarche « %(title)s »") % {
        "number": row.number,
        "title": process.title,
    }


def _tell_author(row: Proposal, by: User) -> None:
    """An author without an account reads it on the page of the proposal."""
    user = row.author.user if row.author else None
    if user is None or not user.is_active or is_locked(user, row.process, proposal=row):
        return
    queue_mail(
        to=user.email,
        subject=_("Démarche « %s »") % row.process.title,
        body=_(
            "Une réponse est publiée à votre proposition n° %(number)s. Elle est sur sa page, avec ses raisons."
        )
        % {"number": row.number},
        about=f"person:{user.pk}",
        by=by,
    )
