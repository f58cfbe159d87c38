"""What a person types to write a draft, or the new terms of a commitment."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import Commitment, ProgrammeItem
from terreau.commitments.queries.commitments import shown_party
from terreau.commitments.queries.listing import all_items
from terreau.commons.web.choosing import PartyField, PlaceField
from terreau.commons.web.fields import date_field, web_address

PLAIN = (
    "title", "details", "deliverable", "unit", "baseline", "target", "starts_on", "due_on", "basis", "basis_words",
    "basis_url",
)  # fmt: skip
_DATES = ("starts_on", "due_on")


def of_model(name: str, **options: Any) -> forms.Field:
    """The field of a form for a column of a commitment, with its words and its limits."""
    if name in _DATES:
        options["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    column: Any = Commitment._meta.get_field(name)
    field: forms.Field | None = column.formfield(**options)
    assert field is not None
    return field


class ItemsField(forms.ModelMultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        label = _("propositions que cet engagement sert (facultatif)")
        widget = forms.CheckboxSelectMultiple
        super().__init__(all_items(), label=label, required=False, widget=widget, **options)

    def label_from_instance(self, obj: ProgrammeItem) -> str:
        return f"{obj.code}. {obj.said('title')}"


class TermsForm(forms.Form):
    """What is promised. ``terms``: as ``actions.save_draft`` and ``actions.renegotiate`` take them."""

    title = of_model(
        "title",
        help_text=_("Une action, en une phrase : « Ouvrir une recyclerie à … »."),
        error_messages={"required": _("Dites ce qui est promis.")},
    )
    deliverable = of_model(
        "deliverable", help_text=_("Ce que l’on verra quand ce sera fait. Ou bien une mesure, ou les deux.")
    )
    owner = PartyField(
        label=_("qui s’engage"),
        required=False,
        help_text=_(
            "Un nom ou un SIREN de l’annuaire, ou le nom d’un groupe qui n’y est pas. Personne : laissez vide."
        ),
    )
    beneficiary = PartyField(
        label=_("envers qui (facultatif)"), required=False, help_text=_("Vide : envers tout le monde.")
    )
    due_on = of_model("due_on")
    next_meeting = date_field(
        _("prochaine réunion"), help_text=_("Si l’échéance est vide, c’est là que l’on fera le point.")
    )
    starts_on = of_model("starts_on", help_text=_("Vide : le jour de la publication."))
    unit = of_model("unit", help_text=_("Logements, heures, euros… Rien si cela ne se compte pas."))
    baseline = of_model("baseline", localize=True)
    target = of_model("target", localize=True)
    basis = of_model("basis")
    basis_words = of_model(
        "basis_words", help_text=_("Le nom de la décision, de la réunion, de la convention.")
    )
    basis_url = web_address(_("adresse de l’origine"))
    place = PlaceField(
        label=_("territoire (facultatif)"),
        required=False,
        help_text=_("Une commune, un code postal, un territoire."),
    )
    items = ItemsField()
    details = of_model("details", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, like: Commitment | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.like = like
        if like is not None:
            self._start_like(like)

    def _start_like(self, row: Commitment) -> None:
        for name in PLAIN:
            self.fields[name].initial = getattr(row, name)
        for role in ("owner", "beneficiary"):
            field: Any = self.fields[role]
            field.start_with(shown_party(getattr(row, role)), getattr(row, f"{role}_name"))
        start_place(self, row)
        start_items(self, row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("due_on") and not self.has_error("due_on"):
            cleaned["due_on"] = cleaned.get("next_meeting")
        return cleaned

    def terms(self) -> dict[str, Any]:
        given = self.cleaned_data
        parties = {
            name: value
            for role in ("owner", "beneficiary")
            if not self._is_left_hidden(role)
            for name, value in ((role, given[role].row), (f"{role}_name", given[role].name))
        }
        return {**{name: given[name] for name in PLAIN}, **parties, "place": given["place"].row}

    def _is_left_hidden(self, role: str) -> bool:
        """A party whose name may not be said is not in the form: an empty field does not take it away."""
        if self.like is None or self.cleaned_data[role].row or self.cleaned_data[role].name:
            return False
        return bool(getattr(self.like, f"{role}_identity")) and shown_party(getattr(self.like, role)) is None


def start_place(form: forms.Form, row: Commitment) -> None:
    field: Any = form.fields["place"]
    field.start_with(row.place)


def start_items(form: forms.Form, row: Commitment) -> None:
    """Its own items stay possible, even those that have left their programme since."""
    field: Any = form.fields["items"]
    field.initial = list(row.items.values_list("pk", flat=True))
    field.queryset = ProgrammeItem.objects.select_related("programme").filter(
        Q(is_withdrawn=False) | Q(pk__in=field.initial)
    )


def next_meeting_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
