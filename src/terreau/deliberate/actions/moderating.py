"""Review of what people write. Every refusal has a public motive, tells its author, and may be appealed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Contribution, Participant, Process, Proposal, Statement
from terreau.deliberate.rules import is_known, is_locked, may_judge_appeal, may_review

from .writing import NotAllowed, locked, subject_of, write_journal

Words = Statement | Contribution | Proposal


def first_moderation(user: User | None) -> str:
    """Known members publish first, strangers are reviewed first."""
    return Moderation.PUBLISHED if is_known(user) else Moderation.WAITING


def process_of(row: Words) -> Process:
    return row.text.process if isinstance(row, Contribution) else row.process


def subject_of_words(row: Words) -> str:
    return f"{subject_of(process_of(row))} {row._meta.model_name}:{row.token}"


@transaction.atomic
def publish_words(*, row: Words, by: User) -> Words:
    """What waited is public. Raises NotAllowed."""
    row = _held(row, by)
    if row.moderation == Moderation.PUBLISHED:
        return row
    row.moderation, row.moderated_at, row.moderated_by = Moderation.PUBLISHED, timezone.now(), by
    row.save()
    write_journal(verb="publish-words", subject=subject_of_words(row), by=by)
    return row


@transaction.atomic
def refuse_words(*, row: Words, motive: str, by: User) -> Words:
    """The words are no longer shown; the motive is, and the author is told. Raises NotAllowed, ValidationError."""
    motive = motive.strip()
    if not motive:
        raise ValidationError({"motive": _("Donnez le motif : il est public, et son auteur le reçoit.")})
    row = _held(row, by)
    row.moderation, row.motive, row.moderated_at, row.moderated_by = (
        Moderation.REFUSED,
        motive,
        timezone.now(),
        by,
    )
    row.save()
    write_journal(verb="refuse-words", subject=subject_of_words(row), by=by)
    _tell_author(row, _("Ce que vous avez écrit n’est pas publié. Motif : %s") % motive, by)
    return row


@transaction.atomic
def appeal_refusal(*, row: Words, words: str, author: Participant, by: User | None) -> Words:
    """Its author asks a second person. Raises NotAllowed, ValidationError."""
    row = as_it_is(row)
    if row.author_id != author.pk or row.moderation != Moderation.REFUSED or row.appealed_at:
        raise NotAllowed(_("Un recours est ouvert une fois, à l’auteur de ce qui a été refusé."))
    if not words.strip():
        raise ValidationError({"appeal": _("Dites pourquoi ces mots doivent être publiés.")})
    row.appeal, row.appealed_at = words.strip(), timezone.now()
    row.save()
    write_journal(verb="appeal-words", subject=subject_of_words(row), by=by)
    return row


@transaction.atomic
def answer_appeal(*, row: Words, publishes: bool, answer: str, by: User) -> Words:
    """By another person than the one that refused. Raises NotAllowed, ValidationError."""
    row = as_it_is(row)
    check_not_locked(row, by)
    if not row.appealed_at or row.appeal_answered_at or not may_judge_appeal(by, row):
        raise NotAllowed(_("Un recours est jugé une fois, par une autre personne que celle qui a refusé."))
    if not answer.strip():
        raise ValidationError({"answer": _("Donnez les raisons : elles sont publiques.")})
    row.appeal_answer, row.appeal_answered_at, row.appeal_answered_by = answer.strip(), timezone.now(), by
    if publishes:
        row.moderation = Moderation.PUBLISHED
    row.save()
    write_journal(verb="answer-words-appeal", subject=subject_of_words(row), by=by, publishes=publishes)
    _tell_author(row, _("Réponse à votre recours : %s") % answer.strip(), by)
    return row


def check_not_locked(row: Words, by: User) -> None:
    """Who declared an interest in a file does not judge what is written in it. Raises NotAllowed."""
    proposal = row if isinstance(row, Proposal) else None
    text = row.text if isinstance(row, Contribution) else None
    if is_locked(by, process_of(row), proposal=proposal, text=text):
        raise NotAllowed(
            _("Vous avez déclaré un intérêt dans ce dossier : une autre personne relit ces mots.")
        )


def as_it_is(row: Words) -> Words:
    """Now, and held until the transaction ends. Raises NotAllowed when it left with its author meanwhile."""
    locked(process_of(row))
    held: Words | None = type(row).objects.select_related("author").filter(pk=row.pk).first()
    if held is None:
        raise NotAllowed(_("Ces mots ne sont plus là : ils sont partis avec le compte de leur auteur."))
    return held


def _held(row: Words, by: User) -> Words:
    held = as_it_is(row)
    check_not_locked(held, by)
    if not may_review(by, held):
        raise NotAllowed(_("Ces mots sont relus par un modérateur qui ne les a pas écrits."))
    return held


def _tell_author(row: Words, words: str, by: User) -> None:
    """An author without an account reads it on the page of the process, where her browser is known."""
    user = row.author.user if row.author else None
    if user is not None and user.is_active:
        process = process_of(row)
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s »") % process.title,
            body=words,
            about=f"person:{user.pk}",
            by=by,
        )
