"""The pieces of the result page, from the plain result: sentences, rows of tables, picture."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from terreau.deliberate.bridge import FEWEST, Opinion, told
from terreau.deliberate.enums import Channel
from terreau.deliberate.models import Participant, Process, Statement
from terreau.deliberate.queries.fates import Fate
from terreau.deliberate.queries.results import voters, voters_by_place
from terreau.ui.charts import Cloud, cloud

from . import result_words as words

TOLD_FIRST = 10  # sentences of what unites or divides before the table of all


@dataclass(frozen=True)
class Said:
    """One sentence of the result. ``least``: of what unites, where it is said least; ``how_sure``: in words."""

    sentence: str
    statement: Statement | None
    least: str = ""
    how_sure: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    sign: str
    sentence: str
    tells: list[Said]


@dataclass(frozen=True)
class Cells:
    """Votes of some people on one statement; ``is_told`` is false under five votes, which say nothing of a circle."""

    agree: int
    passed: int
    disagree: int

    @property
    def cast(self) -> int:
        return self.agree + self.passed + self.disagree

    @property
    def is_told(self) -> bool:
        return self.cast >= FEWEST

    @property
    def shares(self) -> list[float]:
        return [number / (self.cast or 1) for number in (self.agree, self.disagree, self.passed)]


@dataclass(frozen=True)
class Row:
    """``circles``: (name, cells) of each group, then of each college."""

    statement: Statement | None
    number: str
    words: str
    everybody: Cells
    circles: list[tuple[str, Cells]]
    fates: list[str]


def uniting(opinion: Opinion, process: Process, statements: Mapping[str, Statement]) -> list[Said]:
    return [
        Said(
            words.uniting_sentence(
                opinion, process, row, words.shown_words(statements.get(row["statement"]))
            ),
            statements.get(row["statement"]),
            least=_("au moins %(share)s, neuf fois sur dix, là où c’est le moins dit (%(circle)s)")
            % {"share": words.percentage(row["bound"]), "circle": _circle(opinion, row["weakest"])},
            how_sure=words.stability_words(row.get("stability")),
        )
        for row in opinion["unites"]
    ]


def _circle(opinion: Opinion, circle: list[str]) -> str:
    if circle[0] == "group" and not opinion["groups"]:
        return _("tout le monde")
    return words.circle_name(circle)


def groups_told(opinion: Opinion, statements: Mapping[str, Statement]) -> list[Group]:
    return [
        Group(
            group["label"],
            words.SIGNS[number],
            words.group_sentence(opinion, group),
            [
                Said(
                    words.telling_sentence(row, words.shown_words(statements.get(row["statement"]))),
                    statements.get(row["statement"]),
                    how_sure=words.stability_words(row.get("stability")),
                )
                for row in group["tells"]
            ],
        )
        for number, group in enumerate(opinion["groups"])
    ]


def dividing(opinion: Opinion, statements: Mapping[str, Statement]) -> list[Said]:
    """Between groups, the gap of those that agree; without groups, the smaller side."""
    has_groups = bool(opinion["groups"])
    said = []
    for row in opinion["divides"]:
        values = {
            "words": words.shown_words(statements.get(row["statement"])),
            "share": words.percentage(row["gap"]),
        }
        sentence = (
            _("« %(words)s » : %(share)s d’écart entre les deux groupes qui l’approuvent le plus et le moins")
            if has_groups
            else _("« %(words)s » : le côté le moins nombreux pèse %(share)s")
        )
        said.append(Said(sentence % values, statements.get(row["statement"])))
    return said


def standings_of(opinion: Opinion) -> dict[str, str]:
    """By the number of a statement, what came out of it in a few words: those that unite first, then the others."""
    unites = {row["statement"]: row["side"] for row in opinion["unites"]}
    told_last = [number for number in opinion["counts"] if number not in unites]
    return {
        number: _standing(Cells(*opinion["counts"][number]["all"]), unites.get(number, ""))
        for number in [*(one for one in unites if one in opinion["counts"]), *told_last]
    }


def _standing(cells: Cells, side: str) -> str:
    values = {
        "share": words.percentage(cells.shares[0]),
        "against": words.percentage(cells.shares[1]),
        "votes": words.votes(cells.cast),
    }
    if side == "agree":
        return _("unit : %(share)s d’accord, %(votes)s") % values
    if side:
        return _("unit contre elle : %(against)s pas d’accord, %(votes)s") % values
    return _("%(share)s d’accord, %(against)s pas d’accord, %(votes)s") % values


def circle_names(opinion: Opinion) -> list[str]:
    groups = [_("groupe %s") % group["label"] for group in opinion["groups"]]
    return [*groups, *(words.college_name(code) for code, _number in opinion["colleges"])]


def rows_of(
    opinion: Opinion, numbers: list[str], statements: Mapping[str, Statement], fates: Mapping[int, list[Fate]]
) -> list[Row]:
    return [
        row_of(opinion, number, statements.get(number), fates)
        for number in numbers
        if number in opinion["counts"]
    ]


def row_of(
    opinion: Opinion, number: str, statement: Statement | None, fates: Mapping[int, list[Fate]]
) -> Row:
    counts = opinion["counts"].get(number, {"all": [0, 0, 0], "groups": {}, "colleges": {}})
    found = [
        (name, counts["groups"].get(name, [0, 0, 0])) for name in (g["label"] for g in opinion["groups"])
    ]
    found += [(code, counts["colleges"].get(code, [0, 0, 0])) for code, _number in opinion["colleges"]]
    return Row(
        statement,
        number,
        words.shown_words(statement),
        Cells(*counts["all"]),
        [(name, Cells(*cells)) for name, (_code, cells) in zip(circle_names(opinion), found, strict=True)],
        [words.fate_sentence(fate) for fate in fates.get(statement.pk, [])] if statement else [],
    )


@dataclass(frozen=True)
class TookPart:
    """(name, people) by channel, college and territory. Where few would be told, they are counted together."""

    channels: list[tuple[str, int]]
    colleges: list[tuple[str, int]]
    places: list[tuple[str, int]]
    uncounted: str


def took_part(opinion: Opinion, process: Process) -> TookPart:
    people = voters(process)
    channels = Counter(told([one.channel for one in people]))
    others = channels.pop("", 0)
    colleges = [(words.college_name(code), number) for code, number in opinion["colleges"]]
    if opinion["without_college"] and colleges:
        colleges.append((_("autres collèges, ou collège pas dit"), opinion["without_college"]))
    places, elsewhere, unknown = voters_by_place(process)
    if elsewhere:
        places.append((_("autres territoires, de moins de 3 participants chacun"), elsewhere))
    if unknown and places:
        places.append((_("territoire pas dit"), unknown))
    return TookPart(
        [(str(Channel(code).label), number) for code, number in sorted(channels.items(), key=_most_first)]
        + ([(_("autres voies"), others)] if others else []),
        colleges,
        places,
        words.uncounted_colleges(opinion, process),
    )


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def picture_of(opinion: Opinion, participant: Participant | None) -> Cloud | None:
    positions: Mapping[str, list[Any]] = opinion["positions"]
    if len(positions) < FEWEST:
        return None
    own = positions.get(participant.token) if participant else None
    points = [(group or "", x, y) for group, x, y in positions.values()]
    return cloud(points, (own[1], own[2]) if own else None)


def place_in_words(opinion: Opinion, participant: Participant | None) -> str:
    """Where she stands, to herself alone."""
    own = opinion["positions"].get(participant.token) if participant else None
    if own is None:
        return ""
    if own[0] is None:
        return _("Vous y êtes, marqué « vous ».")
    return _("Vous êtes dans le groupe %s, marqué « vous » sur l’image.") % own[0]
