"""What pages say of themselves to machines, in the terms of schema.org: organisations, places, datasets."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from terreau.commons.enums import Diffusion, Nature, PartyKind
from terreau.commons.licences import LICENCES
from terreau.commons.models import Party, Place, Site
from terreau.lake.catalogue import Dataset

from .dcat import MEDIA_TYPES

CONTEXT = "https://schema.org"
MOST_SITES = 20  # an organisation may have hundreds; its page lists them all

# A public body is one whatever its kind. Cooperatives and companies are plain organisations.
_TYPES = {
    Nature.ASSOCIATION: "NGO",
    Nature.FOUNDATION: "NGO",
    Nature.PUBLIC: "GovernmentOrganization",
}
_ADMINISTRATIVE = {"commune", "epci", "departement", "region"}
# As Django escapes JSON that goes into a page: no name can close the script, nor open a comment in it.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def script_text(data: Mapping[str, Any]) -> SafeString:
    """``data`` as the content of ``<script type="application/ld+json">``, harmless whatever it holds."""
    text = json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308  (no "<" is left in it)


def organisation(party: Party, sites: Sequence[Site], page: str) -> dict[str, Any] | None:
    """``page``: absolute address of its page. None for a person: of her a search engine gets nothing more.

    Of a party of partial diffusion: its communes, no street, no post code, no position.
    """
    if party.kind == PartyKind.PERSON or party.nature == Nature.PERSON:
        return None
    is_public = party.kind == PartyKind.PUBLIC_BODY
    active = [site for site in sites if site.is_active][:MOST_SITES]
    is_open = party.diffusion == Diffusion.OPEN
    locations = [_location(site, is_open=is_open) for site in active]
    return _given(
        {
            "@type": "GovernmentOrganization"
            if is_public
            else _TYPES.get(Nature(party.nature), "Organization"),
            "@id": f"{page}#acteur",
            "name": party.name,
            "alternateName": party.acronym if party.acronym != party.name else "",
            "description": party.description,
            "url": party.web_address,
            "mainEntityOfPage": page,
            "identifier": [
                _identifier(*pair) for pair in (("SIREN", party.siren), ("RNA", party.rna)) if pair[1]
            ],
            "sameAs": f"https://annuaire-entreprises.data.gouv.fr/entreprise/{party.siren}"
            if party.siren and is_open
            else "",
            "address": next((place["address"] for place in locations if "address" in place), None),
            "location": [place for place in locations if len(place) > 1],
        }
    )


def _location(site: Site, *, is_open: bool) -> dict[str, Any]:
    address = {
        "streetAddress": site.address if is_open else "",
        "postalCode": site.post_code if is_open else "",
        "addressLocality": site.commune.name if site.commune else "",
    }
    is_known = any(address.values())
    return _given(
        {
            "@type": "Place",
            "name": site.name,
            "identifier": _identifier("SIRET", site.siret) if site.siret else None,
            "address": {"@type": "PostalAddress", **_given(address), "addressCountry": "FR"}
            if is_known
            else None,
            "geo": _geo(site.lon, site.lat) if is_open else None,
        }
    )


def place(place: Place, page: str, inside: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A territory. ``inside``: name and absolute address of the larger administrative ones that hold it."""
    kind = place.zoning.kind
    is_administrative = kind in _ADMINISTRATIVE
    return _given(
        {
            "@type": "AdministrativeArea" if is_administrative else "Place",
            "@id": f"{page}#territoire",
            "name": place.name,
            "additionalType": place.zoning.title,
            "mainEntityOfPage": page,
            "identifier": _identifier("SIREN" if kind == "epci" else "INSEE", place.code),
            "geo": _geo(place.lon, place.lat),
            "containedInPlace": [
                {"@type": "AdministrativeArea", "@id": f"{address}#territoire", "name": name}
                for name, address in inside
            ],
        }
    )


def dataset(
    dataset: Dataset,
    manifest: Mapping[str, Any],
    page: str,
    catalogue: str,
    site: str,
    region: str,
    files: Mapping[str, str],
) -> dict[str, Any]:
    """A published dataset. ``page``, ``catalogue``: absolute addresses; ``files``: format → absolute address."""
    return _given(
        {
            "@type": "Dataset",
            "@id": f"{page}#jeu",
            "name": str(dataset.title),
            "description": str(dataset.description),
            "url": page,
            "identifier": dataset.name,
            "inLanguage": "fr",
            "isAccessibleForFree": True,
            "license": LICENCES[manifest["licence"]].url,
            "creditText": manifest["attribution"],
            "dateModified": manifest["published_at"],
            "publisher": {"@type": "Organization", "name": site},
            "spatialCoverage": {"@type": "AdministrativeArea", "name": region} if region else None,
            "includedInDataCatalog": {
                "@type": "DataCatalog",
                "@id": f"{catalogue}#catalogue",
                "url": catalogue,
            },
            "variableMeasured": [
                {"@type": "PropertyValue", "name": column.name, "description": str(column.title)}
                for column in dataset.columns
            ],
            "distribution": [
                {
                    "@type": "DataDownload",
                    "@id": f"{page}#{format_}",
                    "contentUrl": address,
                    "encodingFormat": MEDIA_TYPES[format_],
                    "contentSize": str(manifest["files"][format_]["bytes"]),
                    "sha256": manifest["files"][format_]["sha256"],
                }
                for format_, address in files.items()
            ],
        }
    )


def _identifier(kind: str, value: str | None) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": kind, "value": value}


def _geo(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    if lon is None or lat is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
