"""What is typed to open a workshop, and to enter one."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Place
from terreau.commons.models.workshops import MOST_EXPECTED, MOST_HOURS
from terreau.observe.web.forms import one_commune


class WorkshopForm(forms.Form):
    name = forms.CharField(
        label=_("Nom de l’atelier"),
        max_length=120,
        help_text=_("Montré à qui entre le code."),
        error_messages={
            "required": _("Donnez un nom à l’atelier."),
            "max_length": _("Le nom est trop long : 120 caractères au plus."),
        },
    )
    commune = forms.CharField(
        label=_("Commune (facultative)"), required=False, help_text=_("Son nom, ou son code INSEE.")
    )
    day = forms.DateField(
        label=_("Jour"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Dites quel jour."),
            "invalid": _("Écrivez l’année, le mois et le jour, par exemple 2026-01-31."),
        },
    )
    start = forms.TimeField(
        label=_("À partir de"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Dites à quelle heure il commence."),
            "invalid": _("Écrivez l’heure, par exemple 14:30."),
        },
    )
    hours = forms.IntegerField(
        label=_("Durée, en heures"),
        min_value=1,
        max_value=MOST_HOURS,
        help_text=_("Douze au plus : le code s’arrête de lui-même."),
    )
    expected = forms.IntegerField(label=_("Personnes attendues"), min_value=1, max_value=MOST_EXPECTED)

    def clean_commune(self) -> Place | None:
        typed = self.cleaned_data["commune"].strip()
        return one_commune(typed) if typed else None

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        starts_at = timezone.make_aware(dt.datetime.combine(given["day"], given["start"]))
        names = ("name", "hours", "expected")
        return {**{one: given[one] for one in names}, "place": given["commune"], "starts_at": starts_at}


def usual_workshop() -> dict[str, Any]:
    """This afternoon, for a village hall."""
    now = timezone.localtime()
    return {"day": now.date(), "start": now.time(), "hours": 3, "expected": 25}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code de l’atelier"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_("Six lettres et chiffres, affichés dans la salle."),
        error_messages={"required": _("Écrivez le code affiché dans la salle.")},
    )
