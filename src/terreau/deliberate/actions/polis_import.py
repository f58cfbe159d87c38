"""A conversation held in Polis becomes statements, participants and votes of a process: all of it, or none."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation, State
from terreau.deliberate.importing.polis import (
    ACCEPTED,
    COMMENTS,
    REJECTED,
    VOTES,
    PolisComment,
    PolisExport,
    Problem,
    UnreadableExport,
    read_polis,
)
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.queries.results import published_result

from .statements import clean_words, fold_statement
from .writing import NotAllowed, TooLate, locked, subject_of, write_journal

_BATCH = 2000
_MODERATIONS = {ACCEPTED: Moderation.PUBLISHED, REJECTED: Moderation.REFUSED}


@dataclass(frozen=True)
class Imported:
    """What was new. ``moderated``: statements that waited here and were reviewed there since."""

    statements: int = 0
    moderated: int = 0
    participants: int = 0
    votes: int = 0
    changed_votes: int = 0


def import_polis(*, process: Process, folder: Path, by: User | None, agree: int | None = None) -> Imported:
    """The same export again changes nothing; a newer one adds. For who runs the site, by the command.

    ``agree``: which of +1 and -1 means agree in ``votes.csv``; asked for when the files do not tell.
    Raises NotAllowed, TooLate, UnreadableExport.
    """
    if by is not None:
        raise NotAllowed(_("Un export se reprend par la commande terreau polis-import, sur le serveur."))
    _check_takes(process)
    return _write(process, read_polis(folder, agree))


@transaction.atomic
def _write(process: Process, export: PolisExport) -> Imported:
    process = locked(process)
    _check_takes(process)
    people, new_people = _participants(process, export)
    statements, new_statements, moderated = _statements(process, export.comments, people)
    votes, changed = _votes(process, export, people, statements)
    done = Imported(new_statements, moderated, new_people, votes, changed)
    if done != Imported():
        write_journal(verb="import-polis", subject=subject_of(process), by=None, **asdict(done))
    return done


def _check_takes(process: Process) -> None:
    if process.state == State.STOPPED or published_result(process) is not None:
        raise TooLate(
            _("Cette démarche est arrêtée, ou son résultat est publié : des avis repris le changeraient.")
        )


def _participants(process: Process, export: PolisExport) -> tuple[dict[str, int], int]:
    """Identifier in the export → key; how many are new."""
    known = set(_imported_people(process))
    rows = [
        Participant(
            process=process,
            external_id=person,
            channel=Channel.IMPORTED,
            joined_on=timezone.localdate(at) if at else timezone.localdate(),
        )
        for person, at in export.people.items()
        if person not in known
    ]
    Participant.objects.bulk_create(rows, batch_size=_BATCH)
    return _imported_people(process), len(rows)


def _imported_people(process: Process) -> dict[str, int]:
    found = process.participants.filter(channel=Channel.IMPORTED).exclude(external_id="")
    return dict(found.order_by().values_list("external_id", "pk"))


def _statements(
    process: Process, comments: Iterable[PolisComment], people: dict[str, int]
) -> tuple[dict[str, int], int, int]:
    """Number in the export → key; how many are new; how many were reviewed there since."""
    known = {row.external_id: row for row in _imported_statements(process)}
    last = process.statements.aggregate(last=Max("number"))["last"] or 0
    said = {row.folded: row for row in process.statements.filter(is_erased=False)}
    others, moderated, new = [], 0, 0
    for comment in comments:
        row = known.get(comment.number)
        if row is None:
            new += 1
            row = _new_statement(process, comment, last + new, people[comment.author])
            _tell_apart(row, said)
            row.save()
            said[row.folded] = row
        elif not row.is_erased and row.words != clean_words(comment.words):
            others.append(Problem(COMMENTS, comment.line, _another_conversation(comment.number)))
        elif row.moderation == Moderation.WAITING and comment.moderated in _MODERATIONS:
            moderated += 1
            _moderate(row, comment)
            row.save(update_fields=["moderation", "motive", "moderated_at"])
    if others:
        raise UnreadableExport(others)
    return {row.external_id: row.pk for row in _imported_statements(process)}, new, moderated


def _imported_statements(process: Process) -> list[Statement]:
    return list(process.statements.filter(channel=Channel.IMPORTED).exclude(external_id=""))


def _new_statement(process: Process, comment: PolisComment, number: int, author: int) -> Statement:
    words = clean_words(comment.words)
    row = Statement(
        process=process,
        number=number,
        words=words,
        folded=fold_statement(words),
        author_id=author,
        channel=Channel.IMPORTED,
        at=comment.at,
        external_id=comment.number,
    )
    _moderate(row, comment)
    return row


def _moderate(row: Statement, comment: PolisComment) -> None:
    """What nobody reviewed there waits here: words of strangers are read before they are public."""
    row.moderation = _MODERATIONS.get(comment.moderated, Moderation.WAITING)
    if row.moderation == Moderation.REFUSED:
        row.motive = _("refusée dans l’outil d’origine")
    if row.moderation != Moderation.WAITING:
        row.moderated_at = timezone.now()


def _tell_apart(row: Statement, said: dict[str, Statement]) -> None:
    """Said twice there, each with votes: both are kept, and the second says which it repeats."""
    first = said.get(row.folded)
    if first is None and row.folded:
        return
    row.folded = fold_statement(f"{row.words} {row.external_id}")
    while row.folded in said:
        row.folded = fold_statement(f"{row.folded} {row.external_id}")
    if first is not None and first.is_published and first.same_as_id is None:
        row.same_as, row.same_because = first, _("Mêmes mots, dans l’outil d’origine.")


def _votes(
    process: Process, export: PolisExport, people: dict[str, int], statements: dict[str, int]
) -> tuple[int, int]:
    """How many are new, and how many changed."""
    given = {(people[person], statements[number]): value for (person, number), value in export.votes.items()}
    held = {
        (row.participant_id, row.statement_id): row
        for row in Vote.objects.filter(statement__process=process, channel=Channel.IMPORTED).order_by()
    }
    if held.keys() - given.keys():
        raise UnreadableExport([Problem(VOTES, 0, _older(len(held.keys() - given.keys())))])
    new = [
        Vote(participant_id=person, statement_id=statement, value=value, channel=Channel.IMPORTED)
        for (person, statement), value in given.items()
        if (person, statement) not in held
    ]
    changed = [row for pair, row in held.items() if row.value != given[pair]]
    for row in changed:
        row.value = given[row.participant_id, row.statement_id]
    Vote.objects.bulk_create(new, batch_size=_BATCH)
    Vote.objects.bulk_update(changed, ["value"], batch_size=_BATCH)
    return len(new), len(changed)


def _another_conversation(number: str) -> str:
    return (
        _(
            "l’affirmation %s a ici d’autres mots. Une démarche reprend une seule conversation : vérifiez le dossier."
        )
        % number
    )


def _older(number: int) -> str:
    return (
        _("%d avis déjà repris n’y sont pas : cet export est plus ancien, ou d’une autre conversation.")
        % number
    )
