"""A party goes when no source names it any more, and may be back: what people said of it waits, then finds it again."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from terreau.commons.models import NamesAParty, Party, Place, Site
from terreau.observe.models import Correction, Merge
from terreau.observe.queries.identities import party_keys_among

from .correction_records import write_records
from .parties import refresh_parties, refresh_sites, remove_orphans, sites_of


def keys_to_parties() -> Iterator[tuple[type[NamesAParty], str, str]]:
    """Model, key and identity, in any room, of the rows that outlive the party that they name."""
    for model in apps.get_models():
        if issubclass(model, NamesAParty):
            for key, identity in model.NAMED.items():
                yield model, key, identity


def refresh_after_change(*, parties: set[int], sites: set[int]) -> None:
    """Choose again, from their records, the values shown of ``parties`` and ``sites``; those without any record go.

    A party that is back gets what waited for it.
    """
    remove_orphans(parties, sites)
    back = attach_returned()
    names = dict(Place.objects.filter(zoning="commune").values_list("code", "name"))
    refresh_parties(parties | back, names)
    refresh_sites(sites | sites_of(back))


def attach_returned() -> set[int]:
    """Give the parties that are there the rows that wait for them, and the records of the corrections that stand.

    Returns their primary keys: the caller chooses again the values shown of them and of their sites.
    """
    named: dict[tuple[type[NamesAParty], str, str], set[str]] = {}
    for model, key, identity in keys_to_parties():
        rows = _waiting(model, key, identity).order_by()
        named[model, key, identity] = set(rows.values_list(identity, flat=True).distinct())
    there = party_keys_among(set().union(*named.values()))
    for (model, key, identity), identities in named.items():
        for one in identities & there.keys():
            _waiting(model, key, identity).filter(**{identity: one}).update(**{key: there[one]})
    corrected = (named[Correction, "party", "identity"] & there.keys()) | _attach_sites()
    touched = {key for identity in corrected for key in write_records(identity)}
    return touched | set(there.values())


def _waiting(model: type[NamesAParty], key: str, identity: str) -> "QuerySet[NamesAParty]":
    """The rows whose party may be there: under their identity, or one into which it was merged."""
    told = OuterRef(identity)
    merged = Merge.objects.filter(gone_identity=told, undone_at__isnull=True)
    may_be_there = Exists(Party.objects.filter(identity=told)) | Exists(merged)
    return model._base_manager.filter(may_be_there, **{f"{key}__isnull": True})


def _attach_sites() -> set[str]:
    """A site may be back later than its party, or have gone alone. Returns the identities of the corrections."""
    there = Site.objects.filter(identity=OuterRef("site_identity"), party=OuterRef("party"))
    found = list(Correction.objects.filter(Exists(there), site__isnull=True))
    sites = dict(
        Site.objects.filter(identity__in={one.site_identity for one in found}).values_list("identity", "pk")
    )
    for one in found:
        Correction.objects.filter(pk=one.pk).update(site=sites[one.site_identity])
    return {one.identity for one in found}
