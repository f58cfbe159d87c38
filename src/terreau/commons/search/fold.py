"""French text folded for search: two spellings that a reader takes for the same word give the same word here.

The same folding is applied when a row is written and when a visitor asks: *l’Épicerie*, *ÉPICERIES* and
*epicerie* all become ``epicerie``. Only plurals, feminines and spelling are folded; no meaning is guessed.
This module needs no Django settings.
"""

import re
import unicodedata
from collections.abc import Iterable

# Words that a query does not ask for. Documents keep them, so that a query made only of them works.
STOP_WORDS = frozenset({
    "a", "au", "aux", "avec", "ce", "ces", "chez", "d", "dans", "de", "des", "du", "en", "et", "l",
    "la", "le", "les", "leur", "ou", "par", "pour", "sa", "ses", "son", "sur", "un", "une",
})  # fmt: skip

# Invariable words and names that would meet another word if they lost their last letter.
_KEPT = STOP_WORDS | {
    "ccas", "cias", "cours", "crous", "fois", "mais", "mois", "moins", "paris", "pays", "plus",
    "sans", "sous", "tours", "tres", "vers", "vaux", "taux", "faux",
}  # fmt: skip

_WHOLE_WORDS = {
    "st": "saint", "ste": "sainte", "asso": "association", "assoc": "association",
    "travaux": "travail", "baux": "bail", "vitraux": "vitrail", "coraux": "corail", "emaux": "email",
    "yeux": "oeil", "cieux": "ciel", "maux": "mal", "royaux": "royal", "loyaux": "loyal",
    "publique": "public", "actrice": "acteur", "autrice": "auteur",
    "verte": "vert", "grande": "grand", "petite": "petit", "haute": "haut", "basse": "bas", "bleue": "bleu",
    "pleine": "plein", "feminine": "feminin", "voisine": "voisin", "ainee": "aine", "agee": "age",
    "bel": "beau", "belle": "beau", "nouvel": "nouveau", "nouvelle": "nouveau", "vieil": "vieu", "vieille": "vieu",
}  # fmt: skip

# (ending, what replaces it, least number of letters of the word): the first that fits is applied.
_ENDINGS = (
    ("eaux", "eau", 4),
    ("yaux", "yau", 6),
    ("aux", "al", 6),
    ("eux", "eu", 4),
    ("oux", "ou", 4),
    ("ss", "ss", 4),
    ("s", "", 4),
    ("trice", "teu", 8),
    ("euse", "eu", 7),
    ("eur", "eu", 7),
    ("ive", "if", 6),
    ("elle", "el", 6),
    ("enne", "en", 6),
    ("iere", "ier", 6),
    ("gere", "ger", 7),
    ("chere", "cher", 8),
    ("ante", "ant", 6),
    ("ente", "ent", 7),
    ("erte", "ert", 6),
    ("uite", "uit", 7),
    ("ale", "al", 5),
    ("aine", "ain", 7),
    ("oise", "oi", 6),
    ("aise", "ai", 6),
    ("ee", "e", 7),
)

_LIGATURES = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "’": "'",
        "ʼ": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "&": " et ",
    }
)
_JOINED = re.compile(r"\b(aujourd|entr|presqu|prud|quelqu)[' ](?=[a-z])")  # aujourd'hui is one word
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)'(?=\w)")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")  # A.M.A.P.
_WORD = re.compile(r"[^\W_]+")
# Registers write no apostrophe and no dot: "A M A P D ISSOUDUN", "LES AMIS DE L ECOLE", "C EST NOUS".
_LOST_ELISION = re.compile(
    r"(?<!\b[dl] )(?<!\bqu )\b(?:(?:[dl]|qu) )+(?=[aeiouyh][a-z]{2})|\b(?<=de )l (?=[a-z] [a-z]\b)"
)
_SPELLED = re.compile(r"\b(?:[a-z] ){2,}[a-z]\b")
_LOST_OTHER_ELISION = re.compile(r"\b[cjmnst] (?=[aeiouyh][a-z]{2})")
_LONE_LETTER = re.compile(r"\b(?:[a-z]|qu) ")


class _Stems(dict[str, str]):
    """Word → stem, computed once a word; forgotten when it grows past a million words."""

    def __missing__(self, word: str) -> str:
        stem = _stem(word)
        while (further := _stem(stem)) != stem:  # so that folding a folded text changes nothing
            stem = further
        if len(self) > 1_000_000:
            self.clear()
        self[word] = stem
        return stem


def _stem(word: str) -> str:
    if word in _KEPT:
        return word
    if word in _WHOLE_WORDS:
        return _WHOLE_WORDS[word]
    for ending, replacement, least in _ENDINGS:
        if len(word) >= least and word.endswith(ending):
            return word[: len(word) - len(ending)] + replacement
    return word


_stems = _Stems()


def fold_words(text: str) -> list[str]:
    """The words of ``text`` without case, accent, elision or punctuation, not yet stemmed."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    text = text.casefold().translate(_LIGATURES)
    if "'" in text:
        text = _ELIDED.sub(" ", _JOINED.sub(r"\1", text))
    if "." in text:
        text = _DOTTED.sub(lambda found: found[0].replace(".", "") + " ", text)
    words = _JOINED.sub(r"\1", " ".join(_WORD.findall(text)))
    while _LONE_LETTER.search(words):
        before = words
        words = _LOST_ELISION.sub("", _JOINED.sub(r"\1", words))
        words = _SPELLED.sub(lambda found: found[0].replace(" ", ""), words)
        words = _LOST_OTHER_ELISION.sub("", words)
        if words == before:
            break
    return words.split()


def stem_word(word: str) -> str:
    """The stem of one folded word: plural and feminine taken off, a few abbreviations written out."""
    return _stems[word]


def fold_for_search(text: str) -> str:
    """Stems of ``text`` joined by spaces, in order; ``""`` when it holds no letter or digit."""
    return " ".join([_stems[word] for word in fold_words(text)])


def fold_many(texts: Iterable[str]) -> list[str]:
    """``fold_for_search`` of each text, in order."""
    return [fold_for_search(text) for text in texts]


def party_search_text(name: str, acronym: str = "", others: str = "") -> str:
    """What ``Party.search_text`` holds: folded name and acronym, then, on a second line, folded other words
    (names of sites, description…). A match on the first line ranks higher.
    """
    first = fold_for_search(f"{name} {acronym}" if acronym else name)
    return f"{first}\n{fold_for_search(others)}" if others else first
