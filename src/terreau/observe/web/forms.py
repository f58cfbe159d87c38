"""What visitors type: the filter of the directory, a request to be masked, its answer."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import Nature, Perimeter
from terreau.commons.models import Place, Source
from terreau.commons.search.fold import fold_for_search
from terreau.observe.models import Scheme, SourceRecord
from terreau.observe.nomenclatures import naf_sections
from terreau.observe.queries.directory import SORTS, DirectoryFilter

MOST_CHOICES = 20


class FacetField(forms.MultipleChoiceField):
    """Several values of a closed list; a wrong one says which."""

    def __init__(self, *, noun: Any, **options: Any) -> None:
        message = _("« %(value)s » n’est pas un choix possible ici : ce filtre est ignoré.")
        errors = {"invalid_choice": message, "invalid_list": message}
        super().__init__(required=False, label=noun, error_messages=errors, **options)


class DirectoryForm(forms.Form):
    """Address → DirectoryFilter. A wrong value is said, kept in the form, and left out of the filter."""

    q = forms.CharField(
        label=_("Nom, sigle, activité…"),
        required=False,
        max_length=200,
        error_messages={"max_length": _("La recherche est limitée à 200 caractères.")},
    )
    territoire = forms.CharField(label=_("Territoire"), required=False, max_length=60)
    commune = forms.CharField(label=_("Commune ou code postal"), required=False, max_length=100)
    statut = FacetField(noun=_("Statut"), choices=Nature.choices)
    activite = FacetField(noun=_("Activité"))
    dispositif = FacetField(noun=_("Dispositif"), choices=Scheme.choices)
    perimetre = FacetField(noun=_("Périmètre de l’ESS"), choices=Perimeter.choices)
    source = FacetField(noun=_("Source"))
    fermees = forms.BooleanField(label=_("Montrer aussi ceux qui ont cessé leur activité"), required=False)
    tri = forms.ChoiceField(
        label=_("Trier par"),
        required=False,
        choices=[("", _("au mieux")), *SORTS.items()],
        error_messages={"invalid_choice": _("« %(value)s » n’est pas un tri possible.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["activite"].choices = [(s.letter, s.label) for s in naf_sections().values()]  # type: ignore[attr-defined]
        known = Source.objects.filter(Exists(SourceRecord.objects.filter(source=OuterRef("pk"))))
        self.fields["source"].choices = list(known.values_list("code", "title"))  # type: ignore[attr-defined]
        self.possible_communes: list[Place] = []

    def clean_territoire(self) -> Place | None:
        typed = self.cleaned_data["territoire"]
        if not typed:
            return None
        zoning, _colon, code = typed.partition(":")
        place = Place.objects.select_related("zoning").filter(zoning=zoning, code=code).first()
        if place is None:
            raise forms.ValidationError(
                _("Le territoire « %s » n’existe pas : ce filtre est ignoré.") % typed
            )
        if not place.communes_in_region:
            raise forms.ValidationError(
                _("« %s » est hors de la région : aucune donnée n’y est collectée.") % place
            )
        return place

    def clean_commune(self) -> Place | None:
        typed = self.cleaned_data["commune"]
        if not typed:
            return None
        self.possible_communes = communes_called(typed)
        if not self.possible_communes:
            raise forms.ValidationError(
                _("Aucune commune de la région n’a ce nom ou ce code : « %s ».") % typed
            )
        if len(self.possible_communes) > 1:
            raise forms.ValidationError(
                _("Plusieurs communes répondent à « %s » : choisissez-en une.") % typed
            )
        return self.possible_communes[0]

    def to_filter(self) -> DirectoryFilter:
        """Call after ``is_valid()``, whatever it said: only right values are in it."""
        given = self.cleaned_data
        return DirectoryFilter(
            text=" ".join(given.get("q", "").split()),
            natures=tuple(given.get("statut", ())),
            sections=tuple(given.get("activite", ())),
            schemes=tuple(given.get("dispositif", ())),
            perimeters=tuple(given.get("perimetre", ())),
            sources=tuple(given.get("source", ())),
            place=given.get("commune") or given.get("territoire"),
            with_closed=given.get("fermees", False),
            sort=given.get("tri", ""),
        )


def communes_called(typed: str) -> list[Place]:
    """The communes of the region with this name, INSEE code or post code, else whose name starts so."""
    communes = Place.objects.filter(zoning="commune", communes_in_region__gt=0).select_related("zoning")
    folded = fold_for_search(typed)
    named = Q(name__iexact=typed) | Q(search_text=folded) if folded else Q(name__iexact=typed)
    exact = communes.filter(named | Q(code=typed) | Q(post_codes__code=typed)).distinct()[:MOST_CHOICES]
    found = list(exact)
    return found or (list(communes.filter(search_text__startswith=folded)[:MOST_CHOICES]) if folded else [])


def one_commune(typed: str) -> Place:
    """The one that answers to this name or code. Raises ValidationError: none, or several."""
    found = communes_called(typed.strip())
    if not found:
        raise forms.ValidationError(
            _("Aucune commune de la région n’a ce nom ou ce code : « %s ».") % typed[:60]
        )
    if len(found) > 1:
        names = ", ".join(f"{one.name} ({one.code})" for one in found[:5])
        raise forms.ValidationError(
            _("Plusieurs communes répondent à ce nom : écrivez le code de l’une. %s") % names
        )
    return found[0]


class MaskRequestForm(forms.Form):
    """Anyone may ask, without an account. ``website`` is a trap for robots: people do not see it."""

    reason = forms.CharField(
        label=_("Pourquoi cette page ne doit-elle plus paraître ?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Dites en quelques mots pourquoi."),
            "max_length": _("Mille caractères au plus : vous en avez écrit %(show_value)d."),
        },
    )
    contact = forms.EmailField(
        label=_("Adresse e-mail pour la réponse (facultative)"),
        required=False,
        error_messages={"invalid": _("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr")},
    )
    website = forms.CharField(label=_("Ne remplissez pas ce champ"), required=False)


class MaskAnswerForm(forms.Form):
    request = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("grant", _("Masquer")), ("refuse", _("Ne pas masquer"))])
    answer = forms.CharField(
        label=_("Raison"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Une décision sans raison n’est pas enregistrée.")},
    )
