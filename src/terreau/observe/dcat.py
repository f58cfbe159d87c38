"""The catalogue of open data in the terms of DCAT-AP 3, which national and European portals read.

Nothing is said that the site does not know: no frequency, no contact, no first date of publication.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from terreau.commons.licences import LICENCES
from terreau.lake.catalogue import Dataset

from .rdf import Iri, Literal, Node, Value

#: Media types as IANA registers them.
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}
_IANA = "https://www.iana.org/assignments/media-types/"
_EUROPE = "http://publications.europa.eu/resource/authority/"
_FRENCH = Node("dct:LinguisticSystem", f"{_EUROPE}language/FRA")
_FILE_TYPES = {"csv": "CSV", "json": "JSON", "geojson": "GEOJSON"}  # of the European list


@dataclass(frozen=True)
class Territory:
    """The region that the data covers. ``code``: of INSEE; ``lon``, ``lat``: its centre, in degrees."""

    code: str
    name: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Entry:
    """A published dataset. ``manifest``: what the lake says of its files; ``page``: its address.

    ``files``: format → address. ``period``: first and last day that its sources describe.
    """

    dataset: Dataset
    manifest: Mapping[str, Any]
    page: str
    files: Mapping[str, str]
    period: tuple[dt.date, dt.date] | None = None

    @property
    def address(self) -> str:
        """Names the dataset itself, which is not the page about it."""
        return f"{self.page}#jeu"


def catalogue(
    *,
    site: str,
    address: str,
    home: str,
    api: str,
    description: str,
    region: Territory | None,
    entries: Sequence[Entry],
) -> Node:
    """The catalogue named ``address`` of ``site``, whose first page is ``home``; all addresses are absolute.

    ``api``: where the read API lives; its own description is beside it.
    """
    publisher = Node(
        "foaf:Agent", f"{home}#site", {"foaf:name": Literal(site), "foaf:homepage": _document(home)}
    )
    spatial = _location(region) if region else None
    datasets = [_dataset(entry, publisher, spatial) for entry in entries]
    service = Node(
        "dcat:DataService",
        f"{api}#service",
        {
            "dct:title": _fr("Interface de lecture"),
            "dcat:endpointURL": _resource(api),
            "dcat:endpointDescription": _resource(f"{api}openapi.json"),
            "dct:publisher": Iri(publisher.address),
            "dcat:servesDataset": [Iri(entry.address) for entry in entries],
        },
    )
    dates = [dataset_date(entry.manifest) for entry in entries]
    return Node(
        "dcat:Catalog",
        address,
        {
            "dct:title": _fr(f"Données ouvertes de {site}"),
            "dct:description": _fr(description),
            "dct:publisher": publisher,
            "dct:language": _FRENCH,
            "dct:modified": _date_time(max(dates)) if dates else None,
            "dct:spatial": spatial,
            "foaf:homepage": _document(home),
            "dcat:dataset": datasets,
            "dcat:service": service,
        },
    )


def dataset_date(manifest: Mapping[str, Any]) -> dt.datetime:
    """When its files last changed."""
    return dt.datetime.fromisoformat(manifest["published_at"])


def _dataset(entry: Entry, publisher: Node, spatial: Node | None) -> Node:
    dataset, manifest = entry.dataset, entry.manifest
    return Node(
        "dcat:Dataset",
        entry.address,
        {
            "dct:title": _fr(str(dataset.title)),
            "dct:description": _fr(str(dataset.description)),
            "dct:identifier": Literal(dataset.name),
            "dct:publisher": Iri(publisher.address),
            "dct:language": Iri(_FRENCH.address),
            "dct:modified": _date_time(dataset_date(manifest)),
            "dct:spatial": spatial,
            "dct:temporal": _period(entry.period),
            "dct:provenance": _statement("dct:ProvenanceStatement", manifest["attribution"]),
            "dcat:keyword": [_fr("économie sociale et solidaire"), _fr("territoires")],
            "dcat:theme": Node(
                "skos:Concept",
                f"{_EUROPE}data-theme/SOCI",
                {"skos:prefLabel": _fr("Population et société")},
            ),
            "dcat:landingPage": _document(entry.page),
            "dcat:distribution": [_distribution(entry, format_) for format_ in entry.files],
        },
    )


def _distribution(entry: Entry, format_: str) -> Node:
    manifest, file = entry.manifest, entry.manifest["files"][format_]
    licence = LICENCES[manifest["licence"]]
    file_type = _FILE_TYPES.get(format_)
    return Node(
        "dcat:Distribution",
        f"{entry.page}#{format_}",
        {
            "dct:title": _fr(f"{entry.dataset.title}, {format_.upper()}"),
            "dcat:accessURL": _resource(entry.page),
            "dcat:downloadURL": _resource(entry.files[format_]),
            "dcat:mediaType": Node("dct:MediaType", _IANA + MEDIA_TYPES[format_]),
            "dct:format": Node("dct:MediaTypeOrExtent", f"{_EUROPE}file-type/{file_type}")
            if file_type
            else None,
            "dcat:byteSize": Literal(str(file["bytes"]), datatype="xsd:nonNegativeInteger"),
            "spdx:checksum": Node(
                "spdx:Checksum",
                "",
                {
                    "spdx:algorithm": Node("spdx:ChecksumAlgorithm", _SHA256),
                    "spdx:checksumValue": Literal(file["sha256"], datatype="xsd:hexBinary"),
                },
            ),
            "dct:license": Node("dct:LicenseDocument", licence.url, {"dct:title": _fr(str(licence.title))}),
            "dct:rights": _statement("dct:RightsStatement", f"Sources à citer : {manifest['attribution']}"),
            "dct:issued": _date_time(dataset_date(manifest)),
            "dct:modified": _date_time(dataset_date(manifest)),
            "dct:language": Iri(_FRENCH.address),
        },
    )


_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def _location(region: Territory) -> Node:
    centre: Value | None = None
    if region.lon is not None and region.lat is not None:
        centre = Literal(f"POINT({region.lon} {region.lat})", datatype="geo:wktLiteral")
    said = {
        "dct:identifier": Literal(region.code),
        "skos:prefLabel": _fr(region.name),
        "dcat:centroid": centre,
    }
    return Node("dct:Location", "", said)


def _period(period: tuple[dt.date, dt.date] | None) -> Node | None:
    if period is None:
        return None
    start, end = (Literal(day.isoformat(), datatype="xsd:date") for day in period)
    return Node("dct:PeriodOfTime", "", {"dcat:startDate": start, "dcat:endDate": end})


def _statement(kind: str, text: str) -> Node | None:
    return Node(kind, "", {"rdfs:label": _fr(text)}) if text else None


def _resource(address: str) -> Node:
    return Node("rdfs:Resource", address)


def _document(address: str) -> Node:
    return Node("foaf:Document", address)


def _fr(text: str) -> Literal:
    return Literal(text, language="fr")


def _date_time(at: dt.datetime) -> Literal:
    return Literal(at.isoformat(timespec="seconds"), datatype="xsd:dateTime")
