"""What a person types to keep a conference, or a resonance matrix."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.web.choosing import PartyField
from terreau.commons.web.fields import date_field, long_text
from terreau.deliberate.enums import AgendaPart
from terreau.deliberate.models import Conference, ResonanceMatrix
from terreau.deliberate.queries.resonances import Grid

AGENDA_EXPLAINED = {
    AgendaPart.ORIENTATIONS: _("Ce que la région et les acteurs de l’ESS veulent faire."),
    AgendaPart.MEANS: _("Avec quoi : argent, temps, lieux, savoirs, achats publics."),
    AgendaPart.RESULTS: _("Ce qui en est sorti depuis la dernière conférence."),
}


class ConferenceForm(forms.Form):
    held_on = date_field(_("jour de la conférence"), help_text=_("À venir, ou passé."))
    where = forms.CharField(label=_("lieu"), required=False, max_length=200)

    def __init__(self, *args: Any, like: Conference | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if like is not None:
            self.fields["held_on"].initial, self.fields["where"].initial = like.held_on, like.where


class AgendaForm(forms.Form):
    part = forms.ChoiceField(label=_("partie"), choices=AgendaPart.choices)
    title = forms.CharField(
        label=_("point"), max_length=200, error_messages={"required": _("Donnez un titre à ce point.")}
    )
    words = long_text(_("précisions (facultatif)"), length=2000, rows=2)


class MinutesForm(forms.Form):
    minutes = long_text(
        _("compte rendu"), required=_("Écrivez ce qui a été dit et adopté."), length=50_000, rows=12
    )


class ProgrammeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Programme) -> str:
        return label_of_programme(obj)


class ProgrammesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Programme) -> str:
        return label_of_programme(obj)


def label_of_programme(programme: Programme) -> str:
    return f"{programme.said('author')} : {programme.said('title')}"


class MatrixForm(forms.Form):
    title = forms.CharField(
        label=_("titre"), max_length=200, error_messages={"required": _("Donnez un titre à ce tableau.")}
    )
    orientations = ProgrammeField(
        Programme.objects.all(),
        label=_("les orientations"),
        empty_label="–",
        error_messages={"required": _("Choisissez le programme qui porte les orientations.")},
    )
    programmes = ProgrammesField(
        Programme.objects.all(),
        label=_("les programmes des acteurs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ProgrammesForm(forms.Form):
    programmes = MatrixForm.base_fields["programmes"]

    def __init__(self, *args: Any, matrix: ResonanceMatrix, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["programmes"]
        field.queryset = Programme.objects.exclude(pk=matrix.orientations_id)
        field.initial = list(matrix.programmes.values_list("pk", flat=True))


class ActionForm(forms.Form):
    """An action of an actor: in one of the programmes of the matrix, or in a new one under the actor's name."""

    programme = ProgrammeField(
        Programme.objects.none(), label=_("programme"), required=False, empty_label=_("un nouveau programme")
    )
    author = PartyField(
        label=_("acteur, si le programme est nouveau ou n’est encore à personne"),
        required=False,
        help_text=_(
            "Un nom ou un SIREN de l’annuaire : qui parle pour cet acteur note alors ses résonances. Ou le nom de qui "
            "n’y est pas."
        ),
    )
    title = forms.CharField(
        label=_("action"),
        max_length=300,
        help_text=_("En une phrase : « Former vingt bénévoles à la comptabilité »."),
        error_messages={"required": _("Dites quelle est l’action.")},
    )

    def __init__(self, *args: Any, matrix: ResonanceMatrix, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["programme"]
        field.queryset = matrix.programmes.order_by("author", "title")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        author = cleaned.get("author")
        if not cleaned.get("programme") and author is not None and not (author.row or author.name):
            self.add_error("author", _("Choisissez un programme, ou dites de quel acteur est cette action."))
        return cleaned


class _PointField(forms.ModelChoiceField):
    def label_from_instance(self, obj: ProgrammeItem) -> str:
        return f"{obj.code}. {obj.said('title')}"


class _ActionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: ProgrammeItem) -> str:
        return f"{obj.programme.said('author')} : {obj.said('title')}"


class ResonanceForm(forms.Form):
    action = _ActionField(
        ProgrammeItem.objects.none(),
        label=_("cette action"),
        empty_label="–",
        error_messages={"required": _("Choisissez une action.")},
    )
    orientation = _PointField(
        ProgrammeItem.objects.none(),
        label=_("sert cette orientation"),
        empty_label="–",
        error_messages={"required": _("Choisissez une orientation.")},
    )
    words = forms.CharField(label=_("comment (facultatif)"), required=False, max_length=300)

    def __init__(self, *args: Any, grid: Grid, own: Collection[int] | None = None, **options: Any) -> None:
        """``own``: of whose programmes actions are offered; None for those of all."""
        super().__init__(*args, **options)
        offered = [one.pk for one in grid.actions if own is None or one.programme_id in own]
        action: Any = self.fields["action"]
        orientation: Any = self.fields["orientation"]
        points = ProgrammeItem.objects.select_related("programme")
        action.queryset = points.filter(pk__in=offered).order_by("programme__author", "programme", "rank")
        orientation.queryset = points.filter(pk__in=[row.orientation.pk for row in grid.rows]).order_by(
            "rank"
        )
