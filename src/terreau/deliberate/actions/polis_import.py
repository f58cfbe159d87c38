"""A conversation held with Polis goes on here: its statements, its people and their votes."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation
from terreau.deliberate.importing.polis import NotPolis, PolisExport, PolisStatement, read_polis
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.models.statements import STATEMENT_LENGTH
from terreau.deliberate.rules import may_facilitate
from terreau.lake.bulk import insert_rows

from .statements import fold_statement
from .writing import NotAllowed, TooLate, locked, write_change


@dataclass(frozen=True)
class Imported:
    """What was new, and the rows left out, each with its line."""

    statements: int
    participants: int
    votes: int
    problems: list[str]


@transaction.atomic
def import_polis(
    *,
    process: Process,
    files: Mapping[str, bytes],
    by: User | None,
    agree: int | None = None,
    skips_bad_rows: bool = False,
) -> Imported:
    """All of it, or nothing. Again, it adds what is new, and the last vote of a pair counts.

    What Polis accepted is public, what it refused stays refused, what nobody reviewed waits for review here.
    ``by``: a facilitator, or nobody for the command. Raises NotPolis, NotAllowed, TooLate.
    """
    process = locked(process)
    if by is not None and not may_facilitate(by, process):
        raise NotAllowed(_("Une conversation est reprise par un animateur de cette démarche."))
    if process.is_closed_at(timezone.now()):
        raise TooLate(_("Cette démarche est close : on n’y reprend plus d’avis."))
    export = read_polis(files, longest=STATEMENT_LENGTH, agree=agree)
    if export.problems and not skips_bad_rows:
        raise NotPolis(export.problems)
    _check_same_conversation(process, export)
    participants = _add_participants(process, export)
    statements = _add_statements(process, export)
    votes = _add_votes(process, export)
    done = Imported(statements, participants, votes, export.problems)
    if statements or participants or votes:
        reason = _(
            "Repris de Polis : %(statements)d affirmations, %(people)d participants, %(votes)d avis."
        ) % {
            "statements": statements,
            "people": participants,
            "votes": votes,
        }
        write_change(process, "import-opinions", by=by, reason=reason)
    return done


def _check_same_conversation(process: Process, export: PolisExport) -> None:
    """Numbers begin at 0 in each conversation: of two, the votes of one would be counted on words of the other."""
    held = process.statements.filter(is_erased=False).exclude(external_id="").exclude(words="")
    words = dict(held.values_list("external_id", "words"))
    others = [
        one.external_id for one in export.statements if words.get(one.external_id, one.words) != one.words
    ]
    if others:
        told = _("Cette démarche a repris une autre conversation : l’affirmation %s y a d’autres mots.")
        raise NotPolis([told % others[0]])


def _add_participants(process: Process, export: PolisExport) -> int:
    known = set(process.participants.exclude(external_id="").values_list("external_id", flat=True))
    new = sorted(set(export.joined) - known - {""})
    Participant.objects.bulk_create(
        Participant(
            process=process,
            external_id=person,
            channel=Channel.IMPORTED,
            joined_on=timezone.localdate(export.joined[person]),
        )
        for person in new
    )
    return len(new)


def _add_statements(process: Process, export: PolisExport) -> int:
    """Polis keeps statements that say the same words: the later one refers to the first, and keeps its votes."""
    known = set(process.statements.exclude(external_id="").values_list("external_id", flat=True))
    said = {one.folded: one for one in process.statements.filter(is_erased=False)}
    people = dict(process.participants.exclude(external_id="").values_list("external_id", "pk"))
    number = process.statements.aggregate(last=Max("number"))["last"] or 0
    new = [one for one in export.statements if one.external_id not in known]
    for one in new:
        number += 1
        row = _statement(process, one, number, people.get(one.author))
        first = said.get(row.folded)
        if first is not None:
            row.folded = f"{row.folded[:400]} polis {one.external_id}"
            row.same_as, row.same_because = first, _("Les mêmes mots dans l’outil d’origine.")
        row.save()
        said.setdefault(row.folded, row)
    return len(new)


def _statement(process: Process, one: PolisStatement, number: int, author: int | None) -> Statement:
    moderation = Moderation.WAITING
    if one.is_accepted or one.is_refused:
        moderation = Moderation.PUBLISHED if one.is_accepted else Moderation.REFUSED
    return Statement(
        process=process,
        number=number,
        words=one.words,
        folded=fold_statement(one.words) or f"polis {one.external_id}",
        external_id=one.external_id,
        author_id=author,
        channel=Channel.IMPORTED,
        at=one.at,
        moderation=moderation,
        motive=_("Refusée dans l’outil d’origine.") if one.is_refused else "",
    )


def _add_votes(process: Process, export: PolisExport) -> int:
    """How many are new or changed."""
    people = dict(process.participants.exclude(external_id="").values_list("external_id", "pk"))
    statements = dict(process.statements.exclude(external_id="").values_list("external_id", "pk"))
    held = Vote.objects.filter(statement__process=process).order_by()
    known = {
        (person, statement): value
        for person, statement, value in held.values_list("participant", "statement", "value")
    }
    wanted = [
        (people[person], statements[statement], value)
        for (person, statement), value in sorted(export.votes.items())
    ]
    rows = [
        (person, statement, value, Channel.IMPORTED.value)
        for person, statement, value in wanted
        if known.get((person, statement)) != value
    ]
    columns = ("participant", "statement", "value", "channel")
    insert_rows(Vote, columns, rows, update_on=("participant", "statement"))
    return len(rows)
