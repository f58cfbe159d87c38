"""Who wrote a statement is told what becomes of it, when her account gives an address."""

from django.utils.translation import gettext as _

from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Proposal, Statement
from terreau.deliberate.rules import is_locked

from .writing import subject_of


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
        quoted = "\n".join(_("« %s »") % one.words for one in statements if not one.is_erased)
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s » : ce que devient ce que vous avez écrit") % process.title,
            body=_("Vous avez écrit :") + f"\n{quoted}\n\n{words}",
            about=f"person:{user.pk} {subject_of(process)}",
            by=by,
        )
    return len(written)
