"""Fields that every room's forms use: each says what is wrong in plain words."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


def date_field(label: Any, *, required: bool = False, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    errors = {"invalid": _("Cette date n’existe pas."), "required": _("Donnez une date.")}
    return forms.DateField(label=label, required=required, widget=widget, error_messages=errors, **options)


def time_field(label: Any, *, required: bool = False, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    errors = {"invalid": _("Écrivez l’heure, par exemple 14:30."), "required": _("Donnez une heure.")}
    return forms.TimeField(label=label, required=required, widget=widget, error_messages=errors, **options)


def web_address(label: Any, **options: Any) -> forms.URLField:
    return forms.URLField(
        label=label,
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages={"invalid": _("Cette adresse web n’est pas complète. Exemple : https://exemple.fr/")},
        **options,
    )


def long_text(
    label: Any, *, required: Any = None, length: int = 3000, rows: int = 4, **options: Any
) -> forms.CharField:
    errors = {"required": required} if required else {}
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=length,
        widget=widget,
        error_messages=errors,
        **options,
    )
