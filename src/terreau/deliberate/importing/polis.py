"""The folder that Polis exports: statements, votes, people. Every row is read, or the export is refused with all its
bad rows: nothing of it is guessed.

Votes of an export are +1 for agree; those of a Polis database, and of some old files, are -1. Which one a folder uses
is measured on its own counts (``n-agree``, ``n-disagree``); when these do not tell, or when its two files differ, it
must be said.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

COMMENTS, VOTES, PEOPLE = "comments.csv", "votes.csv", "participants-votes.csv"
LONGEST_WORDS = 1000
LONGEST_NUMBER = 100
WAITING, ACCEPTED, REJECTED = 0, 1, -1
_COLUMNS = {
    COMMENTS: ("timestamp", "comment-id", "author-id", "moderated", "comment-body"),
    VOTES: ("timestamp", "comment-id", "voter-id", "vote"),
    PEOPLE: ("participant", "n-agree", "n-disagree"),
}
_VOTES = {"-1": -1, "0": 0, "1": 1}


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    """0: of the whole file."""
    words: str

    def __str__(self) -> str:
        where = f"{self.file}, {_('ligne')} {self.line}" if self.line else self.file
        return f"{where} : {self.words}"


class UnreadableExport(ValueError):
    """Nothing was written. ``problems``: everything that is to be put right, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class SignNotDeclared(UnreadableExport):
    """Whether +1 or -1 means agree is to be said by who imports."""


@dataclass(frozen=True)
class PolisComment:
    number: str
    author: str
    words: str
    moderated: int
    at: dt.datetime
    line: int


@dataclass(frozen=True)
class PolisExport:
    """``votes``: (person, comment) → 1 agrees, 0 passes, -1 disagrees, whatever the sign of the file; the last one of
    each pair. ``people``: everybody who voted or wrote → when she was first seen, if a file says so.
    """

    comments: list[PolisComment]
    votes: dict[tuple[str, str], int]
    people: dict[str, dt.datetime | None]
    agree: int


@dataclass
class _Reading:
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, line: int, words: str) -> None:
        self.problems.append(Problem(file, line, words))

    def stop_if_bad(self) -> None:
        if self.problems:
            raise UnreadableExport(self.problems)

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """(line on which it begins, row) of those that have a cell for each column."""
        try:
            with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(name, file)
        except FileNotFoundError:
            self.refuse(
                name, 0, _("ce fichier manque. Exportez la conversation de nouveau, sans rien retirer.")
            )
        except (UnicodeDecodeError, OSError):
            self.refuse(name, 0, _("ce fichier n’est pas un texte en UTF-8 : exportez-le de nouveau."))

    def _rows(self, name: str, file: Iterator[str]) -> Iterator[tuple[int, dict[str, str]]]:
        reader = csv.reader(file, strict=True)
        line = 1
        try:
            header = next(reader, [])
            missing = [column for column in _COLUMNS[name] if column not in header]
            if missing or len(set(header)) != len(header):
                why = _("il y manque, ou s’y répète, une colonne : %s") % ", ".join(missing or header[:10])
                return self.refuse(name, 1, why)
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) == len(header):
                    yield line, dict(zip(header, cells, strict=True))
                elif cells:
                    given = {"given": len(cells), "wanted": len(header)}
                    self.refuse(name, line, _("%(given)d cases au lieu de %(wanted)d") % given)
                line = reader.line_num + 1
        except csv.Error:
            self.refuse(name, line, _("un guillemet est ouvert et jamais fermé, ou mal fermé"))


def read_polis(folder: Path, agree: int | None = None) -> PolisExport:
    """``agree``: the number that means agree in ``votes.csv``, when it is declared. Raises UnreadableExport."""
    reading = _Reading(folder)
    comments = _comments(reading)
    known = {one.number for one in comments}
    votes, seen = _votes(reading, known)
    people, cells, measured = _people(reading, known)
    reading.stop_if_bad()
    sign = _sign(votes, cells, measured, agree)
    first_seen: dict[str, dt.datetime | None] = {
        **dict.fromkeys(one.author for one in comments),
        **dict.fromkeys(people),
        **seen,
    }
    return PolisExport(comments, {pair: vote * sign for pair, vote in votes.items()}, first_seen, sign)


def _comments(reading: _Reading) -> list[PolisComment]:
    found: dict[str, PolisComment] = {}
    moderations = {"-1": REJECTED, "0": WAITING, "1": ACCEPTED}
    for line, row in reading.rows(COMMENTS):
        words = " ".join(row["comment-body"].split())
        number, author, at = row["comment-id"].strip(), row["author-id"].strip(), _instant(row["timestamp"])
        wrong = _first(
            (not _is_number(number) or not _is_number(author), _("identifiant vide ou trop long")),
            (number in found, _("affirmation %s déjà donnée plus haut") % number),
            (not any(c.isprintable() and c != " " for c in words), _("affirmation sans mots")),
            (len(words) > LONGEST_WORDS, _("affirmation de plus de %d signes") % LONGEST_WORDS),
            (row["moderated"] not in moderations, _("« moderated » n’est ni -1, ni 0, ni 1")),
        )
        if wrong or at is None:
            reading.refuse(COMMENTS, line, wrong or _not_an_instant())
            continue
        found[number] = PolisComment(number, author, words, moderations[row["moderated"]], at, line)
    return sorted(found.values(), key=lambda one: (one.at, len(one.number), one.number))


