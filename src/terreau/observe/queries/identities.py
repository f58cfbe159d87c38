"""Which party an identity belongs to, through the merges in force: a party is the root of the forest that they make."""

from collections.abc import Iterable

from terreau.commons.models import Party
from terreau.observe.models import Merge

from . import visible_parties


def roots() -> dict[str, str]:
    """Each identity that was merged → the one that is kept in the end. Merges only ever join roots: no circle."""
    kept = dict(
        Merge.objects.filter(undone_at__isnull=True).order_by().values_list("gone_identity", "kept_identity")
    )
    found = {}
    for gone, root in kept.items():
        while root in kept:
            root = kept[root]
        found[gone] = root
    return found


def roots_among(identities: Iterable[str]) -> dict[str, str]:
    """Each of ``identities`` → its root, itself when it was not merged; the other merges are not read."""
    found = {identity: identity for identity in identities}
    merges = Merge.objects.filter(undone_at__isnull=True).order_by()
    while found:
        kept = dict(
            merges.filter(gone_identity__in=set(found.values())).values_list("gone_identity", "kept_identity")
        )
        if not kept:
            break
        found = {identity: kept.get(root, root) for identity, root in found.items()}
    return found


def party_keys_of_identities() -> dict[str, int]:
    """Identity → primary key of its party, for those that are there and those merged into them."""
    keys = dict(Party.objects.order_by().values_list("identity", "pk"))
    return keys | {gone: keys[root] for gone, root in roots().items() if root in keys}


def party_keys_among(identities: Iterable[str]) -> dict[str, int]:
    """As ``party_keys_of_identities``, for ``identities`` alone."""
    found = roots_among(identities)
    keys = dict(
        Party.objects.filter(identity__in={*found, *found.values()}).order_by().values_list("identity", "pk")
    )
    there = {identity: keys.get(root, keys.get(identity)) for identity, root in found.items()}
    return {identity: key for identity, key in there.items() if key is not None}


def identities_within(root: str) -> set[str]:
    """``root`` and all that was merged into it, directly or not."""
    kept = Merge.objects.filter(undone_at__isnull=True).order_by()
    found, new = {root}, {root}
    while new:
        new = set(kept.filter(kept_identity__in=new).values_list("gone_identity", flat=True)) - found
        found |= new
    return found


def party_that_replaces(public_id: str) -> Party | None:
    """The party, if it may be shown, into which the one of this address was merged."""
    merge = Merge.objects.filter(gone_public_id=public_id, undone_at__isnull=True).first()
    if merge is None:
        return None
    root = roots_among([merge.gone_identity])[merge.gone_identity]
    return visible_parties().filter(identity=root).first()
