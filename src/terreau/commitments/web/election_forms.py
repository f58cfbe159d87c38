"""What a keeper types: an election or a consultation, a list, its link, its result."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy

from terreau.commitments.actions.elections import ELECTION_FIELDS
from terreau.commitments.enums import BodyKind
from terreau.commitments.models import Candidacy, Election, Programme
from terreau.commitments.queries.commitments import shown_party
from terreau.commons.queries.places import served_region
from terreau.commons.web.choosing import DirectoryField, PlaceField

_PARTY_HELP = gettext_lazy("Un nom ou un SIREN, ou l’identifiant de sa fiche. Laissez vide sinon.")


def _text(label: Any, required: Any = "", length: int = 200, **options: Any) -> forms.CharField:
    errors = {
        "max_length": gettext_lazy("%(limit_value)d signes au plus : vous en avez écrit %(show_value)d.")
    }
    errors |= {"required": required} if required else {}
    return forms.CharField(
        label=label, max_length=length, required=bool(required), error_messages=errors, **options
    )


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Cette date n’existe pas. Exemple : 2028-03-12")},
        **options,
    )


class ElectionForm(forms.Form):
    """Fields are named as those of the action."""

    title = _text(
        gettext_lazy("titre"),
        required=gettext_lazy("Donnez un titre : l’élection et son année."),
        help_text=gettext_lazy("Exemple : élection municipale de mars 2032, Orléans."),
    )
    asked_by = _text(
        gettext_lazy("qui pose la question"),
        required=gettext_lazy("Dites qui pose la question : un réseau, un collectif."),
    )
    programme = forms.ModelChoiceField(
        label=gettext_lazy("programme"),
        queryset=Programme.objects.all(),
        error_messages={"required": gettext_lazy("Choisissez le texte dont les points sont demandés.")},
    )
    presentation = _text(
        gettext_lazy("présentation (facultative)"), length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )
    body_kind = forms.ChoiceField(
        label=gettext_lazy("de quelle institution"), choices=BodyKind.choices, initial=BodyKind.OTHER
    )
    body_name = _text(
        gettext_lazy("nom de l’institution (facultatif)"),
        help_text=gettext_lazy("Les promesses de qui est élu deviennent ses engagements."),
    )
    body = DirectoryField(
        label=gettext_lazy("fiche de l’institution dans l’annuaire (facultative)"),
        required=False,
        help_text=_PARTY_HELP,
    )
    place = PlaceField(
        label=gettext_lazy("territoire (facultatif)"),
        required=False,
        help_text=gettext_lazy("Une commune, un code postal, un territoire."),
    )
    first_round_on = _day(
        gettext_lazy("premier tour"),
        help_text=gettext_lazy("Laissez vide pour une consultation hors élection."),
    )
    second_round_on = _day(gettext_lazy("second tour, s’il y en a un"))
    answers_until = _day(
        gettext_lazy("dernier jour pour répondre"),
        help_text=gettext_lazy("Le même pour toutes les listes, jusqu’à minuit. Sans date : jusqu’au gel."),
    )
    own_reserve_start = _day(
        gettext_lazy("réserve avancée au (facultatif)"),
        help_text=gettext_lazy("Sinon : le premier jour du sixième mois avant celui de l’élection (L52-1)."),
    )
    own_reserve_end = _day(
        gettext_lazy("réserve prolongée jusqu’au (facultatif)"),
        help_text=gettext_lazy("Sinon : le jour du dernier tour."),
    )
    own_freeze = _day(
        gettext_lazy("gel avancé au (facultatif)"),
        help_text=gettext_lazy("Sinon : la veille du premier tour à 0 h (L49)."),
    )
    mandate_ends_on = _day(
        gettext_lazy("fin du mandat (facultative)"),
        help_text=gettext_lazy("L’échéance d’une promesse sans date. Sinon : six ans après l’élection."),
    )

    def __init__(self, *args: Any, election: Election | None = None, **options: Any) -> None:
        if election is not None:
            options["initial"] = {name: getattr(election, name) for name in ELECTION_FIELDS}
        super().__init__(*args, **options)
        if election is not None:
            start_with(self, body=shown_party(election.body), place=election.place)

    def values(self) -> dict[str, Any]:
        """As the action takes them. Without a place, a region votes where it is."""
        given = self.cleaned_data
        is_region = given["body_kind"] == BodyKind.REGION
        place = given["place"].row or (served_region() if is_region else None)
        return {**given, "body": given["body"].row, "place": place}


class CandidacyForm(forms.Form):
    name = _text(
        gettext_lazy("nom de la liste ou de l’organisme"),
        required=gettext_lazy("Donnez le nom de la liste ou de l’organisme."),
        help_text=gettext_lazy("Tel qu’il est déposé. Le nom d’une personne n’est pas nécessaire."),
    )
    party = DirectoryField(
        label=gettext_lazy("sa fiche dans l’annuaire (facultative)"), required=False, help_text=_PARTY_HELP
    )

    def __init__(self, *args: Any, candidacy: Candidacy | None = None, **options: Any) -> None:
        if candidacy is not None:
            options["initial"] = {"name": candidacy.name}
        super().__init__(*args, **options)
        if candidacy is not None:
            start_with(self, party=shown_party(candidacy.party))

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        return {**self.cleaned_data, "party": self.cleaned_data["party"].row}


def start_with(form: forms.Form, **rows: Any) -> None:
    """What is chosen already, by the name of its field."""
    for name, row in rows.items():
        field: Any = form.fields[name]
        field.initial = None
        field.start_with(row)


class LinkForm(forms.Form):
    to = forms.EmailField(
        label=gettext_lazy("adresse e-mail où l’envoyer (facultative)"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Sans adresse, le lien s’affiche pour être copié. L’adresse n’est pas gardée."
        ),
        error_messages={
            "invalid": gettext_lazy("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr")
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class WithdrawalForm(forms.Form):
    reason = _text(
        gettext_lazy("raison (publiée)"),
        required=gettext_lazy("Dites pourquoi : la raison est publique."),
        length=300,
    )


class ElectedForm(forms.Form):
    source_url = forms.URLField(
        label=gettext_lazy("adresse où le résultat est publié"),
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages={
            "required": gettext_lazy("Donnez l’adresse où le résultat est publié."),
            "invalid": gettext_lazy(
                "Cette adresse web n’est pas complète. Exemple : https://exemple.fr/resultats"
            ),
        },
    )
