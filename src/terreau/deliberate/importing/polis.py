"""The files that Polis exports, read and checked: statements, people, votes. Nothing is written here.

In an export 1 means agreeing; in its database −1 does. Neither is taken for granted: ``participants-votes.csv`` says
how many statements each person agreed with, and the sign under which the votes say the same is the one kept.
Instants were exported in milliseconds for years, and are in seconds since: both are read.
"""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .blocks import clean_words

MOST_BYTES = 200_000_000
LONGEST_NUMBER = 18
LONGEST_NAME = 100
COMMENTS, VOTES, PEOPLE = "comments.csv", "votes.csv", "participants-votes.csv"
_SECONDS = 10**11  # as milliseconds, this is 1973: less of them are seconds
_COLUMNS = {
    COMMENTS: ("timestamp", "comment-id", "author-id", "moderated", "comment-body"),
    VOTES: ("timestamp", "comment-id", "voter-id", "vote"),
    PEOPLE: ("participant", "n-agree", "n-disagree"),
}


class NotPolis(ValueError):
    """``problems``: one sentence each, with file and line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class PolisStatement:
    external_id: str
    author: str
    words: str
    is_accepted: bool
    is_refused: bool
    at: dt.datetime


@dataclass(frozen=True)
class PolisVote:
    """``value``: 1 agrees, 0 passes, −1 disagrees."""

    value: int
    at: dt.datetime


@dataclass(frozen=True)
class PolisExport:
    """``votes``: of each pair (person, statement), the last in time. ``problems``: bad rows."""

    statements: list[PolisStatement]
    votes: dict[tuple[str, str], PolisVote]
    joined: dict[str, dt.datetime]
    problems: list[str] = field(default_factory=list)


def which_file(file_name: str) -> str:
    """Which of the three it is, if any: newer exports put the date and the code of the conversation before the name."""
    if file_name.endswith((PEOPLE, "participant-votes.csv")):
        return PEOPLE
    return next((name for name in (COMMENTS, VOTES) if f"-{file_name}".endswith(f"-{name}")), "")


def read_polis(files: Mapping[str, bytes], *, longest: int, agree: int | None = None) -> PolisExport:
    """``files``: name → content. ``agree``: the sign of agreeing, when the files cannot tell it. Raises NotPolis."""
    absent = [name for name in (COMMENTS, VOTES) if name not in files]
    if absent:
        raise NotPolis([_("Il manque le fichier %s.") % ", ".join(absent)])
    problems: list[str] = []
    statements = _statements(files[COMMENTS], longest, problems)
    known = {one.external_id for one in statements}
    votes, joined = _votes(files[VOTES], known, problems)
    for one in statements:
        joined.setdefault(one.author, one.at)
    sign = _sign(votes, files.get(PEOPLE), agree, problems)
    signed = {pair: PolisVote(vote.value * sign, vote.at) for pair, vote in votes.items()}
    return PolisExport(statements, signed, joined, problems)


def _statements(content: bytes, longest: int, problems: list[str]) -> list[PolisStatement]:
    found: dict[str, PolisStatement] = {}
    for line, row in _rows(COMMENTS, content, problems):
        words = " ".join(clean_words(row["comment-body"]).split())
        wrong = ""
        if not _is_number(row["comment-id"], LONGEST_NUMBER) or row["comment-id"] in found:
            wrong = _("le numéro « %s » n’en est pas un, ou revient") % row["comment-id"][:LONGEST_NAME]
        elif not any(letter.isprintable() and letter != " " for letter in words):
            wrong = _("l’affirmation est vide")
        elif len(row["author-id"]) > LONGEST_NAME:
            wrong = _("l’identifiant de l’auteur est trop long")
        elif len(words) > longest:
            wrong = _("l’affirmation a %(length)d signes, plus que %(most)d") % {
                "length": len(words),
                "most": longest,
            }
        elif row["moderated"] not in {"-1", "0", "1"}:
            wrong = _("« moderated » vaut « %s », ni -1, ni 0, ni 1") % row["moderated"][:LONGEST_NAME]
        at = _instant(row["timestamp"])
        if wrong or at is None:
            problems.append(_problem(COMMENTS, line, wrong or _("la date n’en est pas une")))
            continue
        found[row["comment-id"]] = PolisStatement(
            row["comment-id"], row["author-id"], words, row["moderated"] == "1", row["moderated"] == "-1", at
        )
    return sorted(found.values(), key=lambda one: int(one.external_id))


def _votes(
    content: bytes, known: set[str], problems: list[str]
) -> tuple[dict[tuple[str, str], PolisVote], dict[str, dt.datetime]]:
    cast: list[tuple[dt.datetime, str, str, int]] = []
    for line, row in _rows(VOTES, content, problems):
        at, vote = _instant(row["timestamp"]), row["vote"].removesuffix(".0")
        if vote not in {"-1", "0", "1"}:
            problems.append(
                _problem(VOTES, line, _("l’avis vaut « %s », ni -1, ni 0, ni 1") % row["vote"][:LONGEST_NAME])
            )
        elif row["comment-id"] not in known:
            problems.append(
                _problem(
                    VOTES, line, _("l’affirmation %s n’est pas reprise") % row["comment-id"][:LONGEST_NAME]
                )
            )
        elif at is None or not 0 < len(row["voter-id"]) <= LONGEST_NAME:
            problems.append(_problem(VOTES, line, _("la date ou la personne manque")))
        else:
            cast.append((at, row["voter-id"], row["comment-id"], int(vote)))
    cast.sort(key=lambda one: one[0])  # of the same instant, the later line counts
    votes: dict[tuple[str, str], PolisVote] = {}
    joined: dict[str, dt.datetime] = {}
    for at, person, statement, value in cast:
        votes[person, statement] = PolisVote(value, at)
        joined.setdefault(person, at)
    return votes, joined


def _sign(
    votes: Mapping[tuple[str, str], PolisVote], people: bytes | None, agree: int | None, problems: list[str]
) -> int:
    if people is None:
        if agree is None:
            raise NotPolis(
                [_("Sans %s, on ne sait pas quel signe veut dire « d’accord » : dites-le, 1 ou -1.") % PEOPLE]
            )
        return agree
    ones = Counter(person for (person, _statement), vote in votes.items() if vote.value == 1)
    minus = Counter(person for (person, _statement), vote in votes.items() if vote.value == -1)
    right = wrong = 0
    for _line, row in _rows(PEOPLE, people, problems):
        told = (row["n-agree"], row["n-disagree"])
        right += told == (str(ones[row["participant"]]), str(minus[row["participant"]]))
        wrong += told == (str(minus[row["participant"]]), str(ones[row["participant"]]))
    found = 1 if right > wrong else -1 if wrong > right else None
    if found is None and agree is None:
        raise NotPolis([_("%s ne dit pas quel signe veut dire « d’accord » : dites-le, 1 ou -1.") % PEOPLE])
    if agree is not None and found is not None and agree != found:
        raise NotPolis(
            [
                _("%(file)s compte les accords sous le signe %(found)d, et vous dites %(said)d.")
                % {"file": PEOPLE, "found": found, "said": agree}
            ]
        )
    return found or agree or 1


def _rows(name: str, content: bytes, problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line where the row begins, cells without spaces around). Raises NotPolis."""
    if len(content) > MOST_BYTES:
        raise NotPolis([_("%s est trop grand.") % name])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotPolis([_problem(name, line, _("ce n’est pas de l’UTF-8"))]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        absent = [column for column in _COLUMNS[name] if column not in header]
        if absent:
            raise NotPolis(
                [_("%(file)s : il manque la colonne %(names)s.") % {"file": name, "names": ", ".join(absent)}]
            )
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                said = _("%(found)d cases au lieu de %(wanted)d, une virgule ou un guillemet est de trop")
                problems.append(_problem(name, line, said % {"found": len(cells), "wanted": len(header)}))
            elif cells:
                row = dict(zip(header, cells, strict=True))
                yield line, {column: row[column].strip() for column in _COLUMNS[name]}
            line = reader.line_num + 1
    except csv.Error as error:
        said = _("un guillemet est mal placé, ou jamais fermé")
        raise NotPolis([_problem(name, line, said)]) from error


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


def _instant(number: str) -> dt.datetime | None:
    if not _is_number(number, 14):
        return None
    since = int(number)
    return dt.datetime.fromtimestamp(since if since < _SECONDS else since / 1000, dt.UTC)


def _problem(name: str, line: int, what: str) -> str:
    return _("%(file)s, ligne %(line)d : %(what)s.") % {"file": name, "line": line, "what": what}
