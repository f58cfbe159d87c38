"""What people propose for a text: writing, answering, taking back, erasing. Nobody edits another's words."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions.forgetting import clean_publications, write_file_anew
from terreau.commons.actions.log_keeping import erase_from_log
from terreau.commons.actions.mail import forget_mail
from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.deliberate.enums import ContributionKind, Moderation, Outcome, State, StepKind
from terreau.deliberate.importing import clean_words
from terreau.deliberate.instants import said_beginning, said_instant
from terreau.deliberate.models import Contribution, Paragraph, Participant, Text
from terreau.deliberate.queries.texts import current_version, has_changed_since, paragraph_of, version_read
from terreau.deliberate.rules import is_locked, may_examine

from .lengths import check_lengths
from .moderating import first_moderation, subject_of_words
from .telling import tell_of_text
from .writing import NotAllowed, TooLate, locked, write_journal

WRITING = (StepKind.PROPOSE, StepKind.DISCUSS)
ERASED = "[mots effacés]"
_ERASERS = (Role.STEWARD, Role.ADMINISTRATOR)


class TextChanged(Exception):
    """The paragraph says something else than when it was read. ``paragraph``: what it says now, None if it left."""

    def __init__(self, number: int, paragraph: Paragraph | None) -> None:
        super().__init__(number)
        self.number, self.paragraph = number, paragraph


def check_may_contribute(text: Text, by: User | None) -> None:
    """Raises NotAllowed, TooLate with when it is possible."""
    process = text.process
    if is_locked(by, process, text=text):
        raise NotAllowed(_("Vous avez déclaré un intérêt dans ce dossier : il vous est fermé."))
    if not text.is_open:
        raise TooLate(_("Ce texte ne prend plus de contributions."))
    now = timezone.now()
    if process.step_open_at(now, *WRITING) is not None:
        return
    if process.state != State.OPEN:
        raise TooLate(_("Cette démarche n’est pas ouverte aux contributions."))
    steps = [step for step in process.steps.all() if step.kind in WRITING]
    coming = next((step for step in steps if step.starts_at > now), None)
    if coming is not None:
        raise TooLate(_("Les contributions ouvrent le %s.") % said_beginning(coming.starts_at))
    if steps:
        last = max(step.ends_at for step in steps)
        raise TooLate(_("Les contributions sont closes depuis le %s.") % said_instant(last))
    raise TooLate(_("Aucune étape de cette démarche ne prend de contributions."))


@transaction.atomic
def contribute(
    *,
    text: Text,
    author: Participant,
    version: int,
    key: str,
    kind: str,
    words: str = "",
    why: str = "",
    answers: Contribution | None = None,
    channel: str = "",
    by: User | None,
) -> Contribution:
    """``version``: the number of the one that she read. ``key``: of a paragraph, empty for the top or the whole.
    ``answers``: the contribution of whose thread it is. Known people publish, others wait for review. The same sent
    twice is one. Raises NotAllowed, TooLate, TextChanged, ValidationError.
    """
    locked(text.process)
    text = Text.objects.select_related("process").get(pk=text.pk)
    check_may_contribute(text, by)
    current, read = current_version(text), version_read(text, version)
    if read is None:
        raise ValidationError(_("Rouvrez la page : la version que vous lisiez n’est pas connue."))
    if answers is None:
        if has_changed_since(text, read, current, key):
            raise TextChanged(current.number, paragraph_of(current, key))
        paragraph = paragraph_of(current, key) if key else None
        if key and paragraph is None:
            raise TextChanged(current.number, None)
        words = _checked_words(kind, clean_words(words), clean_words(why), paragraph)
    else:
        answers = _root(text, answers)
        kind, key, why = ContributionKind.COMMENT, answers.paragraph_key, ""
        words = _checked_words(kind, clean_words(words), "", None)
    said = {
        "text": text,
        "author": author,
        "paragraph_key": key,
        "kind": kind,
        "words": words,
        "answers": answers,
    }
    same = Contribution.objects.filter(**said, withdrawn_at__isnull=True, is_erased=False, outcome="").first()
    if same is not None:
        return same
    row = Contribution(
        **said,
        version=current,
        college=author.college,
        why=clean_words(why),
        channel=channel or author.channel,
        at=timezone.now(),
        moderation=first_moderation(by),
    )
    check_lengths(row, words="words", why="why")
    row.save()
    write_journal(verb="contribute", subject=subject_of_words(row), by=by, kind=str(kind))
    return row


def _checked_words(kind: str, words: str, why: str, paragraph: Paragraph | None) -> str:
    """Raises ValidationError, by name of field."""
    if kind not in ContributionKind.values:
        raise ValidationError({"kind": _("Choisissez ce que vous proposez.")})
    if paragraph is None and kind in {ContributionKind.REPLACE, ContributionKind.DELETE}:
        raise ValidationError({"kind": _("Choisissez un paragraphe à remplacer ou à supprimer.")})
    if kind == ContributionKind.DELETE:
        if not why:
            raise ValidationError({"why": _("Dites pourquoi supprimer ce paragraphe.")})
        return ""
    if not words:
        raise ValidationError({"words": _("Écrivez les mots que vous proposez.")})
    if kind == ContributionKind.REPLACE and paragraph is not None and words == paragraph.words:
        raise ValidationError(
            {"words": _("Ces mots sont ceux du paragraphe : changez ce que vous voulez changer.")}
        )
    return words


def _root(text: Text, answers: Contribution) -> Contribution:
    root = text.contributions.select_related("answers").get(pk=answers.pk)
    root = root.answers or root
    if root.moderation != Moderation.PUBLISHED:
        raise NotAllowed(_("Cette contribution n’est pas publiée : on n’y répond pas."))
    return root


@transaction.atomic
def close_contribution(
    *,
    contribution: Contribution,
    outcome: str,
    reason: str,
    is_in_current: bool = False,
    address: str = "",
    by: User,
) -> Contribution:
    """Say what is kept of it, because. ``is_in_current``: the version in force carries it already. It may be said
    again until a version carries it; the author is told. Raises NotAllowed, ValidationError.
    """
    row = _held(contribution)
    _check_may_examine(row, by)
    if row.answers_id or row.moderation != Moderation.PUBLISHED or row.withdrawn_at:
        raise NotAllowed(_("On répond aux contributions publiées, qui ne sont ni retirées ni dans un fil."))
    if row.kept_in_id:
        raise NotAllowed(_("Une version porte cette contribution : la réponse ne change plus."))
    errors = {}
    if outcome not in {Outcome.KEPT, Outcome.PARTLY, Outcome.NOT_KEPT}:
        errors["outcome"] = _("Choisissez : gardée, gardée en partie ou pas gardée.")
    if not reason.strip():
        errors["reason"] = _("Donnez la raison : elle est publique, et son auteur la reçoit.")
    if errors:
        raise ValidationError(errors)
    row.outcome, row.outcome_reason = outcome, clean_words(reason)
    row.outcome_at, row.outcome_by = timezone.now(), by
    if is_in_current and outcome != Outcome.NOT_KEPT:
        row.kept_in, row.kept_key = current_version(row.text), row.paragraph_key
    check_lengths(row, outcome_reason="reason")
    row.save()
    write_journal(verb="close-contribution", subject=subject_of_words(row), by=by, outcome=outcome)
    if row.author and row.author.user:
        tell_of_text(
            text=row.text,
            users=[row.author.user],
            words=_("Votre contribution au texte « %(title)s » est %(outcome)s, parce que : %(reason)s")
            % {"title": row.text.title, "outcome": Outcome(outcome).label, "reason": row.outcome_reason},
            address=address,
            by=by,
        )
    return row


@transaction.atomic
def withdraw_contribution(
    *, contribution: Contribution, author: Participant | None, by: User | None
) -> Contribution:
    """Its author takes it back; it stays readable, and counts no longer. Raises NotAllowed."""
    row = _held(contribution)
    if author is None or row.author_id != author.pk:
        raise NotAllowed(_("Seul l’auteur d’une contribution la retire."))
    if row.kept_in_id:
        raise NotAllowed(_("Une version du texte porte cette contribution : elle ne se retire plus."))
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        write_journal(verb="withdraw-contribution", subject=subject_of_words(row), by=by)
    return row


@transaction.atomic
def erase_contribution(
    *, contribution: Contribution, author: Participant | None, by: User | None
) -> Contribution:
    """Its author, or a steward for her, takes her words off the site; what was answered stays. Raises NotAllowed.

    On SQLite the file is written anew once the act is certain.
    """
    row = _held(contribution)
    is_hers = author is not None and row.author_id == author.pk
    if not is_hers and not (by is not None and by.is_active and any(by.has_role(role) for role in _ERASERS)):
        raise NotAllowed(
            _("Seuls l’auteur, les gardiens des données et les administrateurs effacent une contribution.")
        )
    words = [one for one in (row.words, row.why, row.appeal) if one]
    row.words = row.why = row.appeal = ""
    row.is_erased = True
    row.save(update_fields=["words", "why", "appeal", "is_erased"])
    subject = subject_of_words(row)
    forget_mail(about=subject, by=by)
    erase_from_log(subject=subject, by=by)
    clean_publications(words, ERASED)
    write_journal(verb="erase-contribution", subject=subject, by=by)
    transaction.on_commit(write_file_anew)
    return row


def _held(contribution: Contribution) -> Contribution:
    locked(contribution.text.process)
    return Contribution.objects.select_related("text__process", "author__user", "version").get(
        pk=contribution.pk
    )


def _check_may_examine(row: Contribution, by: User) -> None:
    process = row.text.process
    if is_locked(by, process, text=row.text):
        raise NotAllowed(_("Vous avez déclaré un intérêt dans ce dossier : il vous est fermé."))
    if not may_examine(by, process):
        raise NotAllowed(_("Seuls les instructeurs de la démarche disent ce qui est gardé."))
    if row.author is not None and row.author.user_id == by.pk:
        raise NotAllowed(_("Personne ne juge sa propre contribution : un autre instructeur y répond."))
