"""Words that are not public yet are corrected by their author, and by nobody else, whatever her role."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Contribution, Participant, Proposal, Statement

from .moderating import Words, as_it_is, subject_of_words
from .writing import NotAllowed, write_journal

SAID: dict[type, tuple[str, ...]] = {
    Contribution: ("words", "why"),
    Proposal: ("title", "words"),
    Statement: (),
}
"""What may be corrected. A statement is not: people may have voted on it, so another one is written."""


@transaction.atomic
def rewrite_words(*, row: Words, author: Participant | None, by: User | None, **values: str) -> Words:
    """Of words that wait, or were refused: they wait again. Raises NotAllowed, ValidationError."""
    held = as_it_is(row)
    check_rewriting(held, author)
    unknown = values.keys() - set(SAID[type(held)])
    if unknown:
        raise TypeError(f"not words of it: {sorted(unknown)}")
    target: Any = held.versions.last() if isinstance(held, Proposal) else held
    for name, value in values.items():
        setattr(target, name, value.strip())
    target.full_clean(exclude=_exclude(target), validate_constraints=False)
    target.save()
    held.moderation, held.at = Moderation.WAITING, timezone.now()
    held.save()
    write_journal(verb="rewrite-words", subject=subject_of_words(held), by=by)
    return held


def check_rewriting(row: Any, author: Participant | None) -> None:
    """Raises NotAllowed, with who may."""
    if author is None or row.author_id != author.pk:
        raise NotAllowed(
            _(
                "Personne ne modifie les mots d’une autre personne, ni un animateur, ni un élu : "
                "seul leur auteur le peut."
            )
        )
    if row.is_published:
        raise NotAllowed(
            _("Ces mots sont publics : d’autres les ont lus. Écrivez-en d’autres, ou une autre version.")
        )
    if not SAID[type(row)]:
        raise NotAllowed(_("Une affirmation ne se modifie pas : écrivez-en une autre."))
    if row.appealed_at:
        raise NotAllowed(_("Un recours est en cours ou jugé sur ces mots : ils ne changent plus."))


def _exclude(target: Any) -> list[str]:
    return [field.name for field in target._meta.fields if field.is_relation]
