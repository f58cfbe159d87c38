"""The whole of what is known of a party as one JSON document: what a version keeps, what two moments are compared by.

A document names everything by what does not change from one database to another (identities, codes), and holds
the names of sources and places beside them, so that it can be read when these are gone or called otherwise. It
does not hold the names of other parties: one that is masked later must be nowhere.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from terreau.commons.models import Party, Place, Site, Source, public_id
from terreau.observe.models import (
    Choice,
    Confirmation,
    Contradiction,
    Funding,
    Practice,
    SchemeMember,
    SourceRecord,
)

from .identities import roots_among

Document = dict[str, Any]

PARTY_FIELDS = (
    "identity",
    "public_id",
    "kind",
    "name",
    "acronym",
    "siren",
    "rna",
    "nature",
    "legal_category",
    "naf",
    "description",
    "website",
    "perimeter",
    "perimeter_basis",
    "diffusion",
    "is_active",
)
SITE_FIELDS = ("identity", "siret", "name", "address", "post_code", "lon", "lat", "is_active")
RECORD_FIELDS = ("key", "identity", "observed_on", "values")
FUNDING_FIELDS = ("year", "amount_cents", "posts", "purpose")
SOURCE_FIELDS = ("title", "publisher", "licence", "url", "vintage", "precedence")
PRACTICE_FIELDS = ("theme", "text", "evidence", "declared_at")


def subject_of(public_id: str) -> str:
    """Under which revisions and versions name a party."""
    return f"party:{public_id}"


def party_documents(keys: Iterable[int]) -> dict[int, Document]:
    """Primary key → document, for the parties that are there, in ten queries whatever their number.

    ``{"party": {…}, "sites": […], "records": […], "schemes": […], "fundings": […], "choices": […],
    "practices": […], "sources": {code: {…}}}``: the columns of the models, dates as ISO text, places as
    ``[zoning, code, name]``, lists in an order that depends on content alone. For a few thousand keys at a time.
    """
    wanted = set(keys)
    documents: dict[int, Document] = {
        party.pk: {
            "party": _columns(party, PARTY_FIELDS),
            "sites": [],
            "records": [],
            "schemes": [],
            "fundings": [],
            "choices": [],
            "practices": [],
            "sources": {},
        }
        for party in Party.objects.filter(pk__in=wanted).order_by()
    }
    of_them = Q(party__in=list(documents))
    for name, part in (
        ("sites", _sites(of_them)),
        ("records", _records(of_them)),
        ("schemes", _schemes(of_them)),
        ("fundings", _fundings(of_them)),
        ("choices", _choices(of_them)),
        ("practices", _practices(of_them)),
    ):
        for key, one in part:
            documents[key][name].append(one)
    _add_sources(documents)
    return documents


def _columns(row: Model, names: Iterable[str]) -> Document:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _place(place: Place | None) -> list[str] | None:
    return [place.zoning_id, place.code, place.name] if place else None


_Part = Iterator[tuple[int, Document]]


def _sites(of_them: Q) -> _Part:
    sites = Site.objects.filter(of_them).select_related("commune", "departement").order_by("identity")
    for site in sites:
        places = {"commune": _place(site.commune), "departement": _place(site.departement)}
        yield site.party_id, {**_columns(site, SITE_FIELDS), **places}


def _records(of_them: Q) -> _Part:
    records = SourceRecord.objects.filter(of_them).select_related("site").order_by("source", "key")
    for record in records.only("source", "party", "site__identity", *RECORD_FIELDS):
        site = record.site.identity if record.site else None
        yield record.party_id, {"source": record.source_id, "site": site, **_columns(record, RECORD_FIELDS)}


def _schemes(of_them: Q) -> _Part:
    for scheme in SchemeMember.objects.filter(of_them).order_by("scheme", "detail", "source"):
        yield scheme.party_id, {**_columns(scheme, ("scheme", "detail")), "source": scheme.source_id}


def _fundings(of_them: Q) -> _Part:
    fundings = Funding.objects.filter(of_them).select_related("record", "commune", "departement")
    for one in fundings.order_by("-year", "record__source", "record__key"):
        yield (
            one.party_id,
            {
                "source": one.record.source_id,
                "key": one.record.key,
                **_columns(one, FUNDING_FIELDS),
                "commune": _place(one.commune),
                "departement": _place(one.departement),
            },
        )


def _choices(of_them: Q) -> _Part:
    for choice in Choice.objects.filter(of_them, undone_at__isnull=True).order_by("field", "identity"):
        assert choice.party_id is not None
        yield choice.party_id, _columns(choice, ("field", "value", "reason"))


def _practices(of_them: Q) -> _Part:
    standing: QuerySet[Practice] = Practice.objects.filter(of_them, withdrawn_at__isnull=True)
    confirmations: dict[int, list[Document]] = {}
    confirmed = list(Confirmation.objects.filter(practice__in=standing).select_related("peer").order_by("pk"))
    roots = roots_among({one.peer_identity for one in confirmed if one.peer is None})
    for one in confirmed:
        peer = (
            one.peer.public_id if one.peer else public_id(roots[one.peer_identity])
        )  # it is away, not forgotten
        told = {"peer": peer, **_columns(one, ("words", "confirmed_at"))}
        confirmations.setdefault(one.practice_id, []).append(told)
    contradictions: dict[int, list[Document]] = {}
    for contradiction in Contradiction.objects.filter(practice__in=standing).order_by("pk"):
        told = _columns(contradiction, ("state", "opened_at", "closed_at"))
        contradictions.setdefault(contradiction.practice_id, []).append(told)
    for practice in standing.order_by("theme", "declared_at", "pk"):
        assert practice.party_id is not None
        yield (
            practice.party_id,
            {
                **_columns(practice, PRACTICE_FIELDS),
                "confirmations": confirmations.get(practice.pk, []),
                "contradictions": contradictions.get(practice.pk, []),
            },
        )


def _add_sources(documents: dict[int, Document]) -> None:
    known = {source.code: _columns(source, SOURCE_FIELDS) for source in Source.objects.order_by()}
    for document in documents.values():
        used = {one["source"] for part in ("records", "schemes") for one in document[part]}
        document["sources"] = {code: known[code] for code in sorted(used)}
