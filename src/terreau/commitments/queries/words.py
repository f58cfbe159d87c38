"""The words that persons wrote in the register: to show them to whoever wrote them, and to erase them."""

from dataclasses import dataclass
from typing import Any

from terreau.commitments.enums import State
from terreau.commitments.models import Change, Commitment, Fulfilment
from terreau.commons.models import User

from .commitments import chain_of

ERASED = "[texte effacé]"
"""What stands in the place of erased words, in every language: from then on the register says that."""

WORDS = (
    "title",
    "details",
    "owner_name",
    "beneficiary_name",
    "deliverable",
    "unit",
    "basis_words",
    "result",
    "reason",
)
ADDRESSES = ("basis_url", "result_url")
STEP_WORDS = ("words", "withdrawn_because")


@dataclass(frozen=True)
class Text:
    """``key``: where it is, ``"change.3.reason"``. ``part``: the name of the field."""

    key: str
    part: str
    words: str


def texts_of(commitment: Commitment) -> list[Text]:
    """Each text once, where it is first found: the same words elsewhere go with it."""
    found = [(name, name, getattr(commitment, name)) for name in (*WORDS, *ADDRESSES)]
    for step in commitment.fulfilments.all():
        for name in (*STEP_WORDS, "evidence_url"):
            found.append((f"step.{step.token}.{name}", name, getattr(step, name)))
    for change in commitment.changes.order_by("number"):
        found.append((f"change.{change.number}.reason", "reason", change.reason))
        for name in (*WORDS, *ADDRESSES):
            found.append((f"change.{change.number}.{name}", name, change.before.get(name)))
    texts: dict[str, Text] = {}
    for key, part, said in found:
        if said and said != ERASED:
            texts.setdefault(said, Text(key, part, said))
    return list(texts.values())


def family_of(commitment: Commitment) -> list[Commitment]:
    """Itself, what it was renegotiated into, and all that was renegotiated into one of them."""
    family = {one.pk: one for one in (commitment, *chain_of(commitment))}
    new = list(family)
    while new:
        earlier = Commitment.objects.filter(successor__in=new).exclude(pk__in=family)
        new = [one.pk for one in earlier]
        family.update({one.pk: one for one in earlier})
    return list(family.values())


def words_on_commitments_of(user: User) -> dict[str, list[Any]]:
    """What a person wrote in the register, for the export of her account."""
    drafts = Commitment.objects.filter(created_by=user, state=State.DRAFT).order_by("pk")
    steps = Fulfilment.objects.filter(recorded_by=user).order_by("pk")
    changes = Change.objects.filter(by=user).order_by("pk")
    return {
        "drafts": list(drafts.values("token", "title", "details", "created_at")),
        "fulfilments": list(steps.values("commitment__token", "on", "words", "evidence_url")),
        "changes": list(changes.values("commitment__token", "at", "verb", "reason")),
    }
