"""What a person types to correct a value, to tell of a missing organisation, and to answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion, Nature
from terreau.commons.models import Party, Place, Site
from terreau.observe.actions.correction_values import (
    NOT_PROPOSED,
    CorrectionRefused,
    read_credit,
    read_evidence,
    read_place_name,
    read_population,
    read_value,
)
from terreau.observe.queries.corrections import MISSING_FIELDS, PARTY_FIELDS, PLACE_FIELDS, SITE_FIELDS
from terreau.observe.sources.fields import FIELDS

from .forms import one_commune

NATURES = [(value, label) for value, label in Nature.choices if value not in NOT_PROPOSED]
LONG = ("description", "opening_hours")
_PLACE_LABELS = {"name": _("nom"), "population": _("population")}


def correctable(party: Party | None, site: Site | None) -> tuple[str, ...]:
    """The fields that may be corrected: of a party and one of its sites, or of a place without either."""
    if party is None:
        return PLACE_FIELDS
    fields = (*PARTY_FIELDS, *(SITE_FIELDS if site else ()))
    if party.diffusion == Diffusion.PARTIAL:
        fields = tuple(name for name in fields if name not in PRIVATE_FIELDS)
    return fields


def label_of(field: str) -> str:
    if field == "commune":
        return str(_("commune"))
    if field in FIELDS:
        return str(FIELDS[field].title)
    return str(_PLACE_LABELS.get(field, field))


class _AuthorForm(forms.Form):
    """Where it is known from, and whom to credit and tell. ``fax`` is a trap for robots: people do not see it."""

    evidence = forms.CharField(
        label=_("D’où le savez-vous ?"),
        max_length=500,
        help_text=_(
            "Une adresse de page http ou https, ou quelques mots : « leur affiche », « j’y travaille »."
        ),
        error_messages={
            "required": _("Dites d’où vous le savez : une adresse de page, ou quelques mots."),
            "max_length": _("La source est trop longue : 500 caractères au plus."),
        },
    )
    credit = forms.CharField(
        label=_("Votre nom à citer (facultatif)"),
        required=False,
        max_length=100,
        help_text=_("Il sera montré avec la correction."),
        error_messages={"max_length": _("Le nom à citer est trop long : 100 caractères au plus.")},
    )
    contact = forms.EmailField(
        label=_("Adresse e-mail pour la réponse (facultative)"),
        required=False,
        help_text=_("Elle ne sert qu’à vous répondre, n’est jamais publiée, et est oubliée ensuite."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr")},
    )
    atelier = forms.CharField(
        label=_("Code de l’atelier"),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_("Affiché dans la salle. Il dit seulement que vous y êtes."),
    )
    fax = forms.CharField(label=_("Ne remplissez pas ce champ"), required=False)

    def clean_evidence(self) -> str:
        return _said(read_evidence, self.cleaned_data["evidence"])

    def clean_credit(self) -> str:
        return _said(read_credit, self.cleaned_data["credit"])


class CorrectionForm(_AuthorForm):
    """One new value of ``field``."""

    value = forms.CharField(error_messages={"required": _("Écrivez la valeur juste.")})

    def __init__(self, *args: Any, field: str, is_place: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.field = field
        self.is_place = is_place
        self.fields["value"] = _value_field(field)
        self.fields["value"].label = label_of(field)
        self.order_fields(["value", "evidence", "credit", "contact", "fax"])

    def clean_value(self) -> Any:
        typed = self.cleaned_data["value"]
        if self.is_place:
            return _said(read_population if self.field == "population" else read_place_name, typed)
        return _read(self.field, typed)


class MissingPartyForm(_AuthorForm):
    """An organisation that the page of a place does not list."""

    name = forms.CharField(
        label=_("Nom de l’organisation"),
        error_messages={"required": _("Le nom de l’organisation manque.")},
    )
    nature = forms.ChoiceField(
        label=_("Statut (facultatif)"), required=False, choices=[("", _("je ne sais pas")), *NATURES]
    )
    commune = forms.CharField(label=_("Commune"), required=False, help_text=_("Son nom, ou son code INSEE."))
    address = forms.CharField(label=_("Adresse (facultative)"), required=False)
    post_code = forms.CharField(label=_("Code postal (facultatif)"), required=False)
    website = forms.CharField(label=_("Site web (facultatif)"), required=False)
    description = forms.CharField(
        label=_("Ce qu’elle fait (facultatif)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, place: Place, **options: Any) -> None:
        super().__init__(*args, **options)
        self.place = place
        self.fields["commune"].required = place.zoning_id != "commune"
        if place.zoning_id == "commune":
            self.fields["commune"].initial = place.name
        self.fields["commune"].error_messages["required"] = _("Dites dans quelle commune elle est.")
        names = ("name", "nature", "commune", "address", "post_code", "website", "description")
        self.order_fields([*names, "evidence", "credit", "contact", "fax"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in MISSING_FIELDS:
            if cleaned.get(name):
                try:
                    cleaned[name] = _read(name, cleaned[name])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in MISSING_FIELDS if self.cleaned_data.get(name)}


class AnswerForm(forms.Form):
    """A steward's answer. A reason is required unless the correction is accepted."""

    DECISIONS = ("accept", "refuse", "undo", "redo", "erase", "grant", "reject")

    correction = forms.SlugField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    confirmed = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("Raison, publique"), required=False, max_length=1000)


class AppealForm(forms.Form):
    """The author of a refused correction asks for a second steward."""

    words = forms.CharField(
        label=_("Ce que le premier gardien n’a pas vu"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Lu par les gardiens des données, jamais publié."),
        error_messages={
            "required": _("Dites ce que le premier gardien n’a pas vu : quelques mots suffisent."),
            "max_length": _("C’est trop long : 1000 caractères au plus."),
        },
    )
    contact = forms.EmailField(
        label=_("Adresse e-mail pour la réponse (facultative)"),
        required=False,
        help_text=_("Elle ne sert qu’à vous répondre, n’est jamais publiée, et est oubliée ensuite."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr")},
    )


class ChoiceForm(forms.Form):
    """``value``: the text of one that the page lists for ``field``; none when the choice is undone."""

    field = forms.SlugField()
    decision = forms.ChoiceField(choices=[("choose", "choose"), ("undo", "undo")])
    value = forms.CharField(required=False, strip=False)
    reason = forms.CharField(
        max_length=1000, error_messages={"required": _("Un choix sans raison n’est pas enregistré.")}
    )


def _value_field(field: str) -> forms.Field:
    required = {"required": _("Écrivez la valeur juste.")}
    if field == "nature":
        return forms.ChoiceField(
            choices=NATURES,
            error_messages={"invalid_choice": _("Choisissez un statut de la liste."), **required},
        )
    if field == "active":
        choices = [("non", _("a cessé son activité")), ("oui", _("est en activité"))]
        return forms.ChoiceField(
            choices=choices, error_messages={"invalid_choice": _("Choisissez une réponse."), **required}
        )
    widget = forms.Textarea(attrs={"rows": 4}) if field in LONG else forms.TextInput()
    return forms.CharField(widget=widget, error_messages=required)


def _read(field: str, typed: str) -> Any:
    if field != "commune":
        return _said(lambda text: read_value(field, text), typed)
    return one_commune(typed).code


def _said(read: Any, typed: Any) -> Any:
    try:
        return read(typed)
    except CorrectionRefused as error:
        raise forms.ValidationError(str(error)) from error
