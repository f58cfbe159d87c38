"""What elections and pledges contribute to a dump. Drafts, reply links and who entered what stay."""

from collections.abc import Mapping

from django.db.models import Model

from terreau.commitments.models import Candidacy, Election, Position
from terreau.commitments.queries.credit import credit_register
from terreau.commitments.queries.hidden import clean_identities
from terreau.lake.dump import Table

_ADDRESS = r"^(?:https?://.+)?$"


PLEDGE_TABLES = (
    Table(
        name="elections",
        title="Élections et consultations où l’on demande des positions",
        model=Election,
        columns=(
            "slug",
            "title",
            "body_kind",
            "body_name",
            "body",
            "body_identity",
            "place",
            "programme",
            "asked_by",
            "presentation",
            "first_round_on",
            "second_round_on",
            "answers_until",
            "own_reserve_start",
            "own_reserve_end",
            "own_freeze",
            "mandate_ends_on",
        ),
        key=("slug",),
        rows=Election.objects.all,
        credit=credit_register,
        asks={"body_diffusion": "body__diffusion"},
        clean=clean_identities("body"),
        may_lose=("body", "place"),
        patterns={"slug": r"^[a-z0-9-]+$"},
    ),
    Table(
        name="candidacies",
        title="Listes et organismes, dans l’ordre tiré au sort",
        model=Candidacy,
        columns=(
            "election",
            "token",
            "name",
            "party",
            "party_identity",
            "lot",
            "withdrawn_on",
            "withdrawn_because",
            "elected_on",
            "elected_url",
        ),
        key=("token",),
        rows=Candidacy.objects.all,
        credit=credit_register,
        asks={"party_diffusion": "party__diffusion"},
        clean=clean_identities("party"),
        may_lose=("party",),
        patterns={"token": r"^[a-z0-9]+$", "elected_url": _ADDRESS},
    ),
    Table(
        name="positions",
        title="Positions des listes sur chaque point, version par version",
        model=Position,
        columns=(
            "candidacy",
            "item",
            "number",
            "is_current",
            "answer",
            "level",
            "words",
            "due_on",
            "deliverable",
            "published_at",
            "source",
            "is_erased",
            "commitment",
        ),
        key=("candidacy", "item", "number"),
        rows=Position.objects.all,
        credit=credit_register,
        dated_by="published_at",
        may_lose=("commitment",),
    ),
)

PLEDGES_NOT_DUMPED: Mapping[type[Model], str] = {}
