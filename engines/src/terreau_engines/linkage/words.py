"""Two words, or two lists of words: how alike they are, as cut, mistyped or run together by lists.

Everything here is told by the words alone.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from terreau_engines.linkage.names import stem


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


def shared_beginning(one: str, other: str) -> int:
    """How many first letters are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def set_alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike the letters are when the words in common come first: 1 when one name is within the other."""
    common = " ".join(sorted(set(one) & set(other)))
    first, second = (
        " ".join([common, *sorted(set(words) - set(common.split()))]).strip() for words in (one, other)
    )
    within = [2 * len(common) / max(1, len(common) + len(text)) for text in (first, second)]
    return max(*within, SequenceMatcher(None, first, second, autojunk=False).ratio())


def _one_slip(short: str, long: str) -> bool:
    """One letter more, changed, or two swapped."""
    if len(long) - len(short) > 1:
        return False
    at = shared_beginning(short, long)
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
def words_skipped(acronym: str, words: tuple[str, ...]) -> int | None:
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
