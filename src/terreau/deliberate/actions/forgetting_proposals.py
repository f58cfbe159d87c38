"""Erasing the words of a proposal: its number, its dates and what a meeting decided stay."""

from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commitments.queries.words import ERASED
from terreau.commitments.rules import may_erase
from terreau.commons.actions.forgetting import clean_publications, write_file_anew
from terreau.commons.models import User
from terreau.deliberate.models import Participant, Proposal
from terreau.deliberate.rules import may_take_words_back

from .moderating import subject_of_words
from .writing import NotAllowed, locked, write_journal


@transaction.atomic
def erase_proposal_words(
    *, proposal: Proposal, author: Participant | None = None, by: User | None
) -> Proposal:
    """Of every version, at any time: to erase is not to say something else. Raises NotAllowed."""
    locked(proposal.process)
    row = Proposal.objects.select_related("process").get(pk=proposal.pk)
    if not (may_erase(by) or may_take_words_back(by, author, row)):
        raise NotAllowed(
            _("Ses mots sont effacés à la demande de leur auteur, par lui ou par un gardien des données.")
        )
    said = {row.withdrawn_because, row.appeal}
    for version in row.versions.all():
        said |= {version.title, version.words}
    row.versions.update(title=ERASED, words=ERASED)
    row.is_erased, row.appeal = True, ERASED if row.appeal else ""
    row.withdrawn_because = ERASED if row.withdrawn_because else ""
    row.save(update_fields=["is_erased", "appeal", "withdrawn_because"])
    clean_publications(sorted(said - {"", ERASED}, key=len, reverse=True), ERASED)
    write_journal(verb="erase-proposal-words", subject=subject_of_words(row), by=by)
    transaction.on_commit(write_file_anew)
    return row
