"""Organisations as they were on a date, page after page: those whose kept version covers it, and those unchanged since.

Parties and versions are walked in the order of their addresses, unless few of them can be of that date: those are
looked up first. So a page costs some milliseconds whatever the date.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Version
from terreau.observe.models import Merge

from . import visible_parties
from .documents import Document, subject_of
from .history import covering, last_revision, past_of
from .listing import list_organisations
from .secrecy import documents_shown

_PARTY = subject_of("")
_FEW = 2_000


def list_organisations_as_of(moment: dt.datetime, *, after: str, limit: int) -> list[dict[str, Any]]:
    """At most ``limit`` organisations whose identifier follows ``after``, with the keys ``listing.COLUMNS``."""
    revision = last_revision(moment)
    rows = _unchanged(revision, after, limit) + _kept(revision, after, limit)
    return sorted(rows, key=lambda row: row["public_id"])[:limit]


def _unchanged(revision: int, after: str, limit: int) -> list[dict[str, Any]]:
    parties = visible_parties().filter(Q(revision__isnull=True) | Q(revision__lte=revision))
    few = _keys_if_few(parties)
    if few == []:
        return []
    if few is not None:
        return list_organisations(among=parties.filter(pk__in=few), after=after, limit=limit)
    return list_organisations(among=None, after=after, limit=limit, unchanged_since=revision)


def _kept(revision: int, after: str, limit: int) -> list[dict[str, Any]]:
    versions = covering(Version.objects.filter(subject__startswith=_PARTY), revision)
    few = _keys_if_few(Version.objects.filter(until__gt=revision))
    if few is not None:
        versions = versions.filter(pk__in=few)
    rows: list[dict[str, Any]] = []
    while len(rows) < limit:
        following = versions.filter(subject__gt=f"{_PARTY}{after}").order_by("subject", "number")
        some = list(following[:limit])
        documents = {version.subject.removeprefix(_PARTY): version.content for version in some}
        rows += [row_of(public_id, one) for public_id, one in _shown(documents).items()]
        if len(some) < limit:
            break
        after = some[-1].subject.removeprefix(_PARTY)
    return rows


def _keys_if_few(rows: "QuerySet[Any]") -> list[int] | None:
    keys = list(rows.order_by().values_list("pk", flat=True)[: _FEW + 1])
    return keys if len(keys) <= _FEW else None


def _shown(documents: dict[str, Document]) -> dict[str, Document]:
    """Address → document, in the order given. Only of those that may be reserved is each asked for."""
    pasts = {public_id: past_of(public_id) for public_id in _maybe_reserved(set(documents))}
    partial = {public_id for public_id, past in pasts.items() if past and past.is_partial}
    hidden = {public_id for public_id, past in pasts.items() if past is None}
    numbered = dict(enumerate(documents))
    shown: dict[int, Document] = {}
    for is_partial in (False, True):
        some = {
            key: documents[one]
            for key, one in numbered.items()
            if one not in hidden and (one in partial) == is_partial
        }
        shown |= documents_shown(some, is_partial=is_partial)
    return {numbered[key]: shown[key] for key in sorted(shown)}


def _maybe_reserved(public_ids: set[str]) -> set[str]:
    reserved = (Diffusion.PARTIAL, Diffusion.MASKED)
    parties = Party.objects.filter(public_id__in=public_ids, diffusion__in=reserved).order_by()
    merges = Merge.objects.filter(gone_public_id__in=public_ids, undone_at__isnull=True).order_by()
    versions = Version.objects.filter(subject__in=[subject_of(one) for one in public_ids]).order_by()
    said = versions.filter(content__party__diffusion__in=reserved).values_list("subject", flat=True)
    return {
        *parties.values_list("public_id", flat=True),
        *merges.values_list("gone_public_id", flat=True),
        *(subject.removeprefix(_PARTY) for subject in said),
    }


def row_of(public_id: str, document: Document) -> dict[str, Any]:
    """The site is the first active one in the order of identities: a document knows no other."""
    party = document["party"]
    site: dict[str, Any] = next((one for one in document["sites"] if one["is_active"]), {})
    commune = site.get("commune") or (None, None, None)
    own = ("name", "siren", "rna", "nature", "naf", "perimeter", "is_active")
    return {
        "public_id": public_id,
        **{name: party[name] for name in own},
        "commune_code": commune[1],
        "commune": commune[2],
        "lon": site.get("lon"),
        "lat": site.get("lat"),
    }
