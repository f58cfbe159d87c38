"""What an action refused, each problem at its field."""

from django import forms
from django.core.exceptions import ValidationError

from .choosing import ChoosingField


def take_errors(form: forms.Form, error: ValidationError) -> None:
    """Above the form what no field is about. What is wrong with ``owner_name`` is told at ``owner``: it takes both."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        places = (place for place in (name, name.removesuffix("_name")) if place in form.fields)
        form.add_error(next(places, None), errors)


def keep_only_errors_of_search(form: forms.Form) -> None:
    """Whoever searched has not finished: nothing else is wrong yet."""
    for name in list(form.errors):
        if not isinstance(form.fields.get(name), ChoosingField):
            del form.errors[name]
