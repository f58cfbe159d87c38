"""Texts of processes for tests, with contributions; the words are clearly fictional."""

from itertools import count
from typing import Any

from django.utils import timezone

from terreau.deliberate.actions import publish_version
from terreau.deliberate.actions.texts import Draft, add_text
from terreau.deliberate.enums import ContributionKind, Moderation, ParagraphKind, Power
from terreau.deliberate.importing import Block
from terreau.deliberate.models import Contribution, Participant, Process, Text, TextVersion
from terreau.deliberate.queries.texts import current_version

from .deliberate import give_power, make_participant, make_process

_numbers = count(1)


def make_text(process: Process | None = None, *, size: int = 3, **values: Any) -> Text:
    """By an examiner of the process; its paragraphs are « Paragraphe fictif 1. » and so on."""
    process = process or make_process(steps=("propose",))
    blocks = [Block(ParagraphKind.PARAGRAPH, f"Paragraphe fictif {number}.") for number in range(1, size + 1)]
    values = {"title": "Une halle pour tous", "origin": "atelier fictif", "blocks": blocks, **values}
    return add_text(process=process, by=examiner_of(process), **values)


def examiner_of(process: Process) -> Any:
    role = process.roles.filter(power=Power.EXAMINER).select_related("user").first()
    return role.user if role else give_power(process, Power.EXAMINER)


def keys_of(text: Text) -> list[str]:
    return [one.key for one in current_version(text).paragraphs.all()]


def make_contribution(text: Text, author: Participant | None = None, **values: Any) -> Contribution:
    """Published, on the first paragraph unless ``paragraph_key`` says another."""
    number = next(_numbers)
    values = {
        "version": current_version(text),
        "paragraph_key": keys_of(text)[0],
        "kind": ContributionKind.REPLACE,
        "words": f"Mots fictifs {number}.",
        "at": timezone.now(),
        "moderation": Moderation.PUBLISHED,
        **values,
    }
    author = author or make_participant(text.process)
    return Contribution.objects.create(text=text, author=author, **{"college": author.college, **values})


def next_version(
    text: Text, changed: dict[str, str], *, kept: dict[str, str] | None = None, **values: Any
) -> TextVersion:
    """``changed``: key → new words; the rest stays."""
    current = current_version(text)
    drafts = [Draft(one.key, one.kind, changed.get(one.key, one.words)) for one in current.paragraphs.all()]
    values = {"words": "Des mots plus justes.", "by": examiner_of(text.process), **values}
    return publish_version(text=text, based_on=current.number, paragraphs=drafts, kept=kept or {}, **values)
