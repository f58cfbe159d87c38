"""A difference, read one way or the other, gives back both versions."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from terreau.deliberate.differences import (
    DELETED,
    INSERTED,
    REMOVED,
    SAME,
    Piece,
    new_words,
    old_words,
    text_differences,
    word_differences,
)


@dataclass(frozen=True)
class Line:
    key: str
    words: str
    kind: str = "paragraph"


def lines(**words: str) -> list[Line]:
    return [Line(key, said) for key, said in words.items()]


def told(old: list[Line], new: list[Line]) -> list[tuple[str, str, bool]]:
    return [(one.key, one.state, one.has_moved) for one in text_differences(old, new)]


def test_words_are_told_one_by_one():
    assert word_differences("un lieu ouvert le jour", "un beau lieu ouvert la nuit") == (
        Piece(SAME, "un "),
        Piece(INSERTED, "beau "),
        Piece(SAME, "lieu ouvert "),
        Piece(DELETED, "le jour"),
        Piece(INSERTED, "la nuit"),
    )


def test_nothing_changed_is_one_piece():
    assert word_differences("un lieu", "un lieu") == (Piece(SAME, "un lieu"),)
    assert word_differences("", "") == ()


def test_paragraphs_too_long_to_compare_are_replaced_whole():
    old, new = "a b " * 1_500, "b a " * 1_500
    assert word_differences(old, new) == (Piece(DELETED, old), Piece(INSERTED, new))


def test_paragraphs_are_followed_by_their_key():
    old = lines(a="un", b="deux", c="trois", d="quatre")
    new = [Line("b", "deux"), Line("x", "neuf"), Line("c", "trois fois"), Line("a", "un")]
    assert told(old, new) == [
        ("b", "same", False),
        ("x", "added", False),
        ("c", "changed", False),
        ("d", "removed", False),
        ("a", "same", True),
    ]


def test_a_paragraph_that_becomes_a_heading_has_changed():
    assert told([Line("a", "un")], [Line("a", "un", "heading")]) == [("a", "changed", False)]


def test_all_removed_and_all_new():
    assert told(lines(a="un"), lines(b="deux")) == [("a", "removed", False), ("b", "added", False)]


TEXTS = st.text(alphabet="ab \n'’é", max_size=60)


@given(TEXTS, TEXTS)
def test_a_difference_gives_back_both_texts(old, new):
    pieces = word_differences(old, new)
    assert (old_words(pieces), new_words(pieces)) == (old, new)
    assert all(piece.words for piece in pieces)


VERSIONS = st.dictionaries(st.sampled_from("abcdefgh"), TEXTS, max_size=8).flatmap(
    lambda words: st.permutations([Line(key, said) for key, said in words.items()])
)


@given(VERSIONS, VERSIONS)
def test_differences_of_two_versions_give_back_both(old, new):
    shown = text_differences(old, new)
    assert [(one.key, new_words(one.pieces)) for one in shown if one.state != REMOVED] == [
        (one.key, one.words) for one in new
    ]
    assert {one.key: old_words(one.pieces) for one in shown if one.state != "added"} == {
        one.key: one.words for one in old
    }
    assert len(shown) == len({one.key for one in shown})
