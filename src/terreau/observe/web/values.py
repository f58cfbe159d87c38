"""Fields and their values as a reader understands them."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from terreau.commons.enums import Nature
from terreau.observe.nomenclatures import legal_category_label, naf_label
from terreau.observe.sources.fields import FIELDS


def field_label(name: str) -> str:
    known = FIELDS.get(name)
    return str(known.title) if known else name


def show_value(name: str, said: Any) -> str:
    """A value as a reader understands it: the code stays, its meaning is added."""
    if said is True or said is False:
        return _("oui") if said else _("non")
    text = str(said)
    if name == "nature" and text in Nature.values:
        return str(Nature(text).label)
    if name == "ess_flag":
        return {"O": _("oui"), "N": _("non")}.get(text, text)
    meaning = {"legal_category": legal_category_label, "naf": naf_label}.get(name)
    if meaning and meaning(text):
        return f"{text}, {meaning(text)}"
    if name.endswith("_on"):
        try:
            return date_format(dt.date.fromisoformat(text), "DATE_FORMAT")
        except ValueError:
            return text
    return text
