"""Long texts: Django checks their length in forms only, and an action is reached by other ways too."""

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def check_lengths(row: Model, **names: str) -> None:
    """``names``: column → name of the field in a form. Raises ValidationError."""
    errors = {}
    for column, name in names.items():
        said = getattr(row, column)
        most = getattr(row._meta.get_field(column), "max_length", None)
        if most is not None and len(said) > most:
            over = len(said) - most
            errors[name] = (
                ngettext("%d caractère de trop : ", "%d caractères de trop : ", over) % over
                + _("raccourcissez ce texte, qui en compte %d au plus.") % most
            )
    if errors:
        raise ValidationError(errors)
