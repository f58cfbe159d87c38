"""What proposals contribute to a dump. Words that review refused, or that wait for it, stay; so does who wrote them.

An author's token would lead from words that name her to her opinions: a proposal leaves without it.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Model
from django.utils import timezone

from terreau.commitments.queries.words import ERASED
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Proposal, ProposalSupport, ProposalVersion, Reply, ShowOfHands
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.proposals import shows_counts, visible_proposals
from terreau.lake.dump import Table


def _clean_proposals(frame: pl.DataFrame) -> pl.DataFrame:
    """Of a refused one: the motive, never a word of its author."""
    is_refused = pl.col("moderation") == Moderation.REFUSED.value
    said = pl.col("withdrawn_because") != ""
    kept = pl.when(is_refused & said).then(pl.lit(ERASED)).otherwise("withdrawn_because")
    return frame.with_columns(kept.alias("withdrawn_because"))


def _of_public(model: Any) -> Any:
    return lambda: model.objects.filter(proposal__in=visible_proposals())


def _versions() -> Any:
    return ProposalVersion.objects.filter(
        proposal__in=visible_proposals().filter(moderation=Moderation.PUBLISHED)
    )


def _hands() -> Any:
    """Hidden until closing, from everybody."""
    return ShowOfHands.objects.filter(
        shows_counts(timezone.now(), "proposal__process"), proposal__in=visible_proposals()
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="proposals",
        title="Propositions des démarches, et ce qu’une réunion en a décidé",
        model=Proposal,
        columns=(
            "token",
            "process",
            "number",
            "state",
            "channel",
            "at",
            "moderation",
            "motive",
            "moderated_at",
            "appealed_at",
            "appeal_answer",
            "appeal_answered_at",
            "is_erased",
            "judged_on",
            "meeting",
            "withdrawn_because",
        ),
        key=("token",),
        rows=visible_proposals,
        credit=credit_processes,
        clean=_clean_proposals,
        patterns={"token": r"^[a-z0-9]+$"},
    ),
    Table(
        name="proposal_versions",
        title="Mots des propositions, version par version",
        model=ProposalVersion,
        columns=("proposal", "number", "title", "words", "at"),
        key=("proposal", "number"),
        rows=_versions,
        credit=credit_processes,
    ),
    Table(
        name="show_of_hands",
        title="Mains levées en réunion, par collège ou pour toute la salle",
        model=ShowOfHands,
        columns=("proposal", "college", "in_favour", "against", "abstained"),
        key=("proposal", "college"),
        rows=_hands,
        credit=credit_processes,
    ),
    Table(
        name="replies",
        title="Réponses aux propositions adoptées, version par version",
        model=Reply,
        columns=(
            "proposal",
            "number",
            "is_current",
            "answer",
            "reasons",
            "no_commitment_because",
            "in_the_name_of",
            "at",
        ),
        key=("proposal", "number"),
        rows=_of_public(Reply),
        credit=credit_processes,
    ),
    Table(
        name="reply_commitments",
        title="Quels engagements chaque réponse donne",
        model=Reply.commitments.through,
        columns=("reply", "commitment"),
        key=("reply", "commitment"),
        rows=lambda: Reply.commitments.through.objects.filter(reply__proposal__in=visible_proposals()),
        credit=credit_processes,
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {
    ProposalSupport: "a support is counted, never signed",
}
