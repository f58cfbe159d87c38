"""What a French organisation's name says: its telling words, its acronyms, the initials of its title.

Everything here reads one name alone: the same name always gives the same parts.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from terreau_engines.linkage.lexicon import CANONICAL, EXPANSIONS, LEGAL_WORDS, STOP_WORDS

STEM_LETTERS = 5  # SPORTIV, SPORTIVE: lists cut words, so the beginning of a word stands for it
LONGEST_ACRONYM = 9
_MOST_WORDS = 40  # of a name longer than that, the rest is a description
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "&": " et ", "’": "'", "\u00ad": None})
_BREAK = re.compile(r"[()\[\]«»\"/:;|,]|\s[-–—]+\s?|[-–—]+\s|\b(?:ex|dite?s?|alias|anciennement|denommee?)\b")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}(?:[a-z]\b)?")
_SPELLED = re.compile(r"\b(?:[a-z0-9] ){2,}[a-z0-9]\b")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Name:
    """``words``: telling words in order, canonical. ``acronyms``: written as one. ``short``: words that may be one.

    ``initials``: what an acronym of the title could be. ``numbers``: figures in the name.
    """

    words: tuple[str, ...]
    acronyms: frozenset[str]
    short: frozenset[str]
    initials: frozenset[str]
    numbers: frozenset[str]

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(stem(word) for word in self.words))


def fold(text: str) -> str:
    """Lower case, no accents, typographic marks made plain."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """What a list that cuts words would keep: its first letters, without a plural mark."""
    if len(word) > 3 and word[-1] in "sx":
        word = word[:-1]
    return word[:STEM_LETTERS]


@lru_cache(maxsize=100_000)
def read_name(name: str, acronym: str = "") -> Name:
    """The parts of ``name``, with the ``acronym`` given beside it."""
    parts, acronyms = _parts(fold(name))
    if acronym:
        acronyms.add("".join(_WORD.findall(fold(acronym))))
    words: list[str] = []
    short: set[str] = set()
    initials: set[str] = set()
    for part in parts:
        meaning = [word for word in part if word not in STOP_WORDS]
        if len(meaning) == 1 and 2 <= len(meaning[0]) <= LONGEST_ACRONYM and meaning[0].isalpha():
            acronyms.add(meaning[0])
        short.update(word for word in meaning if 3 <= len(word) <= LONGEST_ACRONYM and word.isalpha())
        initials |= _initials(part)
        words += _telling(meaning)
    initials |= _initials([word for part in parts for word in part])
    if not words:  # a name made of legal words only still is a name
        words = [word for part in parts for word in part]
    acronyms -= LEGAL_WORDS | STOP_WORDS
    return Name(
        words=tuple(dict.fromkeys([*words, *sorted(acronyms - set(words) - set(EXPANSIONS))])),
        acronyms=frozenset(acronyms),
        short=frozenset(short - LEGAL_WORDS - CANONICAL.keys()) - acronyms,
        initials=frozenset(initials),
        numbers=frozenset(word for word in words if word.isdigit()),
    )


def _parts(folded: str) -> tuple[list[list[str]], set[str]]:
    """Words of each part between parentheses, dashes, « ex », « dit »; and the acronyms written with points."""
    acronyms = set()

    def joined(match: re.Match[str]) -> str:
        letters = "".join(_WORD.findall(match.group(0)))
        acronyms.add(letters)
        return f" {letters} "

    folded = _DOTTED.sub(joined, folded)
    parts = []
    for part in _BREAK.split(folded):
        plain = " ".join(_WORD.findall(part))
        plain = _SPELLED.sub(lambda match: match.group(0).replace(" ", ""), plain)
        if words := plain.split()[:_MOST_WORDS]:
            parts.append(words)
    return parts, acronyms


def _telling(words: list[str]) -> list[str]:
    """Canonical words: abbreviations and known acronyms written out, legal forms dropped."""
    found: list[str] = []
    for word in words:
        if word in LEGAL_WORDS and not (word == "ste" and found):
            continue
        found += EXPANSIONS.get(word) or (CANONICAL.get(word, word),)
    return found


def _initials(part: list[str]) -> set[str]:
    """Initials of the first words of a part, with and without stop words, with and without the legal form."""
    found: set[str] = set()
    meaning = [word for word in part if word not in STOP_WORDS]
    own = [word for word in meaning if word not in LEGAL_WORDS]
    for words in (part, meaning, own, meaning[1:]):
        letters = "".join(word[0] for word in words)[:LONGEST_ACRONYM]
        found.update(letters[:length] for length in range(3, len(letters) + 1))
        if len(letters) == 2:
            found.add(letters)
    return found
