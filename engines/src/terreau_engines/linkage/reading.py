"""A closer reading of the pairs that Splink keeps: words set side by side, what is left over, who else has them.

Splink's levels are computed in SQL for every pair that shares a key; what needs the words themselves, cut, mistyped or
run together, is read here, for the few pairs that are still plausible. Rarities are in bits.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os.path import commonprefix

import polars as pl

from terreau_engines.linkage.lexicon import ACTIVITIES, KINDS, STOP_WORDS
from terreau_engines.linkage.model import COMPARISONS, Comparison
from terreau_engines.linkage.names import LONGEST_ACRONYM, fold, stem
from terreau_engines.linkage.records import WEIGHT_BITS

_UNKNOWN = 8.0  # bits of a word that has no rarity
_CUT_AT = range(28, 52)  # letters at which lists cut names
_WORD = re.compile(r"[a-z0-9]+")
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)


@dataclass(frozen=True)
class Read:
    """One record: its telling ``words``, all its words as ``written``, what ``kind`` of organisation it says it is."""

    words: tuple[str, ...]
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
    """

    one: Read
    other: Read
    matched: float
    rarest: float
    left: tuple[tuple[str, ...], tuple[str, ...]]
    left_bits: tuple[float, float]
    others: int | None


def _least(steps: Sequence[float], value: float) -> int:
    """The first level whose bound ``value`` reaches; the last level when none."""
    return next((level for level, step in enumerate(steps) if value >= step), len(steps))


_SHARES, _BITS = (0.999, 0.8, 0.6, 0.4, 0.2), (30, 20, 13, 8, 0)


def _words(pair: Pair) -> int:
    share = pair.matched / max(1.0, pair.matched + sum(pair.left_bits))
    level = _least(_SHARES, share)
    return level * len(_BITS) + (_least(_BITS, pair.matched) if level < len(_SHARES) else 0)


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
    shared = len(commonprefix([short.joined, long.joined]))
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
        for skipped in (_skipped(acronym, other.written[:14]),)
        if skipped is not None
    ]
    if not found:
        return 6
    skipped, letters = min(found)
    return {0: 0, 1: 3}.get(skipped, 5) + (_least((5, 4), -letters) if skipped == 0 else -letters < 4) * (
        skipped < 2
    )


def _levels(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, "") for word in words)


def _bounds(steps: Sequence[float], said: str, otherwise: str) -> tuple[tuple[str, str], ...]:
    return _levels(*(said.format(step) for step in steps), otherwise)


_GRID = [
    f"{share:.0%}".replace("100%", "all") + f" of the words, {bits} bits or more"
    for share in _SHARES
    for bits in _BITS
]
READINGS: tuple[tuple[Comparison, Callable[[Pair], int]], ...] = (
    (Comparison("words side by side", _levels(*_GRID, "less than 20% of the words")), _words),
    (
        Comparison("rarest word side by side", _bounds(_RAREST, "{:g} bits or more", "less than 5 bits")),
        lambda pair: _least(_RAREST, pair.rarest),
    ),
    (
        Comparison("words left of the closer name", _bounds(_LEFT, "{:g} bits or more", "none")),
        lambda pair: _least(_LEFT, pair.left_bits[0]),
    ),
    (
        Comparison("words left of the other name", _bounds(_LEFT, "{:g} bits or more", "none")),
        lambda pair: _least(_LEFT, pair.left_bits[1]),
    ),
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
            _levels("same letters", "the other goes on where a list cuts names", "the other goes on", "85 %", "60 %", "30 %", "less"),
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
)  # fmt: skip


CLOSE = (*COMPARISONS[2:], *(comparison for comparison, _level in READINGS))  # what decides, in the end