def _votes(
    reading: _Reading, known: set[str]
) -> tuple[dict[tuple[str, str], int], dict[str, dt.datetime | None]]:
    """The file is a log, in no order: somebody who voted twice on a statement thinks what she said last."""
    last: dict[tuple[str, str], tuple[dt.datetime, int]] = {}
    seen: dict[str, dt.datetime | None] = {}
    for line, row in reading.rows(VOTES):
        person, comment, at = row["voter-id"].strip(), row["comment-id"].strip(), _instant(row["timestamp"])
        wrong = _wrong_vote(person, comment, row["vote"], known)
        if wrong or at is None:
            reading.refuse(VOTES, line, wrong or _not_an_instant())
            continue
        pair = (person, comment)
        if pair not in last or at >= last[pair][0]:
            last[pair] = (at, _VOTES[row["vote"]])
        seen[person] = min(at, seen.get(person) or at)
    return {pair: vote for pair, (_at, vote) in last.items()}, seen


def _people(reading: _Reading, known: set[str]) -> tuple[list[str], dict[tuple[str, str], int], set[int]]:
    """People; their votes as this file signs them; and the signs of agree that all its counts allow."""
    people: set[str] = set()
    cells: dict[tuple[str, str], int] = {}
    allowed = {1, -1}
    for line, row in reading.rows(PEOPLE):
        person = row["participant"].strip()
        own = {name: cell for name, cell in row.items() if name.isdecimal() and cell != ""}
        wrong = _first(
            (person in people, _("participant %s déjà donné plus haut") % person),
            *((True, _wrong_vote(person, name, cell, known)) for name, cell in own.items()),
            (
                not row["n-agree"].isdecimal() or not row["n-disagree"].isdecimal(),
                _("compte qui n’en est pas un"),
            ),
        )
        if wrong or not _is_number(person):
            reading.refuse(PEOPLE, line, wrong or _("identifiant vide ou trop long"))
            continue
        people.add(person)
        cells |= {(person, name): _VOTES[cell] for name, cell in own.items()}
        signs = list(own.values())
        counts = (int(row["n-agree"]), int(row["n-disagree"]))
        if counts != (signs.count("1"), signs.count("-1")):
            allowed.discard(1)
        if counts != (signs.count("-1"), signs.count("1")):
            allowed.discard(-1)
    return sorted(people), cells, allowed


def _sign(
    votes: dict[tuple[str, str], int],
    cells: dict[tuple[str, str], int],
    allowed: set[int],
    declared: int | None,
) -> int:
    """What agree is in the votes. What is measured wins over nothing: declared otherwise, the import is refused."""
    both = [(votes[pair], cell) for pair, cell in cells.items() if cell and pair in votes]
    is_same = all(vote == cell for vote, cell in both)
    measured = next(iter(allowed)) if len(allowed) == 1 and both and is_same else None
    if declared is None and measured is None:
        said = (
            _("ces deux fichiers ne donnent pas le même signe aux mêmes avis.")
            if both and not is_same
            else _("les comptes ne disent pas quel signe veut dire « d’accord ».")
        )
        raise SignNotDeclared([Problem(f"{VOTES}, {PEOPLE}", 0, said)])
    if declared is not None and measured is not None and declared != measured:
        why = _("d’après « n-agree », « d’accord » y est %(measured)+d, et non %(declared)+d.")
        raise UnreadableExport([Problem(PEOPLE, 0, why % {"measured": measured, "declared": declared})])
    return declared or measured or 1


def _wrong_vote(person: str, comment: str, vote: str, known: set[str]) -> str:
    return _first(
        (not _is_number(person), _("identifiant vide ou trop long")),
        (comment not in known, _("avis sur l’affirmation %s, qui n’est pas dans comments.csv") % comment),
        (vote not in _VOTES, _("un avis est -1, 0 ou 1, et non « %s »") % vote[:20]),
    )


def _first(*checks: tuple[bool, str]) -> str:
    return next((words for is_wrong, words in checks if is_wrong and words), "")


def _is_number(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NUMBER and text.isprintable()


def _not_an_instant() -> str:
    return _("« timestamp » n’est pas un nombre de millisecondes")


def _instant(text: str) -> dt.datetime | None:
    """``datetime`` is in the zone of whatever machine exported: not read."""
    try:
        return dt.datetime.fromtimestamp(int(text) / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
