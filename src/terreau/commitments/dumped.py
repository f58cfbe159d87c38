"""What the register contributes to a dump: programmes, and every promise that was ever public. Drafts stay.

Who wrote or noted what stays too: an account is nobody's business elsewhere.
"""

import json
from typing import Any

import polars as pl

from terreau.commitments.models import (
    Change,
    Commitment,
    Fulfilment,
    LastDigest,
    Programme,
    ProgrammeItem,
    Subscription,
)
from terreau.commitments.pledge_tables import PLEDGE_TABLES, PLEDGES_NOT_DUMPED
from terreau.commitments.queries.commitments import visible_commitments
from terreau.commitments.queries.credit import credit_programmes, credit_register
from terreau.commitments.queries.hidden import clean_identities
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.lake.dump import Table
from terreau.lake.dump.tables import canonical

_ROLES = ("owner", "beneficiary")
_IDENTIFIER = r"^[a-z0-9]+$"
_ADDRESS = r"^(?:(?:https?|ftps?)://.+)?$"


def _clean_changes(frame: pl.DataFrame) -> pl.DataFrame:
    """What a change replaced names a party only while it is shown."""
    told = [json.loads(text) for text in frame["before"]]
    named = {one[role] for one in told for role in _ROLES if one.get(role)}
    shown = set(
        Party.objects.filter(identity__in=named)
        .exclude(diffusion=Diffusion.MASKED)
        .values_list("identity", flat=True)
    )
    cleaned = [canonical({name: _kept(name, value, shown) for name, value in one.items()}) for one in told]
    return frame.with_columns(pl.Series("before", cleaned, dtype=pl.String))


def _kept(name: str, value: Any, shown: set[str]) -> Any:
    return "" if name in _ROLES and value not in shown else value


def _of_public(model: Any) -> Any:
    return lambda: model.objects.filter(commitment__in=visible_commitments())


TABLES: tuple[Table, ...] = (
    Table(
        name="programmes",
        title="Programmes que des engagements servent",
        model=Programme,
        columns=(
            "slug",
            "title",
            "author",
            "party",
            "party_identity",
            "adopted_on",
            "presentation",
            "url",
            "licence",
            "rights_holder",
            "is_main",
            "translations",
        ),
        key=("slug",),
        rows=Programme.objects.all,
        credit=credit_programmes,
        asks={"party_diffusion": "party__diffusion"},
        clean=clean_identities("party"),
        may_lose=("party",),
        patterns={"url": _ADDRESS},
    ),
    Table(
        name="programme_items",
        title="Points des programmes : propositions, mesures, axes",
        model=ProgrammeItem,
        columns=(
            "programme",
            "code",
            "kind",
            "part",
            "title",
            "aim",
            "modal",
            "rank",
            "is_withdrawn",
            "translations",
        ),
        key=("programme", "code"),
        rows=ProgrammeItem.objects.all,
        credit=credit_programmes,
    ),
    Table(
        name="commitments",
        title="Engagements : qui, envers qui, quoi, pour quand, et où ils en sont",
        model=Commitment,
        columns=(
            "token",
            "title",
            "details",
            "owner",
            "owner_identity",
            "owner_name",
            "beneficiary",
            "beneficiary_identity",
            "beneficiary_name",
            "deliverable",
            "unit",
            "baseline",
            "target",
            "starts_on",
            "due_on",
            "basis",
            "basis_words",
            "basis_url",
            "place",
            "state",
            "successor",
            "result",
            "result_url",
            "reason",
            "opened_on",
            "ended_on",
            "licence",
            "is_demonstration",
            "created_at",
            "changed_at",
            "search_text",
        ),
        key=("token",),
        rows=visible_commitments,
        credit=credit_register,
        asks={f"{role}_diffusion": f"{role}__diffusion" for role in _ROLES},
        clean=clean_identities(*_ROLES),
        may_lose=_ROLES,
        patterns={
            "token": _IDENTIFIER,
            "state": r"^(?:open|kept|renegotiated|abandoned)$",
            "basis_url": _ADDRESS,
            "result_url": _ADDRESS,
        },
    ),
    Table(
        name="commitment_items",
        title="Quels points de programme chaque engagement sert",
        model=Commitment.items.through,
        columns=("commitment", "programmeitem"),
        key=("commitment", "programmeitem"),
        rows=_of_public(Commitment.items.through),
        credit=credit_register,
    ),
    Table(
        name="fulfilments",
        title="Réalisations, et celles qui ont été retirées",
        model=Fulfilment,
        columns=(
            "token",
            "commitment",
            "on",
            "amount",
            "words",
            "evidence_url",
            "recorded_at",
            "withdrawn_on",
            "withdrawn_because",
        ),
        key=("token",),
        rows=_of_public(Fulfilment),
        credit=credit_register,
        ranked_within=("commitment",),
        patterns={"token": _IDENTIFIER, "evidence_url": _ADDRESS},
    ),
    Table(
        name="commitment_changes",
        title="Changements des engagements : quand, quoi, pourquoi",
        model=Change,
        columns=("commitment", "number", "at", "verb", "reason", "before"),
        key=("commitment", "number"),
        rows=_of_public(Change),
        credit=credit_register,
        clean=_clean_changes,
    ),
)

TABLES += PLEDGE_TABLES

#: model → why nothing of it leaves
NOT_DUMPED: dict[Any, str] = {
    **PLEDGES_NOT_DUMPED,
    Subscription: "e-mail addresses, and what each person follows",
    LastDigest: "when each address was written to",
}
