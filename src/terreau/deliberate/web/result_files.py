"""Votes and result as files, so that anybody computes the result again and contests it.

A person is a token drawn for this process alone. Her college and channel are given only where five people share them,
her territory never, nor which statement she wrote: a name may stand beside it on the site.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import LICENCES
from terreau.commons.queries.places import site_name
from terreau.deliberate.bridge import VOTES, Opinion, told_channels, told_colleges
from terreau.deliberate.models import OpinionResult, Process
from terreau.deliberate.queries.fates import statements_by_number
from terreau.deliberate.queries.results import cast_votes, voters
from terreau.lake.catalogue import TYPES, Column, Content, Dataset
from terreau.lake.files import write_files

_VOTES = (
    Column("participant", "string", "Identifiant, tiré au sort pour cette démarche seule"),
    Column("statement", "string", "Numéro de l’affirmation"),
    Column("vote", "integer", "1 : d’accord ; 0 : passe ; -1 : pas d’accord"),
)
_PARTICIPANTS = (
    Column("participant", "string", "Identifiant, tiré au sort pour cette démarche seule"),
    Column("college", "string", "Collège ; vide : pas dit, ou moins de cinq personnes"),
    Column("channel", "string", "Voie ; vide : moins de cinq personnes de ce collège"),
)
_STATEMENTS = (
    Column("statement", "string", "Numéro"),
    Column("token", "string", "Identifiant ; la page est /demarches/<démarche>/affirmations/<identifiant>/"),
    Column("words", "string", "Affirmation ; vide : refusée ou effacée"),
    Column("moderation", "string", "published (publiée), refused (refusée)"),
    Column("motive", "string", "Motif : d’un refus, ou de la relecture dans l’outil d’origine"),
    Column("agree", "integer", "Avis d’accord"),
    Column("passed", "integer", "Passes"),
    Column("disagree", "integer", "Avis pas d’accord"),
)


@dataclass(frozen=True)
class ResultFile:
    media_type: str
    title: str | Promise
    write: Callable[[Process, Opinion, OpinionResult | None], bytes]


def write_file(name: str, process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    return FILES[name].write(process, opinion, published)


def _table(process: Process, name: str, columns: tuple[Column, ...], frame: pl.DataFrame, kind: str) -> bytes:
    """By the writer of open data: a spreadsheet runs none of its cells."""
    schema = {column.name: TYPES[column.type] for column in columns}
    content = Content(
        frame.select(pl.col(name).cast(kept) for name, kept in schema.items()),
        process.licence,
        _credit(process),
    )
    dataset = Dataset(name, name, "", (columns[0].name,), columns, lambda: content)
    with tempfile.TemporaryDirectory() as folder:
        write_files(dataset, content, Path(folder), (kind,))
        return (Path(folder) / f"{name}.{kind}").read_bytes()


def _credit(process: Process) -> str:
    return f"{site_name()}, démarche « {process.title} », {LICENCES[process.licence].title}"


def _votes_frame(process: Process) -> pl.DataFrame:
    """In an order that says nothing of when each was given."""
    frame = pl.DataFrame(cast_votes(process), schema=VOTES, orient="row")
    return frame.sort("participant", pl.col("statement").cast(pl.Int64))


def _votes_csv(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    return _table(process, "votes", _VOTES, _votes_frame(process), "csv")


def _votes_parquet(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    return _table(process, "votes", _VOTES, _votes_frame(process), "parquet")


def _participants_csv(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    people = voters(process)
    colleges, channels = told_colleges(people), told_channels(people)
    rows = [(one.token, colleges[one.token], channels[one.token]) for one in people]
    schema = {column.name: pl.String for column in _PARTICIPANTS}
    return _table(
        process, "participants", _PARTICIPANTS, pl.DataFrame(rows, schema=schema, orient="row"), "csv"
    )


def _statements_csv(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    rows = []
    for number, one in statements_by_number(process).items():
        if one.moderation == "waiting":
            continue
        words = one.words if one.is_published and not one.is_erased else ""
        counts = opinion["counts"].get(number, {"all": [0, 0, 0]})["all"]
        rows.append((number, one.token, words, one.moderation, one.motive, *counts))
    schema = {column.name: TYPES[column.type] for column in _STATEMENTS}
    return _table(process, "statements", _STATEMENTS, pl.DataFrame(rows, schema=schema, orient="row"), "csv")


def _result_json(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    head = {
        "process": process.slug,
        "title": process.title,
        "licence": process.licence,
        "attribution": _credit(process),
        "consultative": process.is_consultative,
        "number": published.number if published else None,
        "computed_at": published.computed_at.isoformat() if published else None,
        "closed_at": published.closed_at.isoformat() if published else None,
        "signs": {"1": "agree", "0": "pass", "-1": "disagree"},
    }
    return json.dumps(head | opinion, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _readme(process: Process, opinion: Opinion, published: OpinionResult | None) -> bytes:
    which = (
        f"Résultat n° {published.number}, calculé le {localtime(published.computed_at):%d/%m/%Y à %H:%M}."
        if published
        else "Résultat provisoire : la démarche n’est pas close, ou son résultat n’est pas encore publié."
    )
    tables = {"votes.csv": _VOTES, "participants.csv": _PARTICIPANTS, "statements.csv": _STATEMENTS}
    lines = [f"Démarche « {process.title} »", which, "", "Colonnes"]
    for name, columns in tables.items():
        lines += [f"  {name}", *(f"    {column.name} : {column.title}" for column in columns)]
    lines += [
        "  votes.parquet : comme votes.csv.",
        "  result.json : le résultat entier ; counts : [d’accord, passe, pas d’accord].",
        "",
        "Calculer de nouveau (pip install terreau-engines)",
        "  terreau-engines opinion votes.csv --colleges participants.csv --json",
        "Le groupe 0 est le groupe A de la page, 1 le groupe B. Le signe : 1 veut dire d’accord.",
        f"Empreinte des votes (input_digest) : {opinion['input_digest']}",
        "Si elle est autre, des votes ont changé depuis : compte supprimé, affirmation refusée ou publiée.",
        "",
        f"Licence : {LICENCES[process.licence].title}. Source : {_credit(process)}.",
        "",
    ]
    return "\n".join(lines).encode()


FILES = {
    "LISEZMOI.txt": ResultFile("text/plain; charset=utf-8", _("Ce que contient chaque fichier"), _readme),
    "votes.csv": ResultFile("text/csv; charset=utf-8", _("Les avis"), _votes_csv),
    "votes.parquet": ResultFile("application/vnd.apache.parquet", _("Les avis"), _votes_parquet),
    "statements.csv": ResultFile("text/csv; charset=utf-8", _("Les affirmations"), _statements_csv),
    "participants.csv": ResultFile("text/csv; charset=utf-8", _("Les participants"), _participants_csv),
    "result.json": ResultFile("application/json", _("Le résultat entier"), _result_json),
}
