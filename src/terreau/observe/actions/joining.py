"""Two parties become one, and part again: what is moved, and how it finds its way back. Verbs: ``merging``."""

from collections.abc import Iterator
from typing import Any

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Revision, Site, User
from terreau.lake.bulk import insert_rows
from terreau.observe.models import Funding, Merge, SchemeMember, SourceRecord
from terreau.observe.queries.identities import identities_within

from .returning import keys_to_parties


def join(
    *,
    gone: Party,
    kept: Party,
    basis: Merge.Basis,
    revision: Revision,
    by: User | None = None,
    probability: float | None = None,
    reason: str = "",
) -> Merge:
    """All that names ``gone`` names ``kept`` from now on, and ``gone`` is no more. A mask goes with it.

    Each row tells its own identity: nothing else has to be remembered. The values shown are not chosen again: the
    caller does it, and has kept versions of both before.
    """
    _name_records(gone)
    _name_records(kept)
    for model, party, _identity in _naming_a_party():
        model._base_manager.filter(**{party: gone}).update(**{party: kept})
    Site.objects.filter(party=gone).update(party=kept)
    Funding.objects.filter(party=gone).update(party=kept)
    _share_schemes(gone, kept)
    if gone.diffusion == Diffusion.MASKED:
        Party.objects.filter(pk=kept.pk).update(diffusion=Diffusion.MASKED)
    Party.objects.filter(pk=gone.pk).delete()
    return Merge.objects.create(
        kept_identity=kept.identity,
        gone_identity=gone.identity,
        gone_public_id=gone.public_id,
        basis=basis,
        probability=probability,
        reason=reason,
        merged_by=by,
        revision=revision,
    )


def part(merge: Merge, whole: Party) -> Party:
    """Make the party that ``merge`` took away again, and give it back what is its own. The caller chooses the values
    shown again, of ``whole`` first: it may hold numbers that are the other's.
    """
    columns = ("identity", "public_id", "name")
    insert_rows(Party, columns, [(merge.gone_identity, merge.gone_public_id, whole.name)])
    again = Party.objects.get(identity=merge.gone_identity)
    own = identities_within(again.identity)
    for model, party, identity in _naming_a_party():
        model._base_manager.filter(**{party: whole, f"{identity}__in": own}).update(**{party: again})
    Site.objects.filter(pk__in=again.records.values("site")).update(party=again)
    Funding.objects.filter(record__party=again).update(party=again)
    _share_schemes(whole, again)
    return again


def _name_records(party: Party) -> None:
    """Records read before they kept whom they speak of: none was merged then."""
    SourceRecord.objects.filter(party=party, identity="").update(identity=party.identity)


def _naming_a_party() -> Iterator[tuple[Any, str, str]]:
    """Model, key, identity; but of those whose rows follow the source records."""
    yield SourceRecord, "party", "identity"
    yield from keys_to_parties()


def _share_schemes(before: Party, after: Party) -> None:
    """Each of the two takes part in the schemes that its own records attest."""

    def said(party: Party) -> set[tuple[str, str]]:
        records = party.records.values_list("source", "values__scheme_detail")
        return {(source, detail or "") for source, detail in records}

    of_before, of_after = said(before), said(after)
    for row in SchemeMember.objects.filter(party=before):
        if (row.source_id, row.detail) in of_after:
            SchemeMember.objects.get_or_create(
                party=after, scheme=row.scheme, detail=row.detail, source_id=row.source_id
            )
        if (row.source_id, row.detail) not in of_before:
            row.delete()
