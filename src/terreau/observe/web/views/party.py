"""The page of one organisation: what sources say of it, value by value, and what they do not say."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.queries.listing import commitments_of
from terreau.commitments.words import section_of
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Site
from terreau.observe import schema_org
from terreau.observe.nomenclatures import legal_category_label, naf_label
from terreau.observe.queries.custodians import has_custodian
from terreau.observe.queries.history import present_number
from terreau.observe.queries.parties import EXPECTED, PartySheet, SiteSheet, Value, read_sheet
from terreau.observe.queries.pictures import may_add_picture, may_change_pictures_of, pictures_shown
from terreau.observe.queries.practices import ThemeSheet, practices_by_theme
from terreau.observe.web.addresses import absolute
from terreau.observe.web.correction_forms import correctable
from terreau.observe.web.values import field_label, show_value


@dataclass(frozen=True)
class Row:
    """One field: its label, the value shown, then the others that sources give."""

    name: str
    label: str
    values: list[tuple[str, Value]]
    correct: str = ""  # the address of the form, if the field may be corrected


@dataclass(frozen=True)
class SiteRows:
    sheet: SiteSheet
    rows: list[Row]


def show_party(request: HttpRequest, party: Party) -> HttpResponse:
    """As it is today. ``history.py`` answers for addresses that lead elsewhere."""
    sheet = read_sheet(party)
    context = party_context(sheet, practices_by_theme(party), is_live=True) | {
        "schema_org": _schema_org(request, sheet),
        "has_custodian": has_custodian(party),
        "number": present_number(party.public_id),
        "pictures": pictures_shown().filter(party=party),
        "may_add_picture": may_add_picture(request.user, party),
        "may_change_pictures": may_change_pictures_of(request.user, party),
        "commitments": section_of(commitments_of(party), timezone.localdate()),
    }
    return render(request, "observe/party.html", context)


def party_context(sheet: PartySheet, themes: list[ThemeSheet], *, is_live: bool) -> dict[str, Any]:
    """What the page tells of a sheet; one of today (``is_live``) can be corrected, a frozen one cannot."""
    party = sheet.party
    return {
        "party": party,
        "sheet": sheet,
        "themes": themes,
        "nothing_said": all(one.is_empty for one in themes),
        "rows": _rows(sheet.values, party, None, is_live),
        "sites": [SiteRows(site, _site_rows(party, site, is_live)) for site in sheet.sites],
        "missing": [field_label(name) for name in EXPECTED if name in sheet.missing],
        "legal_category": legal_category_label(party.legal_category),
        "activity": naf_label(party.naf),
        "website": party.web_address,
        "years": [
            (year, fundings, sum(funding.amount_cents for funding in fundings))
            for year, fundings in sheet.funding_years.items()
        ],
    }


def _schema_org(request: HttpRequest, sheet: PartySheet) -> str:
    page = absolute(request, "observe:party", sheet.party.public_id)
    found = schema_org.organisation(sheet.party, [one.site for one in sheet.sites], page)
    return schema_org.script_text(found) if found else ""


def not_shown(request: HttpRequest) -> HttpResponse:
    """The same answer for a page that never was and for one that is masked: it tells nothing of either."""
    return render(request, "observe/party_not_shown.html", status=404)


def form_address(party: Party, site: Site | None, name: str) -> str:
    """Where the field ``name`` of the party, or of one of its sites, is corrected."""
    form = reverse("observe:correct_party", args=[party.public_id])
    return f"{form}?champ={name}" + (f"&lieu={site.pk}" if site else "")


def _rows(values: dict[str, list[Value]], party: Party, site: Site | None, is_live: bool) -> list[Row]:
    open_fields = correctable(party, site) if is_live else ()
    return [
        Row(
            name,
            field_label(name),
            [(show_value(name, value.said), value) for value in given],
            form_address(party, site, name) if name in open_fields else "",
        )
        for name, given in values.items()
    ]


def _site_rows(party: Party, site: SiteSheet, is_live: bool) -> list[Row]:
    hidden = PRIVATE_FIELDS if party.diffusion == Diffusion.PARTIAL else ()
    shown = {name: given for name, given in site.values.items() if name not in hidden}
    return _rows(shown, party, site.site, is_live)
