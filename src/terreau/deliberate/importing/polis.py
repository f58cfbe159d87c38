"""The files that Polis exports, read and checked: statements, people, votes. Nothing is written here.

In an export 1 means agreeing; in its database −1 does. Neither is taken for granted: ``participants-votes.csv`` says
how many statements each person agreed with, and the sign under which the votes say the same is the one kept.
"""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_BYTES = 200_000_000
COMMENTS, VOTES, PEOPLE = "comments.csv", "votes.csv", "participants-votes.csv"
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
class PolisExport:
    """``votes``: (person, statement) → 1 agrees, 0 passes, −1 disagrees: the last in time. ``problems``: bad rows."""

    statements: list[PolisStatement]
    votes: dict[tuple[str, str], int]
    joined: dict[str, dt.datetime]
    problems: list[str] = field(default_factory=list)


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
    sign = _sign(votes, files.get(PEOPLE), agree)
    return PolisExport(statements, {pair: vote * sign for pair, vote in votes.items()}, joined, problems)


def _statements(content: bytes, longest: int, problems: list[str]) -> list[PolisStatement]:
    found: dict[str, PolisStatement] = {}
    for line, row in _rows(COMMENTS, content):
        words = " ".join(row["comment-body"].split())
        wrong = ""
        if not row["comment-id"].isdigit() or row["comment-id"] in found:
            wrong = _("le numéro « %s » n’en est pas un, ou revient") % row["comment-id"]
        elif not words:
            wrong = _("l’affirmation est vide")
        elif len(words) > longest:
            wrong = _("l’affirmation a %(length)d signes, plus que %(most)d") % {
                "length": len(words),
                "most": longest,
            }
        elif row["moderated"] not in {"-1", "0", "1"}:
            wrong = _("« moderated » vaut « %s », ni -1, ni 0, ni 1") % row["moderated"]
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
) -> tuple[dict[tuple[str, str], int], dict[str, dt.datetime]]:
    cast: list[tuple[dt.datetime, str, str, int]] = []
    for line, row in _rows(VOTES, content):
        at, vote = _instant(row["timestamp"]), row["vote"].removesuffix(".0")
        if vote not in {"-1", "0", "1"}:
            problems.append(_problem(VOTES, line, _("l’avis vaut « %s », ni -1, ni 0, ni 1") % row["vote"]))
        elif row["comment-id"] not in known:
            problems.append(
                _problem(VOTES, line, _("l’affirmation %s n’est pas reprise") % row["comment-id"])
            )
        elif at is None or not row["voter-id"]:
            problems.append(_problem(VOTES, line, _("la date ou la personne manque")))
        else:
            cast.append((at, row["voter-id"], row["comment-id"], int(vote)))
    cast.sort(key=lambda one: one[0])  # of the same instant, the later line counts
    votes: dict[tuple[str, str], int] = {}
    joined: dict[str, dt.datetime] = {}
    for at, person, statement, value in cast:
        votes[person, statement] = value
        joined.setdefault(person, at)
    return votes, joined


def _sign(votes: Mapping[tuple[str, str], int], people: bytes | None, agree: int | None) -> int:
    if people is None:
        if agree is None:
            raise NotPolis(
                [_("Sans %s, on ne sait pas quel signe veut dire « d’accord » : dites-le, 1 ou -1.") % PEOPLE]
            )
        return agree
    ones = Counter(person for (person, _statement), vote in votes.items() if vote == 1)
    minus = Counter(person for (person, _statement), vote in votes.items() if vote == -1)
    right = wrong = 0
    for _line, row in _rows(PEOPLE, people):
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


def _rows(name: str, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(line where the row ends, cells without spaces around). Raises NotPolis."""
    if len(content) > MOST_BYTES:
        raise NotPolis([_("%s est trop grand.") % name])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotPolis([_problem(name, line, _("ce n’est pas de l’UTF-8"))]) from error
    reader = csv.DictReader(io.StringIO(text), strict=True, restval="")
    absent = [column for column in _COLUMNS[name] if column not in (reader.fieldnames or ())]
    if absent:
        raise NotPolis(
            [_("%(file)s : il manque la colonne %(names)s.") % {"file": name, "names": ", ".join(absent)}]
        )
    try:
        for row in reader:
            yield reader.line_num, {column: row[column].strip() for column in _COLUMNS[name]}
    except csv.Error as error:
        raise NotPolis([_problem(name, reader.line_num, str(error))]) from error


def _instant(milliseconds: str) -> dt.datetime | None:
    if not milliseconds.isdigit() or not 0 < len(milliseconds) <= 14:
        return None
    return dt.datetime.fromtimestamp(int(milliseconds) / 1000, dt.UTC)


def _problem(name: str, line: int, what: str) -> str:
    return _("%(file)s, ligne %(line)d : %(what)s.") % {"file": name, "line": line, "what": what}