def read_closely(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """``pairs`` (``row_l, row_r`` and others) with the level of each of ``READINGS``, by name.

    ``records``: of ``records.prepare``, all of them: a word that many have tells little.
    """
    rarity = _rarities(records)
    reads = [_read(*row) for row in records.select("name", "words", "stems", "departement").iter_rows()]
    ends = list(pairs.select("row_l", "row_r").iter_rows())
    holders = _holders(reads, {word for pair in ends for row in pair for word in reads[row].stems})
    read = (_pair(reads[a], reads[b], rarity, holders, reads) for a, b in ends)
    levels = [tuple(level(pair) for _comparison, level in READINGS) for pair in read]
    schema = {comparison.name: pl.Int64 for comparison, _level in READINGS}
    return pairs.hstack(pl.DataFrame(levels, schema=schema, orient="row"))


def _read(name: str, words: list[str], stems: list[str], departement: str | None) -> Read:
    written = tuple(_WORD.findall(fold(name)))
    text = " ".join(written)
    return Read(
        words=tuple(words),
        written=tuple(word for word in written if word not in STOP_WORDS),
        joined="".join(words),
        kinds=frozenset(kind for kind, pattern in _KINDS if pattern.search(text)),
        stems=frozenset(stems),
        departement=departement,
    )


def _rarities(records: pl.DataFrame) -> dict[str, float]:
    words = records.select("stems", "packed").explode("stems", "packed").drop_nulls().unique()
    return {word: (packed % 2**WEIGHT_BITS) / 100 for word, packed in words.iter_rows()}


def _holders(reads: list[Read], asked: set[str]) -> dict[str, set[int]]:
    holders: dict[str, set[int]] = defaultdict(set)
    for row, read in enumerate(reads):
        for word in read.stems & asked:
            holders[word].add(row)
    return holders


def _pair(
    one: Read, other: Read, rarity: dict[str, float], holders: dict[str, set[int]], reads: list[Read]
) -> Pair:
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
        others=_number_of_others(one, other, holders, reads),
    )


def _number_of_others(one: Read, other: Read, holders: dict[str, set[int]], reads: list[Read]) -> int | None:
    shared = sorted(one.stems & other.stems, key=lambda word: (len(holders[word]), word))[:3]
    if not shared:
        return None
    rows = set.intersection(*(holders[word] for word in shared))
    place = one.departement if one.departement == other.departement else None
    own = (one.stems, other.stems)
    return len(
        {
            reads[row].stems
            for row in rows
            if (place is None or reads[row].departement in (place, None)) and reads[row].stems not in own
        }
    )


def side_by_side(one: tuple[str, ...], other: tuple[str, ...]) -> list[tuple[float, int, int]]:
    """(likeness, place in ``one``, place in ``other``) of the words that match, each once, the most alike first."""
    possible = sorted(
        (-like, abs(i - j), i, j)
        for i, a in enumerate(one)
        for j, b in enumerate(other)
        if (like := likeness(a, b)) > 0
    )
    found: list[tuple[float, int, int]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for like, _, i, j in possible:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append((-like, i, j))
    return found


@lru_cache(maxsize=500_000)
def likeness(one: str, other: str) -> float:
    """1 for the same word; less for one cut, abbreviated, mistyped or that sounds the same; 0 for two words."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=lambda word: (len(word), word))
    if short.isdigit() or long.isdigit() or len(short) < 3:
        return 0.0
    if long.startswith(short):
        return 0.95
    if len(short) >= 5 and _one_slip(short, long):
        return 0.9
    if len(short) >= 4 and (stem(short) == stem(long) or sound(short) == sound(long)):
        return 0.87
    is_abbreviated = short[0] == long[0] and short[-1] == long[-1] and len(short) < 0.75 * len(long)
    letters = iter(long)
    return 0.8 if is_abbreviated and all(letter in letters for letter in short) else 0.0


def _one_slip(short: str, long: str) -> bool:
    """One letter more, changed, or two swapped."""
    if len(long) - len(short) > 1:
        return False
    at = len(commonprefix([short, long]))
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :] or swapped


_SOUNDS = tuple(
    (re.compile(written), said)
    for written, said in (
        ("ph", "f"), ("eaux?|aux?", "o"), ("qu", "k"), ("c(?=[aou])", "k"), ("y", "i"), ("h", ""), ("z", "s"),
        (r"(.)\1", r"\1"), ("(?:ai|ei|e[trsz]?|[stx])$", ""),
    )
)  # fmt: skip


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """How a French word sounds, roughly: the same for spellings that are heard the same."""
    for written, said in _SOUNDS:
        word = written.sub(said, word)
    return word


@lru_cache(maxsize=200_000)
def _skipped(acronym: str, words: tuple[str, ...]) -> int | None:
    """How few of ``words`` are skipped when the acronym is made of 1 to 3 first letters of each, in order.

    CORELA: COnservatoire REgional Loire Affluents. None when it is not made so, or of one word only.
    """
    reach = {(0, 0): 0}  # (letters used, words used) → least skipped so far
    for word in words:
        further: dict[tuple[int, int], int] = {}
        for (at, used), skipped in reach.items():
            steps = [(at, used, skipped + 1)]
            length = 0
            while (
                length < min(3, len(word))
                and at + length < len(acronym)
                and word[length] == acronym[at + length]
            ):
                length += 1
                steps.append((at + length, used + 1, skipped))
            for letters, number, cost in steps:
                key = (letters, min(number, 2))
                further[key] = min(cost, further.get(key, cost))
        reach = further
    return reach.get((len(acronym), 2))
