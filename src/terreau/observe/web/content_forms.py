"""The form of one line of the register of funded content."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.observe.models import FundedContent

_DATES = ("funded_on", "due_on", "published_on")


class FundedContentForm(forms.ModelForm):
    """``amount`` is in euros; the model keeps cents."""

    amount = forms.DecimalField(
        label=_("montant en euros (facultatif)"),
        required=False,
        localize=True,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
    )
    url = forms.URLField(
        label=_("adresse où le lire"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )

    class Meta:
        model = FundedContent
        fields = (
            "title",
            "kind",
            "funder",
            "producer",
            "funded_on",
            "due_on",
            "published_on",
            "url",
            "licence",
            "rights_holder",
            "reason",
        )
        widgets = {
            **{name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in _DATES},
            "reason": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = (*Meta.fields[:4], "amount", *Meta.fields[4:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cents = self.instance.amount_cents
        self.fields["amount"].initial = None if cents is None else Decimal(cents) / 100
        licence = self.fields["licence"]
        licence.choices = [  # type: ignore[attr-defined]
            choice
            for choice in licence.choices  # type: ignore[attr-defined]
            if choice[0] != NOT_FOR_PUBLICATION
        ]

    def clean(self) -> dict[str, Any]:
        """The line has its amount before its own rules are checked."""
        cleaned = super().clean() or self.cleaned_data
        euros = cleaned.get("amount")
        self.instance.amount_cents = None if euros is None else int(euros * 100)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        names = (*self.Meta.fields, "amount_cents")
        return {name: getattr(self.instance, name) for name in names}
