"""What a facilitator types to open a process: one page, filled by the preset that she chose."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import ProgrammeItem
from terreau.commitments.queries.commitments import shown_party
from terreau.commitments.queries.listing import all_items
from terreau.commons.enums import College
from terreau.commons.web.choosing import PartyField, PlaceField
from terreau.commons.web.fields import date_field, long_text, time_field
from terreau.deliberate.actions.starting import StepTerms
from terreau.deliberate.enums import Preset, StepKind
from terreau.deliberate.instants import beginning, ending, last_day_before, time_within
from terreau.deliberate.models import Process
from terreau.deliberate.presets import PRESETS, dated_steps, reply_day

NO, YES = "no", "yes"
_PLAIN = (
    "title", "subject", "open_matters", "closed_matters", "legal_basis", "method", "reply_by", "colleges",
    "eligibility", "asks_college", "hides_results", "asks_at_a_time",
)  # fmt: skip


def _of_model(name: str, **options: Any) -> forms.Field:
    column: Any = Process._meta.get_field(name)
    field: forms.Field | None = column.formfield(**options)
    assert field is not None
    return field


class ItemsField(forms.ModelMultipleChoiceField):
    def __init__(self) -> None:
        label = _("propositions que cette démarche sert (facultatif)")
        super().__init__(all_items(), label=label, required=False, widget=forms.CheckboxSelectMultiple)

    def label_from_instance(self, obj: ProgrammeItem) -> str:
        return f"{obj.code}. {obj.said('title')}"


class MandateForm(forms.Form):
    title = _of_model(
        "title",
        help_text=_("En quelques mots : « Que faire de la halle ? »."),
        error_messages={"required": _("Donnez un titre.")},
    )
    subject = long_text(_("la question posée"), rows=2)
    open_matters = long_text(
        _("ce qui est ouvert"), rows=3, help_text=_("Ce que les gens peuvent changer en prenant part.")
    )
    closed_matters = long_text(
        _("ce qui n’est pas ouvert"),
        rows=3,
        help_text=_("Ce qui est déjà décidé, et ce qui ne dépend pas de cette démarche."),
    )
    decider = PartyField(
        label=_("qui décide en droit"),
        required=False,
        help_text=_("Un nom ou un SIREN de l’annuaire, ou le nom de qui n’y est pas."),
    )
    legal_basis = _of_model(
        "legal_basis", help_text=_("Facultatif. Exemple : article 8 de la loi du 31 juillet 2014.")
    )
    reply_by = date_field(
        _("réponse au plus tard le"),
        help_text=_("Chaque proposition adoptée reçoit sa réponse ce jour-là au plus tard."),
    )
    facilitator_name = forms.CharField(
        label=_("sous quel nom vous animez"),
        max_length=100,
        required=False,
        help_text=_("Il est public."),
    )
    place = PlaceField(
        label=_("territoire (facultatif)"),
        required=False,
        help_text=_("Une commune, un code postal, un territoire."),
    )
    method = long_text(_("la méthode"), rows=4)
    colleges = forms.MultipleChoiceField(
        label=_("collèges"), choices=College.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    eligibility = _of_model("eligibility")
    asks_college = _of_model("asks_college", label=_("demander à chacun son collège avant qu’il prenne part"))
    hides_results = _of_model("hides_results", label=_("cacher les résultats à tous jusqu’à la clôture"))
    asks_at_a_time = _of_model(
        "asks_at_a_time",
        label=_("combien d’affirmations à la suite"),
        help_text=_("Ensuite, on demande : « On continue ? »."),
        min_value=1,
        max_value=20,
    )
    items = ItemsField()
    has_interest = forms.ChoiceField(
        label=_("avez-vous un intérêt personnel dans ce dossier ?"),
        choices=[(NO, _("non")), (YES, _("oui"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Demandé pour publier. Un emploi, un contrat, un bien, un proche : si oui, votre déclaration est publique "
            "et les textes et propositions vous sont fermés."
        ),
    )
    interest_words = forms.CharField(label=_("si oui, lequel"), max_length=500, required=False)

    def __init__(
        self, *args: Any, preset: str = "", like: Process | None = None, named: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.like = like
        if like is not None:
            del self.fields["facilitator_name"]
            self._start_like(like)
        elif preset:
            self._start_from(Preset(preset), named)

    def _start_from(self, preset: Preset, named: str) -> None:
        for name, value in PRESETS[preset].switches().items():
            self.fields[name].initial = value
        self.fields["reply_by"].initial = reply_day(preset, timezone.localdate())
        self.fields["facilitator_name"].initial = named

    def _start_like(self, row: Process) -> None:
        for name in _PLAIN:
            self.fields[name].initial = getattr(row, name)
        decider: Any = self.fields["decider"]
        decider.start_with(shown_party(row.decider), row.decider_name)
        place: Any = self.fields["place"]
        place.start_with(row.place)
        self.fields["items"].initial = list(row.items.values_list("pk", flat=True))

    def mandate(self) -> dict[str, Any]:
        given = self.cleaned_data
        values = {name: given[name] for name in _PLAIN}
        if not self._is_left_hidden():
            values |= {"decider": given["decider"].row, "decider_name": given["decider"].name}
        return {**values, "place": given["place"].row}

    def _is_left_hidden(self) -> bool:
        """A decider whose name may not be said is not in the form: an empty field does not take it away."""
        if self.like is None or self.cleaned_data["decider"].row or self.cleaned_data["decider"].name:
            return False
        return bool(self.like.decider_identity) and shown_party(self.like.decider) is None

    def own_interest(self) -> str | None:
        """As ``actions.open_process`` takes it: None when the question has no whole answer."""
        said = self.cleaned_data["has_interest"]
        if said == NO:
            return ""
        words: str = self.cleaned_data["interest_words"].strip()
        return words if said == YES and words else None


class StepForm(forms.Form):
    token = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("sorte d’étape"), choices=[("", _("choisir")), *StepKind.choices])
    title = forms.CharField(label=_("titre (facultatif)"), max_length=200, required=False)
    first = date_field(_("premier jour"), required=True)
    first_time = time_field(_("heure de début (facultatif)"))
    last = date_field(_("dernier jour"), required=True)
    last_time = time_field(_("heure de fin (facultatif)"))
    words = long_text(_("ce qu’on y fait"), length=2000, rows=2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Le dernier jour est avant le premier."))
            return cleaned
        starts_at, ends_at = self._instant("first", beginning), self._instant("last", ending)
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("last_time", _("L’étape finirait avant d’avoir commencé : changez une heure."))
        return cleaned

    def _instant(self, day: str, of: Callable[[dt.date, dt.time | None], dt.datetime]) -> dt.datetime | None:
        given, hour = self.cleaned_data, f"{day}_time"
        if given.get(day) is None or hour not in given:
            return None
        try:
            return of(given[day], given[hour])
        except ValidationError as error:
            self.add_error(hour, error)
            return None


class _Steps(forms.BaseFormSet):
    """The empty row at the end adds one; what is ticked goes."""

    def terms(self) -> list[StepTerms]:
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        return [
            StepTerms(**{name: form.cleaned_data[name] for name in StepForm.base_fields})
            for form in kept
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("retirer cette étape")


StepsForm = forms.formset_factory(
    StepForm, formset=_Steps, extra=1, can_delete=True, max_num=12, validate_max=True
)


def first_steps(preset: str, first_day: dt.date) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "title": one.title, "first": one.first, "last": one.last, "words": one.words}
        for one in dated_steps(Preset(preset), first_day)
    ]


def steps_like(row: Process) -> list[dict[str, Any]]:
    return [
        {
            "token": step.token,
            "kind": step.kind,
            "title": step.title,
            "words": step.words,
            "first": timezone.localdate(step.starts_at),
            "first_time": time_within(step.starts_at),
            "last": last_day_before(step.ends_at),
            "last_time": time_within(step.ends_at),
        }
        for step in row.steps.all()
    ]
