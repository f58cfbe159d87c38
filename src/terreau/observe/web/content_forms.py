"""The form of one line of the register of funded content."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from terreau.observe.models import FundedContent
from terreau.observe.models.contents import NOT_FOR_PUBLICATION

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
            "licence",
            "rights_holder",
            "reason",
        )
        widgets = {
            **{name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in _DATES},
            "reason": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = (*Meta.fields[:5], "amount", *Meta.fields[5:7], "url", *Meta.fields[7:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cents = self.instance.amount_cents
        self.fields["amount"].initial = None if cents is None else Decimal(cents) / 100
        self.fields["url"].initial = self.instance.url
        licence = self.fields["licence"]
        licence.choices = [  # type: ignore[attr-defined]
            choice
            for choice in licence.choices  # type: ignore[attr-defined]
            if choice[0] != NOT_FOR_PUBLICATION
        ]

    def _post_clean(self) -> None:
        """The address and the amount are on the line before its own rules are checked."""
        self.instance.url = self.cleaned_data.get("url", "")
        euros = self.cleaned_data.get("amount")
        self.instance.amount_cents = None if euros is None else int(euros * 100)
        super()._post_clean()  # type: ignore[misc]

    @property
    def values(self) -> dict[str, Any]:
        names = (*self.Meta.fields, "url", "amount_cents")
        return {name: getattr(self.instance, name) for name in names}
