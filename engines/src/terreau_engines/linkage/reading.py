"""A closer reading of the pairs that Splink keeps: words set side by side, what is left over, who else has them.

Splink's levels are computed in SQL for every pair that shares a key; what needs the words themselves, cut, mistyped or
run together, is read here, for the few pairs that are still plausible. Rarities are in bits.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from terreau_engines.linkage import lists as listing
from terreau_engines.linkage.lexicon import ACTIVITIES, KINDS, STOP_WORDS
from terreau_engines.linkage.model import COMPARISONS, Comparison
from terreau_engines.linkage.names import LONGEST_ACRONYM, fold, stem
from terreau_engines.linkage.records import WEIGHT_BITS
from terreau_engines.linkage.words import set_alike, shared_beginning, side_by_side, words_skipped

_UNKNOWN = 8.0  # bits of a word that has no rarity
_CUT_AT = range(28, 52)  # letters at which lists cut names
_WORD = re.compile(r"[a-z0-9]+")
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)


@dataclass(frozen=True)
class Read:
    """One record: its telling ``words``, all its words (``plain``), those ``written`` without stop words, what
    ``kinds`` of organisation it says it is.
    """

    words: tuple[str, ...]
    plain: tuple[str, ...]
    written: tuple[str, ...]
    joined: str
    kinds: frozenset[str]
    stems: frozenset[str]
    departement: str | None


@dataclass(frozen=True)
class Pair:
    """Two records with their words set side by side. ``matched`` and ``rarest``: bits of the words that match, sum
    and greatest. ``left``: words that match nothing, those of the name with the least rarity left first, and
    ``left_bits`` their rarity. ``others``: other names with the same words at the same place; None: no word shared.
    ``lists``: level of ``lists.LEVELS``.
    """

    one: Read
    other: Read
    matched: float
    rarest: float
    left: tuple[tuple[str, ...], tuple[str, ...]]
    left_bits: tuple[float, float]
    others: int | None
    lists: int


def _least(steps: Sequence[float], value: float) -> int:
    """The first level whose bound ``value`` reaches; the last level when none."""
    return next((level for level, step in enumerate(steps) if value >= step), len(steps))


_SHARES, _BITS = (0.999, 0.8, 0.6, 0.4, 0.2), (30, 20, 13, 8, 0)


def _words(pair: Pair) -> int:
    share = pair.matched / max(1.0, pair.matched + sum(pair.left_bits))
    level = _least(_SHARES, share)
    return level * len(_BITS) + (_least(_BITS, pair.matched) if level < len(_SHARES) else 0)


_ASIDE = (0.999, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
_COUNTS = (6, 4, 3, 2, 1)
_RAREST = (12, 10, 8.5, 7, 5)
_LEFT = (24, 16, 11, 7, 4, 0.01)


def _activity(pair: Pair) -> int:
    named = [{word for word in left if stem(word) in ACTIVITIES} for left in pair.left]
    return 0 if all(named) else 1 if any(named) else 2


def _kind(pair: Pair) -> int:
    one, other = pair.one.kinds, pair.other.kinds
    if not one or not other:
        return 2
    return 0 if one == other else 1


_OTHERS = (0, 1, 3, 9)


def _others(pair: Pair) -> int:
    if pair.others is None:
        return len(_OTHERS) + 1
    return next((level for level, most in enumerate(_OTHERS) if pair.others <= most), len(_OTHERS))


def _beginning(pair: Pair) -> int:
    short, long = sorted((pair.one, pair.other), key=lambda read: len(read.joined))
    shared = shared_beginning(short.joined, long.joined)
    whole = len(" ".join(short.written))
    if short.joined and shared == len(short.joined):
        return 0 if short.joined == long.joined else 1 if whole in _CUT_AT else 2
    return 3 + _least((0.85, 0.6, 0.3), shared / max(1, len(short.joined)))


def _syllables(pair: Pair) -> int:
    found = [
        (skipped, -len(acronym))
        for one, other in ((pair.one, pair.other), (pair.other, pair.one))
        for acronym in set(one.words)
        if 3 <= len(acronym) <= LONGEST_ACRONYM and acronym.isalpha() and acronym not in other.written
        if (skipped := words_skipped(acronym, other.written[:14])) is not None
    ]
    if not found:
        return 6
    skipped, letters = min(found)
    if skipped == 0:
        return max(5 + letters, 0)
    return 5 if skipped > 1 else 3 if letters <= -4 else 4


def _levels(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, "") for word in words)


def _bounds(steps: Sequence[float], said: str, otherwise: str) -> tuple[tuple[str, str], ...]:
    return _levels(*(said.format(step) for step in steps), otherwise)


_GRID = [
    f"{share:.0%}".replace("100%", "all") + f" of the words, {bits} bits or more"
    for share in _SHARES
    for bits in _BITS
]
_LEFT_LEVELS = _levels(
    *(f"{bits} bits or more" for bits in _LEFT[:-1]), f"less than {_LEFT[-2]} bits", "none"
)
READINGS: tuple[tuple[Comparison, Callable[[Pair], int]], ...] = (
    (Comparison("words side by side", _levels(*_GRID, "less than 20% of the words")), _words),
    (
        Comparison("rarest word side by side", _bounds(_RAREST, "{:g} bits or more", "less than 5 bits")),
        lambda pair: _least(_RAREST, pair.rarest),
    ),
    (Comparison("words left of the closer name", _LEFT_LEVELS), lambda pair: _least(_LEFT, pair.left_bits[0])),
    (Comparison("words left of the other name", _LEFT_LEVELS), lambda pair: _least(_LEFT, pair.left_bits[1])),
    (Comparison("activity", _levels("two different", "one that the other name has not", "none left")), _activity),
    (Comparison("kind", _levels("same", "different", "one or none said")), _kind),
    (
        Comparison(
            "other names with these words at this place",
            _levels("none", "1", "2 or 3", "4 to 9", "10 or more", "no word shared"),
        ),
        _others,
    ),
    (
        Comparison(
            "beginning",
            _levels(
                "same letters", "the other goes on where a list cuts names", "the other goes on",
                "85 %", "60 %", "30 %", "less",
            ),
        ),
        _beginning,
    ),
    (
        Comparison(
            "acronym of beginnings",
            _levels(
                "5 letters or more, no word skipped", "4 letters, no word skipped", "3 letters, no word skipped",
                "4 letters or more, a word skipped", "3 letters, a word skipped", "more words skipped", "none",
            ),
        ),
        _syllables,
    ),
    (
        Comparison("letters, common words aside", _bounds(_ASIDE, "{:.0%}", "less than 50%")),
        lambda pair: _least(_ASIDE, set_alike(pair.one.plain, pair.other.plain)),
    ),
    (
        Comparison("words of the closer name that match nothing", _bounds(_COUNTS, "{} or more", "none")),
        lambda pair: _least(_COUNTS, min(map(len, pair.left))),
    ),
    (
        Comparison("words of the other name that match nothing", _bounds(_COUNTS, "{} or more", "none")),
        lambda pair: _least(_COUNTS, max(map(len, pair.left))),
    ),
    (Comparison("lists", _levels(*listing.LEVELS), silent=listing.LEVELS[-1]), lambda pair: pair.lists),
)  # fmt: skip


# What decides, in the end. Words and numbers as Splink compares them add nothing to the reading.
CLOSE = (
    *(one for one in COMPARISONS if one.name in {"letters in the same order", "acronym", "place"}),
    *(comparison for comparison, _level in READINGS),
)


def read_closely(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    *,
    lists: pl.DataFrame | None = None,
    neighbours: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """``pairs`` (``row_l, row_r`` and others) with the level of each of ``READINGS``, by name.

    ``records``: of ``records.prepare``, all of them: a word that many have tells little. ``neighbours``: ``stems,
    departement`` of names that no pair has. ``lists``: of ``lists.LISTS``.
    """
    rarity = _rarities(records)
    ends = list(pairs.select("row_l", "row_r").iter_rows())
    rows = pl.Series("row", sorted({row for pair in ends for row in pair}), dtype=records["row"].dtype)
    asked = records.filter(pl.col("row").is_in(rows.implode()))
    reads = {
        row: _read(*of)
        for row, *of in asked.select("row", "name", "words", "stems", "departement").iter_rows()
    }
    named = records.select("stems", "departement")
    if neighbours is not None:
        named = pl.concat([named, neighbours.select(named.columns)])
    holders = Holders(named, {word for read in reads.values() for word in read.stems})
    of_row = dict(asked.select("row", "id").iter_rows())
    listed = listing.Lists(listing.LISTS.empty() if lists is None else lists, of_row.values())
    read = (_pair(reads[a], reads[b], rarity, holders, listed.level(of_row[a], of_row[b])) for a, b in ends)
    levels = [tuple(level(pair) for _comparison, level in READINGS) for pair in read]
    schema = {comparison.name: pl.Int64 for comparison, _level in READINGS}
    return pairs.hstack(pl.DataFrame(levels, schema=schema, orient="row"))


def _read(name: str, words: list[str], stems: list[str], departement: str | None) -> Read:
    plain = tuple(_WORD.findall(fold(name)))
    text = " ".join(plain)
    return Read(
        words=tuple(words),
        plain=plain,
        written=tuple(word for word in plain if word not in STOP_WORDS),
        joined="".join(words),
        kinds=frozenset(kind for kind, pattern in _KINDS if pattern.search(text)),
        stems=frozenset(stems),
        departement=departement,
    )


def _rarities(records: pl.DataFrame) -> dict[str, float]:
    words = records.select("stems", "packed").explode("stems", "packed").drop_nulls().unique()
    return {word: (packed % 2**WEIGHT_BITS) / 100 for word, packed in words.iter_rows()}


class Holders:
    """Which names have a word, at a place and everywhere."""

    def __init__(self, named: pl.DataFrame, words: set[str]) -> None:
        self.stems: list[frozenset[str]] = []
        self.at: dict[tuple[str | None, str], set[int]] = defaultdict(set)
        self.everywhere: dict[str, set[int]] = defaultdict(set)
        number: dict[frozenset[str], int] = {}  # names with the same words count once
        for listed, departement in named.iter_rows():
            stems = frozenset(listed)
            name = number.setdefault(stems, len(number))
            if name == len(self.stems):
                self.stems.append(stems)
            for word in stems & words:
                self.at[departement, word].add(name)
                self.everywhere[word].add(name)

    def others(self, one: Read, other: Read) -> int | None:
        """How many names of neither record have the words that both have, at their place: counted up to 10.

        The three rarest words are enough. None: no word is shared.
        """
        shared = sorted(one.stems & other.stems, key=lambda word: (len(self.everywhere[word]), word))[:3]
        if not shared:
            return None
        if one.departement == other.departement and one.departement is not None:
            of_word = [self._near(one.departement, word) for word in shared]
        else:
            of_word = [self.everywhere[word] for word in shared]
        names = (self.stems[name] for name in set.intersection(*of_word))
        return sum(1 for _name in islice((n for n in names if n not in (one.stems, other.stems)), 10))

    def _near(self, departement: str, word: str) -> set[int]:
        """Also those of no known place, which may be there."""
        near, unplaced = self.at.get((departement, word), set()), self.at.get((None, word), set())
        return near | unplaced if unplaced else near


def _pair(one: Read, other: Read, rarity: dict[str, float], holders: Holders, lists: int) -> Pair:
    def bits(word: str) -> float:
        return rarity.get(stem(word), _UNKNOWN)

    matches = side_by_side(one.words, other.words)
    weighed = [like * min(bits(one.words[i]), bits(other.words[j])) for like, i, j in matches]
    kept = ({i for _, i, _ in matches}, {j for _, _, j in matches})
    left = [
        tuple(word for at, word in enumerate(read.words) if at not in taken)
        for read, taken in zip((one, other), kept, strict=True)
    ]
    by_bits = sorted((sum(map(bits, words)), words) for words in left)
    return Pair(
        one=one,
        other=other,
        matched=sum(weighed),
        rarest=max(weighed, default=0.0),
        left=(by_bits[0][1], by_bits[1][1]),
        left_bits=(by_bits[0][0], by_bits[1][0]),
        others=holders.others(one, other),
        lists=lists,
    )
