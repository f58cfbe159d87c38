"""What the observatory contributes to a dump, and history. Requests to be masked, claims, pairs under review stay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from terreau.commons.attribution import PARTIES_CHANGED
from terreau.commons.dumped import clean_json, credit_all, credit_of, credit_places
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Revision, Source, Version
from terreau.lake.dump import DumpedFile, DumpedFiles, DumpError, Table
from terreau.observe.boundaries import FULL_CONTOURS, layer_path
from terreau.observe.models import (
    Appeal,
    Candidate,
    Choice,
    Claim,
    Confirmation,
    Contradiction,
    Correction,
    FundedContent,
    Funding,
    Harvest,
    IndicatorValue,
    MaskRequest,
    Merge,
    Picture,
    PictureRelease,
    Practice,
    Reject,
    SchemeMember,
    SourceRecord,
)
from terreau.observe.pictures import check_file, picture_path
from terreau.observe.queries.pictures import pictures_shown
from terreau.observe.queries.practices import confirmations_by_others

from .history import clean_revisions, clean_versions, public_revisions, public_versions
from .words import (
    clean_contents,
    clean_contradictions,
    clean_corrections,
    of_nobody_masked,
    public_appeals,
    public_corrections,
)

CONTOURS = "contours_communes.geojson.gz"
_OF_A_PARTY = {"diffusion": "party__diffusion"}
_PRIVATE_CHOICE = Q(party__diffusion=Diffusion.PARTIAL, field__in=PRIVATE_FIELDS)


def _shown(model: Any, path: str = "party") -> "Callable[[], QuerySet[Any]]":
    """The rows of ``model`` whose party, if they have one, may be shown."""
    return lambda: model.objects.exclude(**{f"{path}__diffusion": Diffusion.MASKED})


def _done_harvests() -> "QuerySet[Harvest]":
    return Harvest.objects.filter(status=Harvest.Status.DONE)


def _public_rejects() -> "QuerySet[Reject]":
    """Those that the page of the source shows: of its last complete harvest."""
    last = _done_harvests().filter(source=OuterRef("harvest__source")).order_by("-started_at", "-pk")
    return Reject.objects.filter(harvest=Subquery(last.values("pk")[:1]))


def _credit_records() -> tuple[str, str]:
    shown = SourceRecord.objects.exclude(party__diffusion=Diffusion.MASKED)
    return credit_of(Source.objects.filter(Exists(shown.filter(source=OuterRef("pk")))), PARTIES_CHANGED)


def _clean_records(frame: pl.DataFrame) -> pl.DataFrame:
    """The digest is of the whole values: it would let one try addresses until it fits."""
    is_partial = pl.col("diffusion") == Diffusion.PARTIAL.value
    cleaned = clean_json("values")(frame)
    return cleaned.with_columns(pl.when(is_partial).then(pl.lit("")).otherwise("digest").alias("digest"))


def _contours() -> Path | None:
    layer = layer_path(FULL_CONTOURS)
    compressed = layer.with_name(layer.name + ".gz")
    return compressed if compressed.exists() else None


def _picture_files() -> list[DumpedFile]:
    """The larger of the two files: the other is made from it."""
    shown: dict[str, list[Picture]] = {}
    for picture in pictures_shown().order_by("token"):
        shown.setdefault(picture.sha256, []).append(picture)
    return [_picture_file(shown[sha256]) for sha256 in sorted(shown)]


def _picture_file(same: list[Picture]) -> DumpedFile:
    """``same``: pictures of one file; the first is credited, as all are in the table."""
    picture = same[0]
    return DumpedFile(
        name=f"pictures_{picture.sha256}.webp",
        title=picture.alt,
        find=lambda: _file_of(picture),
        credit=lambda: (picture.licence, picture.credit),
    )


def _file_of(picture: Picture) -> Path:
    path = picture_path(picture.sha256)
    if not path.is_file():
        raise DumpError(
            _("Il manque le fichier de l’image %s : retirez-la, ou restaurez une sauvegarde.") % picture.token
        )
    return path


TABLES = (
    Table(
        name="records",
        title="Fiches des sources : chaque valeur comme la source la donne",
        model=SourceRecord,
        columns=("source", "key", "identity", "party", "site", "line", "observed_on", "values", "digest"),
        key=("source", "key"),
        rows=_shown(SourceRecord),
        credit=_credit_records,
        asks=_OF_A_PARTY,
        clean=_clean_records,
        ranked_within=("party",),
    ),
    Table(
        name="scheme_members",
        title="Dispositifs",
        model=SchemeMember,
        columns=("party", "scheme", "detail", "source"),
        key=("party", "scheme", "detail", "source"),
        rows=_shown(SchemeMember),
        credit=_credit_records,
    ),
    Table(
        name="fundings",
        title="Financements publics",
        model=Funding,
        columns=("record", "party", "year", "amount_cents", "posts", "purpose", "commune", "departement"),
        key=("record",),
        rows=_shown(Funding),
        credit=_credit_records,
        ranked_within=("party",),
    ),
    Table(
        name="harvests",
        title="Moissons, avec leurs comptes",
        model=Harvest,
        columns=(
            "source",
            "started_at",
            "ended_at",
            "status",
            "message",
            "rows_read",
            "rows_out_of_region",
            "rows_rejected",
            "rows_repeated",
            "added",
            "changed",
            "unchanged",
            "removed",
            "unmapped_columns",
        ),
        key=("source", "started_at"),
        rows=_done_harvests,
        credit=credit_all,
    ),
    Table(
        name="rejects",
        title="Lignes et valeurs rejetées",
        model=Reject,
        columns=("harvest", "line", "field", "value", "reason", "whole_row"),
        key=("harvest", "line", "field", "reason"),
        rows=_public_rejects,
        credit=credit_all,
        ranked_within=("harvest", "line"),
        unique=False,
    ),
    Table(
        name="indicators",
        title="Indicateurs par territoire",
        model=IndicatorValue,
        columns=("indicator", "place", "period", "value", "unplaced"),
        key=("indicator", "place", "period"),
        rows=IndicatorValue.objects.all,
        credit=credit_all,
    ),
    Table(
        name="revisions",
        title="Révisions : qui, quand, pourquoi",
        model=Revision,
        columns=("number", "at", "verb", "subject", "credit", "reason"),
        key=("number",),
        rows=public_revisions,
        credit=credit_all,
        clean=clean_revisions,
        dated_by="at",
    ),
    Table(
        name="versions",
        title="Ce qui était montré avant",
        model=Version,
        columns=("subject", "number", "since", "until", "content"),
        key=("subject", "number"),
        rows=public_versions,
        credit=credit_all,
        clean=clean_versions,
    ),
    Table(
        name="merges",
        title="Fiches réunies",
        model=Merge,
        columns=(
            "gone_identity",
            "kept_identity",
            "gone_public_id",
            "basis",
            "probability",
            "reason",
            "merged_at",
            "undone_at",
            "undone_because",
            "revision",
        ),
        key=("gone_identity", "merged_at"),
        rows=lambda: of_nobody_masked(Merge.objects.all(), "gone_identity", "kept_identity"),
        credit=credit_all,
        may_lose=("revision",),
    ),
    Table(
        name="corrections",
        title="Corrections proposées et acceptées",
        model=Correction,
        columns=(
            "token",
            "party",
            "identity",
            "site",
            "site_identity",
            "place",
            "values",
            "values_before",
            "evidence",
            "credit",
            "state",
            "proposed_at",
            "answered_at",
            "answer",
            "record",
            "revision",
        ),
        key=("token",),
        rows=public_corrections,
        credit=credit_all,
        asks=_OF_A_PARTY,
        clean=clean_corrections,
        may_lose=("revision", "record", "site"),
        patterns={"token": r"^[a-z0-9]+$"},
    ),
    Table(
        name="appeals",
        title="Refus de corrections jugés sur recours",
        model=Appeal,
        columns=("correction", "made_at", "refusal", "refused_at", "is_granted", "judged_at", "reason"),
        key=("correction",),
        rows=public_appeals,
        credit=credit_all,
    ),
    Table(
        name="choices",
        title="Valeurs choisies par les gardiens",
        model=Choice,
        columns=("identity", "field", "party", "value", "reason", "chosen_at", "undone_at"),
        key=("identity", "field", "chosen_at"),
        rows=lambda: of_nobody_masked(Choice.objects.exclude(_PRIVATE_CHOICE), "identity"),
        credit=credit_all,
    ),
    Table(
        name="practices",
        title="Pratiques déclarées",
        model=Practice,
        columns=("identity", "theme", "party", "text", "evidence", "declared_at"),
        key=("identity", "theme", "declared_at"),
        rows=lambda: of_nobody_masked(Practice.objects.filter(withdrawn_at__isnull=True), "identity"),
        credit=credit_all,
    ),
    Table(
        name="confirmations",
        title="Pratiques confirmées par un pair",
        model=Confirmation,
        columns=("practice", "peer", "peer_identity", "words", "confirmed_at"),
        key=("practice", "peer_identity", "confirmed_at"),
        rows=lambda: of_nobody_masked(confirmations_by_others(), "peer_identity"),
        credit=credit_all,
    ),
    Table(
        name="contradictions",
        title="Pratiques contredites",
        model=Contradiction,
        columns=(
            "practice",
            "opened_at",
            "reason",
            "evidence",
            "reply",
            "state",
            "closed_at",
            "answer",
        ),
        key=("practice", "opened_at"),
        rows=Contradiction.objects.all,
        credit=credit_all,
        clean=clean_contradictions,
    ),
    Table(
        name="funded_contents",
        title="Contenus financés",
        model=FundedContent,
        columns=(
            "token",
            "title",
            "kind",
            "funder",
            "producer",
            "producer_party",
            "producer_identity",
            "amount_cents",
            "funded_on",
            "due_on",
            "published_on",
            "url",
            "licence",
            "rights_holder",
            "reason",
        ),
        key=("token",),
        rows=FundedContent.objects.all,
        credit=credit_all,
        clean=clean_contents,
        may_lose=("producer_party",),
        patterns={"token": r"^[a-z0-9]+$"},
    ),
    Table(
        name="pictures",
        title="Images montrées, avec auteur, titulaire des droits, licence et source",
        model=Picture,
        columns=(
            "token",
            "party",
            "identity",
            "sha256",
            "width",
            "height",
            "alt",
            "author_name",
            "rights_holder",
            "licence",
            "source_address",
            "taken_on",
            "people",
            "added_at",
        ),
        key=("token",),
        rows=pictures_shown,
        credit=credit_all,
        patterns={
            "token": r"^[a-z0-9]+$",
            "sha256": r"^[0-9a-f]{64}$",
            "source_address": r"^(?:https?://.+)?$",
        },
    ),
)

FILES = (DumpedFile(name=CONTOURS, title="Contours des communes", find=_contours, credit=credit_places),)
MANY_FILES = (
    DumpedFiles(table="pictures", column="sha256", ending=".webp", find=_picture_files, check=check_file),
)

#: model → why nothing of it leaves
NOT_DUMPED = {
    Candidate: "pairs under review: computed anew by the linkage",
    Claim: "belongs to accounts",
    PictureRelease: "whose agreement was signed stays with who holds the paper",
    MaskRequest: "would tell who is masked, with the address of who asked",
}
