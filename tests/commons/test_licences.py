"""The table of licences, and what is derived from it, against a brute force that reads the table alone."""

import re
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons.licences import (
    LICENCE_CHOICES,
    LICENCES,
    NOT_FOR_PUBLICATION,
    PUBLISHED_UNDER,
    TABLE,
    IncompatibleLicences,
    combined_licence,
    compare,
    may_merge,
)

LO, ODBL, CC0, BY, SA, MIT, CRPA = (
    "etalab-2.0",
    "odbl-1.0",
    "cc0-1.0",
    "cc-by-4.0",
    "cc-by-sa-4.0",
    "mit",
    "crpa-l321-1",
)
PUBLIC = [code for code in LICENCES if code != NOT_FOR_PUBLICATION]
sets_of_codes = st.sets(st.sampled_from(list(LICENCES)))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (set(), LO),
        ({LO, MIT, CRPA, CC0}, LO),
        ({LO, ODBL}, ODBL),
        ({LO, BY}, BY),
        ({BY, SA}, SA),
        ({BY, ODBL}, ODBL),
        ({LO, SA}, SA),
    ],
)
def test_the_most_demanding_licence_covers_the_table(codes: set[str], expected: str) -> None:
    assert combined_licence(codes) == expected


# Read again from the licences, not from TABLE: which licences a database holding such contents may be published under.
MAY_GO_INTO = {
    CC0: {CC0, MIT, LO, BY, ODBL, SA},
    MIT: {MIT, LO, BY, ODBL, SA},
    LO: {MIT, LO, BY, ODBL, SA},
    CRPA: {MIT, LO, BY, ODBL, SA, CRPA},
    BY: {BY, ODBL, SA},
    ODBL: {ODBL},
    SA: {SA},
    NOT_FOR_PUBLICATION: set(),
}


@pytest.mark.parametrize("contents", LICENCES)
def test_the_table_says_what_the_licences_say(contents: str) -> None:
    allowed = {into for into in LICENCES if compare(contents, into).allowed}
    assert allowed == MAY_GO_INTO[contents] | {NOT_FOR_PUBLICATION}


def test_the_table_is_complete() -> None:
    assert list(TABLE) == list(LICENCES) == [code for code, _title in LICENCE_CHOICES]
    assert {len(line.split()) for line in TABLE.values()} == {len(LICENCES)}


def test_lo_goes_into_odbl_and_not_back() -> None:
    assert compare(LO, ODBL).allowed
    refused = compare(ODBL, LO)
    assert not refused.allowed
    assert "Publiez l’ensemble sous «\u00a0ODbL 1.0\u00a0»" in refused.remedy


def test_cc_by_goes_into_odbl_with_its_author_and_without_lock() -> None:
    verdict = compare(BY, ODBL)
    assert verdict.allowed
    assert "Nommer l’auteur" in verdict.reason
    assert "verrou technique" in verdict.reason


@pytest.mark.parametrize("contents", LICENCES)
@pytest.mark.parametrize("into", LICENCES)
def test_every_refusal_names_both_and_says_what_to_do(contents: str, into: str) -> None:
    verdict = compare(contents, into)
    if verdict.allowed:
        assert not verdict.remedy
        return
    for code in (contents, into):
        assert f"«\u00a0{LICENCES[code].title}\u00a0»" in verdict.reason
    assert re.match("(Publiez|Gardez)", verdict.remedy)
    assert "%(" not in str(verdict)


def test_a_way_allowed_in_two_steps_is_allowed_in_one() -> None:
    for one, two, three in permutations(LICENCES, 3):
        if compare(one, two).allowed and compare(two, three).allowed:
            assert compare(one, three).allowed, (one, two, three)


def test_cc_by_sa_and_odbl_do_not_merge() -> None:
    with pytest.raises(IncompatibleLicences) as refusal:
        combined_licence({SA, ODBL, LO, CC0})
    message = str(refusal.value)
    assert "«\u00a0CC BY-SA 4.0\u00a0»" in message
    assert "«\u00a0ODbL 1.0\u00a0»" in message
    assert "Publiez-les à part" in message
    assert "demandez au titulaire" in message
    assert "hors publication" in message


