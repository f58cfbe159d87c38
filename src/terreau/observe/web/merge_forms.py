"""What stewards type about records of one organisation: an answer to a pair, a merge, an undo."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.models import Party
from terreau.observe.queries.parties import find_party

_ADDRESS = re.compile(r"(?:^|/acteurs/)([a-z0-9]{10})(?:[/?#]|$)")


class PairForm(forms.Form):
    """``answer``: with the arrows and Enter, two keys a pair. Enter alone decides nothing."""

    SAME, SKIP, DIFFERENT = "same", "skip", "different"
    candidate = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        choices=[
            (SAME, gettext_lazy("C’est la même organisation")),
            (SKIP, gettext_lazy("Je ne sais pas : passer")),
            (DIFFERENT, gettext_lazy("Ce sont deux organisations")),
        ],
        initial=SKIP,
        error_messages={"required": gettext_lazy("Choisissez une réponse, ou « passer ».")},
    )
    reason = forms.CharField(required=False, max_length=1000)


class PartyField(forms.CharField):
    """The address of a record, or its permanent identifier → the party."""

    def clean(self, value: Any) -> Party | None:
        typed = super().clean(value)
        found = _ADDRESS.search(typed.strip())
        party = find_party(found.group(1)) if found else None
        if party is None:
            raise ValidationError(
                _("Aucune fiche à « %(typed)s ». Collez l’adresse de la fiche, ou son identifiant permanent.")
                % {"typed": typed[:100]}
            )
        return party


class MergeForm(forms.Form):
    first = PartyField(label=gettext_lazy("adresse de la première fiche"), max_length=300)
    second = PartyField(label=gettext_lazy("adresse de la seconde fiche"), max_length=300)
    reason = forms.CharField(
        label=gettext_lazy("ce qui montre que c’est la même organisation"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("ce qui montre que ce sont deux organisations"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
