"""Proposals: written or drawn from statements, supported, changed by their author, judged at a meeting."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation, ProposalState, StepKind
from terreau.deliberate.models import (
    Participant,
    Process,
    Proposal,
    ProposalSupport,
    ProposalVersion,
    Statement,
)
from terreau.deliberate.models.proposals import TITLE_LENGTH, WORDS_LENGTH
from terreau.deliberate.rules import is_locked, may_draw, may_rewrite

from .moderating import first_moderation, subject_of_words
from .telling import tell_statement_authors
from .writing import NotAllowed, TooLate, locked, write_journal

WRITING = (StepKind.PROPOSE, StepKind.DISCUSS)
SUPPORTING = (StepKind.PROPOSE, StepKind.DISCUSS, StepKind.VOTE)


@transaction.atomic
def write_proposal(
    *,
    process: Process,
    author: Participant,
    title: str,
    words: str,
    by: User | None,
    entered_by: User | None = None,
    channel: str = Channel.WEB,
) -> Proposal:
    """A participant proposes. A stranger's waits for review. The same one sent twice is one.

    ``entered_by``: who typed it for her in a workshop. Raises ValidationError, NotAllowed, TooLate.
    """
    process = locked(process)
    _check_step(process, WRITING)
    if is_locked(by, process):
        raise NotAllowed(_locked_words())
    title, words = _checked(title, words)
    same = author.proposals.filter(versions__title=title, versions__words=words, is_erased=False)
    if (twice := same.exclude(state=ProposalState.WITHDRAWN).first()) is not None:
        return twice
    row = _add(
        process, author=author, channel=channel, entered_by=entered_by, moderation=first_moderation(by)
    )
    _add_version(row, title, words)
    write_journal(verb="write-proposal", subject=subject_of_words(row), by=by)
    return row


@transaction.atomic
def draw_proposal(
    *, process: Process, statements: Iterable[Statement], title: str, words: str, by: User
) -> Proposal:
    """From what statements say, which stay as they were written. Raises ValidationError, NotAllowed, TooLate."""
    process = locked(process)
    if not may_draw(by, process):
        raise NotAllowed(
            _("Seuls les animateurs et les instructeurs tirent une proposition des affirmations.")
        )
    if is_locked(by, process):
        raise NotAllowed(_locked_words())
    _check_open(process)
    chosen = list(
        process.statements.filter(
            pk__in=[one.pk for one in statements], moderation=Moderation.PUBLISHED, is_erased=False
        )
    )
    if not chosen:
        raise ValidationError({"statements": _("Choisissez au moins une affirmation publiée.")})
    title, words = _checked(title, words)
    row = _add(process, entered_by=by, channel=Channel.WEB, moderation=Moderation.PUBLISHED)
    row.statements.set(chosen)
    _add_version(row, title, words)
    write_journal(verb="draw-proposal", subject=subject_of_words(row), by=by, statements=len(chosen))
    words = _("La proposition n° %(number)s en est tirée.") % {"number": row.number}
    tell_statement_authors(proposal=row, words=words, by=by)
    return row


@transaction.atomic
def rewrite_proposal(
    *, proposal: Proposal, author: Participant | None, title: str, words: str, by: User | None
) -> ProposalVersion:
    """Its author writes its next version; whoever supported the former one is told. Raises ValidationError,
    NotAllowed, TooLate.
    """
    row = _held(proposal)
    _check_rewriter(row, author, by)
    _check_step(row.process, WRITING, drawn=row.author_id is None)
    title, words = _checked(title, words)
    last = row.versions.order_by("-number").first()
    if last is not None and (last.title, last.words) == (title, words):
        return last
    version = _add_version(row, title, words)
    if row.author_id is not None and (row.moderation != Moderation.PUBLISHED or by is None):
        row.moderation = Moderation.WAITING
    elif row.author_id is not None:
        row.moderation = first_moderation(by)
    row.save(update_fields=["moderation"])
    write_journal(verb="rewrite-proposal", subject=subject_of_words(row), by=by, version=version.number)
    if last is not None:
        _tell_supporters(row, last, by)
    return version


@transaction.atomic
def support_proposal(*, proposal: Proposal, participant: Participant, by: User | None) -> ProposalSupport:
    """Its present words, and no others. Counted, never signed. Raises NotAllowed, TooLate."""
    row, version = _supported(proposal, participant, by)
    if row.moderation != Moderation.PUBLISHED:
        raise NotAllowed(_("Cette proposition n’est pas publiée : elle ne peut pas être soutenue."))
    return ProposalSupport.objects.get_or_create(participant=participant, version=version)[0]


@transaction.atomic
def withdraw_support(*, proposal: Proposal, participant: Participant, by: User | None) -> None:
    """Raises NotAllowed, TooLate."""
    row, _version = _supported(proposal, participant, by)
    ProposalSupport.objects.filter(participant=participant, version__proposal=row).delete()


@transaction.atomic
def withdraw_proposal(
    *, proposal: Proposal, author: Participant | None, reason: str, by: User | None
) -> Proposal:
    """By its author, before a meeting judges it. It stays readable, with her reason. Raises ValidationError,
    NotAllowed.
    """
    row = _held(proposal)
    _check_rewriter(row, author, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi vous la retirez : la raison est publique.")})
    row.state, row.withdrawn_because = ProposalState.WITHDRAWN, reason.strip()
    row.full_clean(exclude=["process", "author"], validate_constraints=False)
    row.save(update_fields=["state", "withdrawn_because"])
    write_journal(verb="withdraw-proposal", subject=subject_of_words(row), by=by)
    return row


def _add(process: Process, **values: object) -> Proposal:
    last = process.proposals.aggregate(number=Max("number"))["number"]
    return Proposal.objects.create(process=process, number=(last or 0) + 1, at=timezone.now(), **values)


def _add_version(row: Proposal, title: str, words: str) -> ProposalVersion:
    last = row.versions.aggregate(number=Max("number"))["number"]
    return row.versions.create(number=(last or 0) + 1, title=title, words=words, at=timezone.now())


def _held(proposal: Proposal) -> Proposal:
    locked(proposal.process)
    return Proposal.objects.select_related("process", "author").get(pk=proposal.pk)


def _check_rewriter(row: Proposal, author: Participant | None, by: User | None) -> None:
    if row.is_erased or not may_rewrite(by, author, row):
        raise NotAllowed(_("Seul son auteur change ou retire une proposition : personne d’autre n’y touche."))
    if is_locked(by, row.process, proposal=row):
        raise NotAllowed(_locked_words())
    if row.state != ProposalState.PROPOSED:
        raise NotAllowed(_("Cette proposition a été jugée ou retirée : ses mots ne changent plus."))


def _supported(
    proposal: Proposal, participant: Participant, by: User | None
) -> tuple[Proposal, ProposalVersion]:
    row = _held(proposal)
    if participant.process_id != row.process_id:
        raise NotAllowed(_("Cette proposition est d’une autre démarche."))
    if row.state != ProposalState.PROPOSED:
        raise NotAllowed(_("Cette proposition a été jugée ou retirée : les soutiens ne changent plus."))
    if is_locked(by, row.process, proposal=row):
        raise NotAllowed(_locked_words())
    _check_step(row.process, SUPPORTING)
    version = row.versions.order_by("-number").first()
    if version is None:  # of a refused one that came from another site
        raise NotAllowed(_("Les mots de cette proposition ne sont pas sur ce site."))
    return row, version


def _check_open(process: Process) -> None:
    if process.is_draft:
        raise NotAllowed(_("Cette démarche n’est pas encore publique."))
    if process.stopped_because:
        raise TooLate(_("Cette démarche est arrêtée : la raison est sur sa page."))


def _check_step(process: Process, kinds: tuple[str, ...], *, drawn: bool = False) -> None:
    """What was drawn from statements may be drawn after everybody voted: no step holds it."""
    _check_open(process)
    if drawn or process.step_open_at(timezone.now(), *kinds) is not None:
        return
    raise TooLate(_("L’étape est close, ou pas encore ouverte : les dates sont sur la page de la démarche."))


def _checked(title: str, words: str) -> tuple[str, str]:
    title, words = " ".join(title.split()), words.strip()
    problems = {}
    for name, said, most, missing in (
        ("title", title, TITLE_LENGTH, _("Dites en une phrase ce que vous proposez.")),
        ("words", words, WORDS_LENGTH, _("Expliquez ce que vous proposez.")),
    ):
        if not said:
            problems[name] = missing
        elif len(said) > most:
            facts = {"most": most, "length": len(said)}
            problems[name] = _("%(most)s caractères au plus : il y en a %(length)s.") % facts
    if problems:
        raise ValidationError(problems)
    return title, words


def _locked_words() -> str:
    return _("Vous avez déclaré un intérêt dans ce dossier : il vous est fermé jusqu’à ce qu’il prenne fin.")


def _tell_supporters(row: Proposal, former: ProposalVersion, by: User | None) -> None:
    """Without its words: the new ones may wait for review. Nothing to whom an interest locks the file."""
    for support in former.supports.select_related("participant__user"):
        user = support.participant.user
        if user is None or not user.is_active or is_locked(user, row.process, proposal=row):
            continue
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s »") % row.process.title,
            body=_(
                "La proposition n° %(number)s, que vous souteniez, a été réécrite par son auteur. Votre soutien allait "
                "à l’ancienne version : relisez-la, puis soutenez la nouvelle, ou non."
            )
            % {"number": row.number},
            about=f"person:{user.pk}",
            by=by,
        )