@pytest.mark.parametrize("others", [set(), {LO}, {CC0}, {ODBL, SA}])
def test_what_is_not_for_publication_goes_into_nothing_public(others: set[str]) -> None:
    with pytest.raises(IncompatibleLicences, match="Hors publication"):
        combined_licence({NOT_FOR_PUBLICATION, *others})


@pytest.mark.parametrize("function", [combined_licence, lambda codes: may_merge(LO, codes)])
def test_an_unknown_licence_is_refused(function) -> None:
    with pytest.raises(IncompatibleLicences, match="maison"):
        function({"maison", LO})
    with pytest.raises(IncompatibleLicences, match="maison"):
        compare(LO, "maison")


@pytest.mark.parametrize("code", PUBLIC)
def test_every_public_licence_can_be_published_alone(code: str) -> None:
    assert combined_licence({code}) in LICENCES


def test_all_256_sets_against_brute_force() -> None:
    """Alone, in pairs, in threes…: which of our licences take everything, and none of them more than need be."""
    refused = 0
    for size in range(len(LICENCES) + 1):
        for codes in combinations(LICENCES, size):
            takes = [y for y in PUBLISHED_UNDER if all(y in MAY_GO_INTO[code] for code in codes)]
            if not takes:
                refused += 1
                with pytest.raises(IncompatibleLicences):
                    combined_licence(codes)
                continue
            chosen = combined_licence(codes)
            assert chosen in takes
            # The least demanding: whatever else would do could have been reached from it.
            assert all(other in MAY_GO_INTO[chosen] for other in takes)
    assert (
        refused == 128 + 32
    )  # all sets with what is not public; of the others, those with ODbL and CC BY-SA


def _combined(codes) -> str | None:
    try:
        return combined_licence(codes)
    except IncompatibleLicences:
        return None


def _joined(one: str | None, other: str | None) -> str | None:
    """Two tables into one: refused as soon as one of them is."""
    return None if one is None or other is None else _combined({one, other})


@given(st.lists(st.sampled_from(list(LICENCES))), st.randoms())
def test_order_and_repetition_do_not_matter(codes: list[str], random) -> None:
    shuffled = [*codes, *codes[:2]]
    random.shuffle(shuffled)
    assert _combined(codes) == _combined(shuffled)


@given(sets_of_codes, sets_of_codes, sets_of_codes)
def test_merging_is_associative(one: set[str], two: set[str], three: set[str]) -> None:
    a, b, c = _combined(one), _combined(two), _combined(three)
    assert _joined(_joined(a, b), c) == _joined(a, _joined(b, c)) == _combined(one | two | three)
    assert _joined(a, b) == _joined(b, a)


@given(sets_of_codes, st.sampled_from(list(LICENCES)))
def test_adding_a_licence_never_makes_the_whole_more_permissive(codes: set[str], more: str) -> None:
    before, after = _combined(codes), _combined(codes | {more})
    if before is None:
        assert after is None
    elif after is not None:
        assert compare(before, after).allowed


@given(sets_of_codes, st.sampled_from(list(LICENCES)))
def test_may_merge_is_every_pair(codes: set[str], into: str) -> None:
    verdict = may_merge(into, codes)
    assert verdict.allowed == all(into in MAY_GO_INTO[code] | {NOT_FOR_PUBLICATION} for code in codes)
    if verdict.allowed:
        assert all(compare(code, into).reason in verdict.reason for code in codes)


@given(sets_of_codes)
def test_the_message_does_not_depend_on_the_order(codes: set[str]) -> None:
    messages = set()
    for order in (sorted(codes), sorted(codes, reverse=True)):
        try:
            combined_licence(order)
        except IncompatibleLicences as refusal:
            messages.add(str(refusal))
    assert len(messages) <= 1
