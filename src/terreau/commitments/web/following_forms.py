"""What a person types about a commitment that is public: a step, an end, a precision, another owner."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import Commitment, Fulfilment
from terreau.commitments.queries.commitments import find_commitment
from terreau.commons.web.choosing import PartyField, PlaceField
from terreau.commons.web.fields import date_field, long_text, web_address

from .forms import ItemsField, TermsForm, of_model, start_items, start_place

_WHY = _("Dites pourquoi : la raison est publique.")


class AboutForm(forms.Form):
    """A form about one commitment. ``arguments``: as the verb takes them."""

    def __init__(self, *args: Any, commitment: Commitment, **options: Any) -> None:
        super().__init__(*args, **options)
        self.commitment = commitment

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def _reason() -> forms.CharField:
    return long_text(_("pourquoi (publié)"), required=_WHY, rows=3)


class StepForm(AboutForm):
    on = date_field(_("quand"), required=True)
    words = long_text(
        _("ce qui a été fait"),
        required=_("Dites ce qui a été fait."),
        length=2000,
        help_text=_("Sans nom de personne."),
    )
    amount = forms.DecimalField(
        label=_("quantité (facultatif)"), required=False, max_digits=15, decimal_places=3, localize=True
    )
    evidence_url = web_address(_("adresse de la preuve (facultatif)"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()
        if not self.commitment.has_measure:
            del self.fields["amount"]
            return
        words = _("En %(unit)s, en plus de ce qui est déjà noté ; un nombre négatif si l’on a reculé.")
        self.fields["amount"].help_text = words % {"unit": self.commitment.unit}


class WithdrawForm(AboutForm):
    step = forms.SlugField(widget=forms.HiddenInput)
    reason = long_text(_("pourquoi (publié)"), required=_WHY, rows=3, length=1000)

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "fulfilment": self.cleaned_data["step"]}

    def clean_step(self) -> Fulfilment:
        step = self.commitment.fulfilments.filter(token=self.cleaned_data["step"]).first()
        if step is None:
            raise forms.ValidationError(_("Cette réalisation n’est plus ici."))
        return step


class KeepForm(AboutForm):
    result = long_text(
        _("ce qui a été fait"), required=_("Dites ce qui a été fait : c’est ce que l’on lira.")
    )
    result_url = web_address(
        _("adresse d’une preuve"), help_text=_("Facultative si une réalisation est déjà notée.")
    )


class AbandonForm(AboutForm):
    reason = _reason()


class ContextForm(AboutForm):
    """What may be told better without another promise."""

    place = PlaceField(label=_("territoire (facultatif)"), required=False)
    items = ItemsField()
    basis_words = of_model("basis_words")
    basis_url = web_address(_("adresse de l’origine"))
    details = of_model("details", widget=forms.Textarea(attrs={"rows": 4}))
    reason = _reason()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("basis_words", "basis_url", "details"):
            self.fields[name].initial = getattr(self.commitment, name)
        start_place(self, self.commitment)
        start_items(self, self.commitment)

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "place": self.cleaned_data["place"].row}


class OwnerForm(AboutForm):
    owner = PartyField(
        label=_("qui reprend cet engagement"),
        help_text=_("Un nom ou un SIREN de l’annuaire, ou le nom d’un groupe qui n’y est pas."),
        error_messages={"required": _("Dites qui reprend cet engagement.")},
    )
    reason = _reason()

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data["owner"]
        return {"owner": chosen.row, "owner_name": chosen.name, "reason": self.cleaned_data["reason"]}


class RenegotiateForm(TermsForm):
    """Pre-filled with the old terms; or ``into``: one that is public already and replaces it."""

    reason = _reason()
    into = forms.CharField(
        label=_("ou un engagement déjà public qui le remplace"),
        required=False,
        max_length=200,
        help_text=_("Son adresse. Les champs ci-dessus ne servent alors pas."),
    )

    def __init__(self, *args: Any, commitment: Commitment, **options: Any) -> None:
        super().__init__(*args, like=commitment, **options)
        self.commitment = commitment
        self.order_fields(["reason"])

    def clean_into(self) -> Commitment | None:
        typed = self.cleaned_data["into"].rstrip("/")
        if not typed:
            return None
        found = find_commitment(typed.rpartition("/")[2])
        if found is None or found.is_draft:
            raise forms.ValidationError(_("Aucun engagement public n’a cette adresse."))
        return found

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["into"] is not None:
            return {"reason": given["reason"], "into": given["into"]}
        return {"reason": given["reason"], "items": given["items"], **self.terms()}
