"""What an author may correct of her words before they are public."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commons.web.fields import long_text
from terreau.deliberate.enums import ContributionKind
from terreau.deliberate.models import Contribution, Proposal
from terreau.deliberate.models.texts import CONTRIBUTION_LENGTH
from terreau.deliberate.queries.moderation import Row

_EMPTY = _("Écrivez quelque chose.")


class ContributionWordsForm(forms.Form):
    words = long_text(_("mots proposés"), required=_EMPTY, length=CONTRIBUTION_LENGTH, rows=5)
    why = long_text(_("pourquoi"), length=2000, rows=3)


class ProposalWordsForm(forms.Form):
    title = forms.CharField(
        label=_("titre"), max_length=200, error_messages={"required": _("Donnez un titre.")}
    )
    words = long_text(_("ce qui est proposé"), required=_EMPTY, length=5000, rows=6)


def rewrite_form(row: Row, data: Any) -> forms.Form:
    """For a row that ``check_rewriting`` let pass."""
    if isinstance(row, Proposal):
        last: Any = row.versions.last()
        return ProposalWordsForm(data, initial={"title": last.title, "words": last.words})
    assert isinstance(row, Contribution)
    form = ContributionWordsForm(data, initial={"words": row.words, "why": row.why})
    form.fields["words"].required = row.kind != ContributionKind.DELETE
    return form
