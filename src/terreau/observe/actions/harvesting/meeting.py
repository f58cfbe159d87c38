"""Parties known by an RNA number alone, of which a source now says the SIREN: they become, or join, that one."""

from dataclasses import dataclass

import polars as pl

from terreau.commons.models import Party, Revision
from terreau.lake.bulk import insert_rows
from terreau.observe.actions.joining import join
from terreau.observe.actions.parties import give_public_ids
from terreau.observe.actions.tables import table
from terreau.observe.models import Merge


@dataclass(frozen=True)
class Meetings:
    """Primary keys of parties. ``joining``: which one → into which; ``renamed``: which one → its SIREN."""

    joining: dict[int, int]
    renamed: dict[int, str]

    @property
    def parties(self) -> set[int]:
        return {*self.joining, *self.joining.values(), *self.renamed}


def meetings(rows: pl.DataFrame) -> Meetings:
    """What the SIREN and RNA numbers that ``rows`` give together mean for the parties that are there."""
    found = Meetings({}, {})
    pairs = rows.filter(pl.col("siren").is_not_null() & pl.col("rna").is_not_null()).select("rna", "siren")
    siren_of = dict(pairs.unique("rna", keep="first", maintain_order=True).iter_rows())
    if not siren_of:
        return found
    alone = Party.objects.filter(siren__isnull=True, rna__isnull=False)
    there = table(
        Party.objects.filter(siren__isnull=False).values_list("siren", "pk"), siren=pl.String, pk=pl.Int64
    )
    key_of_siren = dict(there.iter_rows())
    for key, rna in alone.values_list("pk", "rna"):
        siren = siren_of.get(rna)
        if siren is None:
            continue
        other = key_of_siren.setdefault(siren, key)
        if other == key:
            found.renamed[key] = siren
        else:
            found.joining[key] = other
    return found


def meet(found: Meetings, revision: Revision) -> None:
    """Each former identity stays as a merge, so that its address leads to the new one."""
    identities = {key: f"siren:{siren}" for key, siren in found.renamed.items()}
    ids = dict(zip(identities, give_public_ids(identities.values()), strict=True))
    before = Party.objects.in_bulk(list(identities))
    rows = [(key, identity, ids[key], found.renamed[key]) for key, identity in identities.items()]
    insert_rows(Party, ("id", "identity", "public_id", "siren"), rows, update_on=["id"])
    Merge.objects.bulk_create(
        Merge(
            kept_identity=identities[key],
            gone_identity=before[key].identity,
            gone_public_id=before[key].public_id,
            basis=Merge.Basis.IDENTIFIER,
            revision=revision,
        )
        for key in identities
    )
    there = Party.objects.in_bulk([*found.joining, *found.joining.values()])
    for gone, kept in found.joining.items():
        join(gone=there[gone], kept=there[kept], basis=Merge.Basis.IDENTIFIER, revision=revision)
