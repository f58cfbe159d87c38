"""Which labels cannot judge a matcher of names and places, by rule: the pairs of such records are counted apart.

The rules read names, places and SIREN as the sources give them, with plain words of their own and nothing of the
matcher. They were written after reading the wrong pairs that scored highest and a random sample of the labelled pairs,
some of both halves of the organisations: no figure is of pairs that no one had seen. They put a record aside, so they
take away pairs labelled the same as well as pairs labelled different.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from terreau_engines.linkage.names import fold

NO_NAME = "no name: a legal form, figures or a mark of absence"
BAD_SIREN = "SIREN whose check figure is wrong"
HOMONYM = "name of two SIREN at one place"
# Words that two lists write or not for one organisation: they do not tell which one it is.
_FREE = (
    "a au aux d de des du en et l la le les par pour s sur un une the nd ass asso assoc associat association "
    "associations eurl sa sarl sas sasu scic scop sem spl"
)
_UNTELLING = frozenset(_FREE.split())
_SHORT = {"st": "saint", "ste": "sainte", "ctre": "centre", "cte": "comite", "cie": "compagnie"}
_FORMER = re.compile(r"\bex\b")
Record = tuple[str, str, str | None, str | None]  # name, SIREN, INSEE commune, département


def not_scored(records: Sequence[Record]) -> list[str]:
    """Of each record why its pairs judge nothing; empty when they do."""
    names = [spellings(name) for name, *_ in records]
    shared = _homonyms(records, names)
    found = []
    for row, (_name, siren, _commune, _departement) in enumerate(records):
        if not any(word for words in names[row] for word in words if not word.isdigit()):
            found.append(NO_NAME)
        elif not has_check_figure(siren):
            found.append(BAD_SIREN)
        else:
            found.append(HOMONYM if row in shared else "")
    return found


def counts(
    reasons: Sequence[str], pairs: Sequence[tuple[int, int]], same: Sequence[bool]
) -> list[list[object]]:
    """By rule: records put aside, pairs labelled the same and pairs labelled different that go with them."""
    records = Counter(reason for reason in reasons if reason)
    gone: Counter[tuple[str, bool]] = Counter()
    for (a, b), is_same in zip(pairs, same, strict=True):
        for reason in {reasons[a], reasons[b]} - {""}:
            gone[reason, bool(is_same)] += 1
    return [
        [reason, number, gone[reason, True], gone[reason, False]] for reason, number in records.most_common()
    ]


def spellings(name: str) -> list[tuple[str, ...]]:
    """The telling words of the name; those of what it says it was (« ex ») too."""
    folded = fold(name)
    texts = dict.fromkeys([folded, *(_FORMER.split(folded) if _FORMER.search(folded) else [])])
    words = [
        tuple(_SHORT.get(word, word) for word in re.findall("[a-z0-9]+", text) if word not in _UNTELLING)
        for text in texts
    ]
    return [each for each in words if each]


def same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    """Each word is a word of the other, in any order; cut after three letters or more, when there are several."""
    if len(one) != len(other):
        return False
    left = list(other)
    for word in sorted(one, key=len, reverse=True):
        match = next((each for each in left if _same_word(word, each, is_alone=len(one) == 1)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _same_word(one: str, other: str, *, is_alone: bool) -> bool:
    short, long = sorted((one, other), key=len)
    if is_alone:  # ADI is not ADIMACS
        return long in (short, short + "s")
    return short == long or (len(short) >= 3 and long.startswith(short))


def _homonyms(records: Sequence[Record], names: Sequence[list[tuple[str, ...]]]) -> set[int]:
    """Records whose name another SIREN has, at a place that may be the same."""
    alike = defaultdict(list)
    for row, spelled in enumerate(names):
        for words in spelled:
            alike[tuple(sorted(word[:3] for word in words))].append((row, words))
    found: set[int] = set()
    for group in alike.values():
        for at, (row, words) in enumerate(group):
            for other, others in group[at + 1 :]:
                if _may_be_one_place(records[row], records[other]) and same_words(words, others):
                    found |= {row, other}
    return found


def _may_be_one_place(one: Record, other: Record) -> bool:
    """Two SIREN; a commune or a département that is not known may be any."""
    apart = any(a is not None and b is not None and a != b for a, b in zip(one[2:], other[2:], strict=True))
    return one[1] != other[1] and not apart


def has_check_figure(siren: str) -> bool:
    """Luhn: each second figure from the right is doubled, and the sum of all figures ends with 0."""
    doubled = (int(figure) * (1 + at % 2) for at, figure in enumerate(reversed(siren)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
