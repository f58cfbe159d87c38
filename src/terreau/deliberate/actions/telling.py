"""Mail to those with an account: a text changed, a statement became something. Never about a file that an interest
locks.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Proposal, Statement, Text
from terreau.deliberate.rules import is_locked

from .writing import subject_of


def tell_of_text(*, text: Text, users: Iterable[User], words: str, address: str, by: User | None) -> int:
    """Returns how many were written to. ``address``: of the page to read, absolute."""
    locked = set(
        text.process.interests.filter(
            Q(text=text) | Q(text__isnull=True, proposal__isnull=True), ended_at__isnull=True
        ).values_list("user_id", flat=True)
    )
    told = 0
    for user in {user.pk: user for user in users}.values():
        if not user.is_active or user.pk in locked or (by is not None and user.pk == by.pk):
            continue
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s »") % text.process.title,
            body="\n\n".join(filter(None, [words, address])),
            about=f"person:{user.pk} {subject_of(text.process)} text:{text.token}",
            by=by,
        )
        told += 1
    return told


def tell_statement_authors(*, proposal: Proposal, words: str, by: User | None) -> int:
    """``words``: what happened to the proposal that was drawn from theirs. To call in the transaction of what happened.

    One mail a person, whatever she wrote; none to whom an interest locks the file. Returns how many are told.
    """
    process = proposal.process
    written: dict[User, list[Statement]] = {}
    drawn = proposal.statements.filter(author__user__is_active=True, moderation=Moderation.PUBLISHED)
    for statement in drawn.select_related("author__user").order_by("number"):
        user = statement.author.user if statement.author else None
        if user is not None and not is_locked(user, process, proposal=proposal):
            written.setdefault(user, []).append(statement)
    for user, statements in written.items():
        quoted = "\n".join(_("« %s »") % one.words for one in statements if not one.is_erased)
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s » : ce que devient ce que vous avez écrit") % process.title,
            body=_("Vous avez écrit :") + f"\n{quoted}\n\n{words}",
            about=f"person:{user.pk} {subject_of(process)}",
            by=by,
        )
    return len(written)
