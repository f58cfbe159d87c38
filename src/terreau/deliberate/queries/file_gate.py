"""Which files of open data are not given: to whoever declared an interest in what they hold (trap 2), and to anybody
while they hold counts of a vote that is open again (trap 10).
"""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import State
from terreau.deliberate.models import Interest, Process
from terreau.lake.catalogue import Dataset
from terreau.lake.gates import Refusal

_PROPOSAL, _TEXT, _PROCESS = "proposal", "text", "process"
_NAMED_BY: dict[str, dict[str, str]] = {
    "demarches": {},  # the mandate: whoever declared an interest reads it, and says there that it has ended
    "textes": {_TEXT: "text", _PROCESS: "process"},
    "contributions": {_TEXT: "text", _PROCESS: "process"},
    "affirmations": {_PROCESS: "process"},
    "propositions": {_PROPOSAL: "token", _PROCESS: "process"},
}
"""Dataset → what an interest may be in → the column that names it. One that is not here is closed by any interest."""

_NOT_COUNTS = {"version", "rank", "number", "kept_in", "days_late"}
"""Every other number that a dataset of this room holds counts votes, supports or hands."""


def gate(dataset: Dataset, parquet: Path, reader: Any) -> Refusal | None:
    """Closed to this reader; else closed to everybody for now; else None."""
    return _closed_to(reader, dataset, parquet) or _withheld(dataset, parquet)


def _closed_to(reader: Any, dataset: Dataset, parquet: Path) -> Refusal | None:
    if not isinstance(reader, User):
        return None
    closing = [one for one in _live_interests(reader) if _is_about(one, dataset, parquet)]
    if not closing:
        return None
    return Refusal(
        title=_("Ce fichier vous est fermé"),
        why=(
            *map(_said, closing),
            _(
                "Tant qu’un intérêt dure, son dossier vous est fermé : sur les pages, dans les fichiers et par "
                "courriel. S’il a pris fin, dites-le avec la raison, qui est publique : le fichier s’ouvre de nouveau."
            ),
        ),
        links=tuple(
            (_("Mes intérêts : %s") % process.title, reverse("deliberate:interests", args=[process.slug]))
            for process in dict.fromkeys(one.process for one in closing)
        ),
    )


def _live_interests(reader: User) -> "QuerySet[Interest]":
    return reader.interests.filter(ended_at__isnull=True, process__is_demonstration=False).select_related(
        "process", "proposal", "text"
    )


def _is_about(interest: Interest, dataset: Dataset, parquet: Path) -> bool:
    """Whether a row of the file is of what the interest is in."""
    if dataset.name not in _NAMED_BY:
        return True
    if interest.proposal is not None:
        what, name = _PROPOSAL, interest.proposal.token
    elif interest.text is not None:
        what, name = _TEXT, interest.text.token
    else:
        what, name = _PROCESS, interest.process.slug
    column = _NAMED_BY[dataset.name].get(what)
    return column is not None and _holds(parquet, pl.col(column) == name)


def _said(interest: Interest) -> str:
    facts: dict[str, Any] = {"title": interest.process.title, "day": date_format(interest.declared_at)}
    if interest.proposal is not None:
        what = _("la proposition %s") % interest.proposal.number
    elif interest.text is not None:
        what = _("le texte « %s »") % interest.text.title
    else:
        what = _("des lignes")
    facts["what"] = what
    return (
        _(
            "Ce fichier contient %(what)s de la démarche « %(title)s », où vous avez déclaré un intérêt le %(day)s."
        )
        % facts
    )


def _withheld(dataset: Dataset, parquet: Path) -> Refusal | None:
    """What was published at a closing, once the vote is open again: it would tell the next ones how others voted."""
    counts = [
        column.name
        for column in dataset.columns
        if column.type in {"integer", "number"} and column.name not in _NOT_COUNTS
    ]
    if not counts:
        return None
    hidden = _hidden_now(timezone.now())
    told = [one for one in hidden if _holds(parquet, _tells(one, counts))]
    until = max((one.closes_at for one in told if one.closes_at is not None), default=None)
    if until is None:
        return None
    facts = {"until": date_format(timezone.localtime(until), "DATETIME_FORMAT")}
    return Refusal(
        title=_("Fichier retenu jusqu’au %(until)s") % facts,
        why=(
            *(
                _(
                    "Il contient des comptes de la démarche « %s », publiés à une première clôture. Elle est "
                    "rouverte : ils sont retenus pour tout le monde, administrateurs compris, pour que chacun donne "
                    "son avis sans savoir celui des autres."
                )
                % one.title
                for one in told
            ),
            _("Cette adresse rend le même fichier à partir du %(until)s.") % facts,
        ),
        links=tuple((one.title, reverse("deliberate:process", args=[one.slug])) for one in told),
        until=until,
    )


def _hidden_now(now: dt.datetime) -> list[Process]:
    asked = Process.objects.filter(state=State.OPEN, hides_results=True, is_demonstration=False)
    return [one for one in asked.order_by("pk").prefetch_related("steps") if not one.shows_results_at(now)]


def _tells(process: Process, counts: list[str]) -> pl.Expr:
    is_counted = pl.any_horizontal(pl.col(name).is_not_null() for name in counts)
    return (pl.col("process") == process.slug) & is_counted


def _holds(parquet: Path, wanted: pl.Expr) -> bool:
    """A column that a version of long ago did not have tells nothing."""
    scan = pl.scan_parquet(parquet, glob=False)
    there = set(scan.collect_schema().names())
    missing = [pl.lit(None).alias(name) for name in wanted.meta.root_names() if name not in there]
    return not scan.with_columns(missing).filter(wanted).head(1).collect().is_empty()
