"""What an action refused, each problem at its field."""

from django import forms
from django.core.exceptions import ValidationError

from terreau.commons.web.choosing import ChoosingField

_AT = {"decider_name": "decider"}


def take_errors(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        place = _AT.get(name, name)
        form.add_error(place if place in form.fields else None, errors)


def keep_only_errors_of_search(form: forms.Form) -> None:
    """Whoever searched has not finished: nothing else is wrong yet."""
    for name in list(form.errors):
        if not isinstance(form.fields.get(name), ChoosingField):
            del form.errors[name]
