"""Texts written together: adding one, publishing its next version, opening and ending its contributions."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.commons.tokens import new_token
from terreau.deliberate.enums import State, StepKind
from terreau.deliberate.importing import Block, UnreadableText, clean_words
from terreau.deliberate.importing.blocks import checked
from terreau.deliberate.models import Paragraph, Process, Text, TextVersion
from terreau.deliberate.queries.texts import current_version, kept_and_waiting
from terreau.deliberate.rules import is_locked, may_examine, may_facilitate

from .lengths import check_lengths
from .telling import tell_of_text
from .writing import NotAllowed, locked, subject_of, write_change

_KEY = re.compile(r"[a-z0-9]{10}")


@dataclass(frozen=True)
class Draft:
    """A paragraph of the next version. ``key``: the one that it had, or a new one."""

    key: str
    kind: str
    words: str


class VersionChanged(ValidationError):
    """Somebody published another version meanwhile."""


@transaction.atomic
def add_text(*, process: Process, title: str, origin: str, blocks: Sequence[Block], by: User) -> Text:
    """With its first version. Raises NotAllowed, ValidationError."""
    row = _held(process, by)
    if not (may_examine(by, row) or may_facilitate(by, row)):
        raise NotAllowed(_("Seuls les animateurs et les instructeurs de la démarche y ajoutent un texte."))
    if not clean_words(title):
        raise ValidationError({"title": _("Donnez un titre au texte.")})
    text = Text(process=row, title=clean_words(title), origin=clean_words(origin))
    text.full_clean(exclude=["process", "token"])
    text.save()
    version = _write_version(text, 1, "", by)
    _write_paragraphs(version, [Draft(new_token(), block.kind, block.words) for block in _checked(blocks)])
    _tell(row, "add-text", by=by, reason=text.title)
    return text


@transaction.atomic
def publish_version(
    *,
    text: Text,
    based_on: int,
    paragraphs: Sequence[Draft],
    kept: Mapping[str, str],
    words: str,
    address: str = "",
    by: User,
) -> TextVersion:
    """The next version. ``based_on``: the number of the one that was changed. ``kept``: token of a contribution
    that was kept → key of the paragraph that carries it, empty for the whole text. Raises NotAllowed, VersionChanged,
    ValidationError.
    """
    row = _examined(text, by)
    current = current_version(text)
    if current.number != based_on:
        raise VersionChanged(
            _("La version %d a été publiée pendant que vous écriviez : comparez, puis publiez de nouveau.")
            % current.number
        )
    before = list(current.paragraphs.all())
    drafts = _next_paragraphs(before, paragraphs)
    if not words.strip():
        raise ValidationError({"words": _("Dites en une phrase ce qui change.")})
    version = _write_version(text, current.number + 1, clean_words(words), by)
    _write_paragraphs(version, drafts)
    _carry(text, version, kept, {one.key for one in before} | {one.key for one in drafts})
    _tell(row, "publish-text-version", by=by, reason=f"{text.title} : {version.words}")
    supporters = User.objects.filter(participants__text_supports__version__text=text).distinct()
    tell_of_text(
        text=text,
        users=supporters,
        words=_(
            "Vous souteniez le texte « %(title)s ». Il a changé : sa version %(number)d est publiée. "
            "Votre soutien reste à la version que vous aviez lue. Ce qui change : %(words)s"
        )
        % {"title": text.title, "number": version.number, "words": version.words},
        address=address,
        by=by,
    )
    return version


@transaction.atomic
def set_contributions_open(*, text: Text, is_open: bool, reason: str, by: User) -> Text:
    """Its contributions end before those of its step, or are taken again. Raises NotAllowed, ValidationError."""
    row = _examined_in_public(text, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Donnez la raison : elle est publique.")})
    text = Text.objects.get(pk=text.pk)
    if text.is_open != is_open:
        text.is_open = is_open
        text.save(update_fields=["is_open"])
        verb = "open-text-contributions" if is_open else "end-text-contributions"
        write_change(row, verb, by=by, reason=f"{text.title} : {reason.strip()}")
    return text


@transaction.atomic
def adopt_text(*, text: Text, on: dt.date | None, by: User) -> Text:
    """The version in force was adopted that day; contributions end. Raises NotAllowed, ValidationError."""
    row = _examined_in_public(text, by)
    if on is None or on > timezone.localdate():
        raise ValidationError({"on": _("Donnez le jour de l’adoption : aujourd’hui ou avant.")})
    text = Text.objects.get(pk=text.pk)
    before = {"adopted_on": text.adopted_on.isoformat() if text.adopted_on else ""}
    text.adopted_on, text.is_open = on, False
    text.save(update_fields=["adopted_on", "is_open"])
    write_change(row, "adopt-text", by=by, reason=text.title, before=before)
    return text


def _tell(process: Process, verb: str, *, by: User, reason: str) -> None:
    """A draft is private: its texts enter no public history before it is open."""
    if process.is_draft:
        write_journal(verb="draft-text", subject=subject_of(process), by=by)
    else:
        write_change(process, verb, by=by, reason=reason)


def _held(process: Process, by: User, text: Text | None = None) -> Process:
    row = locked(process)
    if is_locked(by, row, text=text):
        raise NotAllowed(_("Vous avez déclaré un intérêt dans ce dossier : il vous est fermé."))
    if row.state == State.STOPPED:
        raise NotAllowed(_("Cette démarche est arrêtée : ses textes ne changent plus."))
    return row


def _examined(text: Text, by: User) -> Process:
    row = _held(text.process, by, text)
    if not may_examine(by, row):
        raise NotAllowed(
            _("Seuls les instructeurs de la démarche publient une version et répondent aux contributions.")
        )
    return row


def _examined_in_public(text: Text, by: User) -> Process:
    row = _examined(text, by)
    if row.is_draft:
        raise NotAllowed(_("Cette démarche n’est pas encore publique : publiez-la d’abord."))
    return row


def _checked(blocks: Sequence[Block]) -> list[Block]:
    try:
        return checked(blocks)
    except UnreadableText as refusal:
        raise ValidationError({"paragraphs": str(refusal)}) from refusal


def _next_paragraphs(before: Sequence[Paragraph], given: Sequence[Draft]) -> list[Draft]:
    """Cleaned, those without words left out. Raises ValidationError."""
    drafts = [Draft(one.key, one.kind, words) for one in given if (words := clean_words(one.words))]
    _checked([Block(one.kind, one.words) for one in drafts])
    keys = [one.key for one in drafts]
    if len(set(keys)) != len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise ValidationError(
            {"paragraphs": _("Un paragraphe est deux fois dans le formulaire : rouvrez-le.")}
        )
    if [(one.key, one.kind, one.words) for one in before] == [
        (one.key, one.kind, one.words) for one in drafts
    ]:
        raise ValidationError(
            {"paragraphs": _("Rien ne change : il n’y a pas de nouvelle version à publier.")}
        )
    return drafts


def _write_version(text: Text, number: int, words: str, by: User) -> TextVersion:
    now = timezone.now()
    version = TextVersion(
        text=text,
        number=number,
        published_at=now,
        words=words,
        step=text.process.step_open_at(now, *StepKind.values),
        by=by,
    )
    check_lengths(version, words="words")
    version.save()
    return version


def _write_paragraphs(version: TextVersion, drafts: Sequence[Draft]) -> None:
    rows = [
        Paragraph(version=version, key=draft.key, rank=rank, kind=draft.kind, words=draft.words)
        for rank, draft in enumerate(drafts)
    ]
    for row in rows:
        row.clean_fields(exclude=["version"])
    Paragraph.objects.bulk_create(rows)


def _carry(text: Text, version: TextVersion, kept: Mapping[str, str], keys: set[str]) -> None:
    waiting = {one.token: one for one in kept_and_waiting(text)}
    for token, key in kept.items():
        if token not in waiting or (key and key not in keys):
            raise ValidationError(
                {
                    "kept": _(
                        "Une contribution choisie n’est plus parmi celles qui attendent une version : revoyez-les."
                    )
                }
            )
        one = waiting[token]
        one.kept_in, one.kept_key = version, key
        one.save(update_fields=["kept_in", "kept_key"])
