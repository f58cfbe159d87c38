"""The page of one organisation: what sources say of it, value by value, and what they do not say."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion, Nature
from terreau.commons.models import Party
from terreau.observe import schema_org
from terreau.observe.nomenclatures import legal_category_label, naf_label
from terreau.observe.queries.parties import EXPECTED, PartySheet, SiteSheet, Value, find_party, read_sheet
from terreau.observe.queries.pictures import may_add_picture, may_change_pictures, pictures_shown
from terreau.observe.sources.fields import FIELDS
from terreau.observe.web.addresses import absolute


@dataclass(frozen=True)
class Row:
    """One field: its label, the value shown, then the others that sources give."""

    name: str
    label: str
    values: list[tuple[str, Value]]


@dataclass(frozen=True)
class SiteRows:
    sheet: SiteSheet
    rows: list[Row]


def party(request: HttpRequest, public_id: str) -> HttpResponse:
    found = find_party(public_id)
    if found is None:
        return not_shown(request)
    sheet = read_sheet(found)
    context = {
        "party": found,
        "sheet": sheet,
        "rows": _rows(sheet.values),
        "sites": [SiteRows(site, _site_rows(found, site)) for site in sheet.sites],
        "missing": [field_label(name) for name in EXPECTED if name in sheet.missing],
        "legal_category": legal_category_label(found.legal_category),
        "activity": naf_label(found.naf),
        "schema_org": _schema_org(request, sheet),
        "pictures": pictures_shown().filter(party=found),
        "may_add_picture": may_add_picture(request.user, found),
        "may_change_pictures": may_change_pictures(request.user),
        "website": found.web_address,
        "years": [
            (year, fundings, sum(funding.amount_cents for funding in fundings))
            for year, fundings in sheet.funding_years.items()
        ],
    }
    return render(request, "observe/party.html", context)


def _schema_org(request: HttpRequest, sheet: PartySheet) -> str:
    page = absolute(request, "observe:party", sheet.party.public_id)
    found = schema_org.organisation(sheet.party, [one.site for one in sheet.sites], page)
    return schema_org.script_text(found) if found else ""


def not_shown(request: HttpRequest) -> HttpResponse:
    """The same answer for a page that never was and for one that is masked: it tells nothing of either."""
    return render(request, "observe/party_not_shown.html", status=404)


def field_label(name: str) -> str:
    known = FIELDS.get(name)
    return str(known.title) if known else name


def _rows(values: dict[str, list[Value]]) -> list[Row]:
    return [
        Row(name, field_label(name), [(show_value(name, value.said), value) for value in given])
        for name, given in values.items()
    ]


def _site_rows(party: Party, site: SiteSheet) -> list[Row]:
    hidden = PRIVATE_FIELDS if party.diffusion == Diffusion.PARTIAL else ()
    return _rows({name: given for name, given in site.values.items() if name not in hidden})


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
