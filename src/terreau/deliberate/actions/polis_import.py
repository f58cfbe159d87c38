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
from terreau.deliberate.models.statements import IMPORTED_LENGTH
from terreau.deliberate.rules import may_facilitate
from terreau.lake.bulk import insert_rows

from .statements import fold_statement
from .writing import NotAllowed, TooLate, locked, write_change


@dataclass(frozen=True)
class Imported:
    """What was new, and the rows left out, each with its line.

    ``reviewed``: statements that waited here and were reviewed there since. ``older``: votes of the file that differ
    from a later one held here, which stays.
    """

    statements: int
    reviewed: int
    participants: int
    votes: int
    older: int
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
    """All of it, or nothing. Again, it adds what is new; of each pair the last vote counts, whichever file came last.

    What Polis accepted is public, what it refused stays refused, what nobody reviewed waits for review here, or there:
    what a reviewer decided here stays.
    ``by``: a facilitator, or nobody for the command. Raises NotPolis, NotAllowed, TooLate.
    """
    process = locked(process)
    if by is not None and not may_facilitate(by, process):
        raise NotAllowed(_("Une conversation est reprise par un animateur de cette démarche."))
    if process.is_closed_at(timezone.now()):
        raise TooLate(_("Cette démarche est close : on n’y reprend plus d’avis."))
    export = read_polis(files, longest=IMPORTED_LENGTH, agree=agree)
    if export.problems and not skips_bad_rows:
        raise NotPolis(export.problems)
    _check_same_conversation(process, export)
    participants = _add_participants(process, export)
    statements, reviewed = _add_statements(process, export)
    votes, older = _add_votes(process, export)
    done = Imported(statements, reviewed, participants, votes, older, export.problems)
    if statements or reviewed or participants or votes:
        write_change(process, "import-opinions", by=by, reason=_told(done))
    return done


def _told(done: Imported) -> str:
    said = _("Repris de Polis : %(statements)d affirmations, %(people)d participants, %(votes)d avis.") % {
        "statements": done.statements,
        "people": done.participants,
        "votes": done.votes,
    }
    if done.reviewed:
        said += " " + _("Affirmations relues là-bas depuis : %d.") % done.reviewed
    return said


def _check_same_conversation(process: Process, export: PolisExport) -> None:
    """Numbers begin at 0 in each conversation: of two, the votes of one would be counted on words of the other.

    Words that were erased or refused may be gone: the second when they were said stays.
    """
    held = {one.external_id: one for one in _imported_statements(process)}
    given = {one.external_id: one for one in export.statements}
    others = [number for number in held.keys() & given.keys() if not _is_same(held[number], given[number])]
    if others:
        told = _("Cette démarche a repris une autre conversation : l’affirmation %s y est une autre.")
        raise NotPolis([told % min(others, key=int)])
    if held and given and not held.keys() & given.keys():
        raise NotPolis([_("Cette démarche a repris une autre conversation : ces fichiers n’en disent rien.")])


def _is_same(row: Statement, one: PolisStatement) -> bool:
    if row.words and not row.is_erased and row.words != one.words:
        return False
    return row.at.replace(microsecond=0) == one.at.replace(microsecond=0)


def _imported_statements(process: Process) -> list[Statement]:
    return list(process.statements.exclude(external_id=""))


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


def _add_statements(process: Process, export: PolisExport) -> tuple[int, int]:
    """How many are new, and how many were reviewed since."""
    known = {one.external_id: one for one in _imported_statements(process)}
    said = {one.folded: one for one in process.statements.filter(is_erased=False)}
    people = dict(process.participants.exclude(external_id="").values_list("external_id", "pk"))
    number = process.statements.aggregate(last=Max("number"))["last"] or 0
    new = reviewed = 0
    for one in export.statements:
        row = known.get(one.external_id)
        if row is None:
            new += 1
            row = _statement(process, one, number + new, people.get(one.author))
            _tell_apart(row, said)
            row.save()
            said[row.folded] = row
        elif row.moderation == Moderation.WAITING and not row.is_erased and _review(row, one):
            reviewed += 1
            row.save(update_fields=["moderation", "motive", "moderated_at"])
    return new, reviewed


def _statement(process: Process, one: PolisStatement, number: int, author: int | None) -> Statement:
    row = Statement(
        process=process,
        number=number,
        words=one.words,
        folded=fold_statement(one.words) or f"polis {one.external_id}",
        external_id=one.external_id,
        author_id=author,
        channel=Channel.IMPORTED,
        at=one.at,
    )
    _review(row, one)
    return row


def _review(row: Statement, one: PolisStatement) -> bool:
    """What was decided there, if anything was."""
    if one.is_accepted:
        row.moderation, row.motive = Moderation.PUBLISHED, _("Acceptée dans l’outil d’origine, Polis.")
    elif one.is_refused:
        row.moderation, row.motive = Moderation.REFUSED, _("Refusée dans l’outil d’origine, Polis.")
    else:
        return False
    row.moderated_at = timezone.now()
    return True


def _tell_apart(row: Statement, said: Mapping[str, Statement]) -> None:
    """Polis keeps statements that say the same words: each keeps its votes, and the later one refers to the first
    where that one is asked.
    """
    first = said.get(row.folded)
    if first is None:
        return
    row.folded = f"{row.folded[:400]} polis {row.external_id}"
    if first.is_published and first.same_as_id is None:
        row.same_as, row.same_because = first, _("Les mêmes mots dans l’outil d’origine.")


def _add_votes(process: Process, export: PolisExport) -> tuple[int, int]:
    """How many are new or changed, and how many are older than another one held here."""
    people = dict(process.participants.exclude(external_id="").values_list("external_id", "pk"))
    statements = dict(process.statements.exclude(external_id="").values_list("external_id", "pk"))
    held = Vote.objects.filter(statement__process=process).order_by()
    known = {
        (person, statement): (value, at)
        for person, statement, value, at in held.values_list(
            "participant", "statement", "value", "external_at"
        )
    }
    changed = older = 0
    rows = []
    for (person, number), vote in sorted(export.votes.items()):
        pair = (people[person], statements[number])
        value, at = known.get(pair, (None, None))
        if at is not None and vote.at <= at:
            older += value != vote.value
            continue
        changed += value != vote.value
        rows.append((*pair, vote.value, Channel.IMPORTED.value, vote.at))
    columns = ("participant", "statement", "value", "channel", "external_at")
    insert_rows(Vote, columns, rows, update_on=("participant", "statement"))
    return changed, older
