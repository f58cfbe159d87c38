"""From votes to a plain result: what unites groups and colleges, what does not, and who is never pointed at."""

import json
import random

import pytest

from terreau.commons.enums import College
from terreau.deliberate.bridge import compute_opinion, opinion_of, read_opinion, told, told_channels
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Vote
from terreau.deliberate.queries.results import Voter, cast_votes
from tests.factories.deliberate import make_participant, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps

pytestmark = pytest.mark.django_db
CAMPS = two_camps()


def as_votes(people: list[str]) -> list[tuple[str, str, int]]:
    signs = {"+": 1, "0": 0, "-": -1}
    return [
        (f"p{person}", str(number), signs[sign])
        for person, row in enumerate(people)
        for number, sign in enumerate(row, 1)
        if sign != "."
    ]


def united(result) -> dict[str, str]:
    return {row["statement"]: row["side"] for row in result["unites"]}


def test_ninety_and_twenty_is_no_consensus_and_sixty_two_in_all_is() -> None:
    process = make_process()
    make_opinions(process, CAMPS)
    result = read_opinion(process)
    assert result["k"] == 2
    assert [group["label"] for group in result["groups"]] == ["A", "B"]
    counts = result["counts"]
    shares = {
        number: [round(cells[0] / sum(cells), 2) for cells in counts[number]["groups"].values()]
        for number in ("9", "10")
    }
    assert sorted(shares["9"]) == [0.2, 0.9]
    assert all(0.6 <= share <= 0.64 for share in shares["10"])
    assert united(result) == {"10": "agree"}
    assert "9" in {row["statement"] for row in result["divides"]}


def test_a_college_that_is_against_undoes_a_consensus() -> None:
    """Everybody of two colleges agrees, most of a third do not: groups alone would not see it."""
    votes = as_votes(["+"] * 60 + ["-"] * 12)
    colleges = {f"p{at}": College.CITIZENS if at < 60 else College.ELECTED for at in range(72)}
    assert united(compute_opinion(votes, {})) == {"1": "agree"}
    result = compute_opinion(votes, colleges)
    assert united(result) == {}
    assert result["counts"]["1"]["colleges"] == {"citizens": [60, 0, 0], "elected": [0, 0, 12]}
    same = compute_opinion(as_votes(["+"] * 72), colleges)
    assert united(same) == {"1": "agree"}
    assert same["unites"][0]["weakest"] == ["college", "elected"]


def test_the_order_of_rows_changes_nothing() -> None:
    votes = as_votes([row.replace("-", "0", at % 3) for at, row in enumerate(CAMPS)])
    colleges = {f"p{at}": (College.CITIZENS, College.FIRMS)[at % 2] for at in range(100)}
    first = json.dumps(compute_opinion(votes, colleges))
    for seed in range(3):
        moved, people = votes[:], list(colleges.items())
        random.Random(seed).shuffle(moved)
        random.Random(seed).shuffle(people)
        assert json.dumps(compute_opinion(moved, dict(people))) == first


def test_the_result_is_the_same_by_json_as_it_is_kept() -> None:
    result = compute_opinion(as_votes(CAMPS), {})
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_counts_add_up() -> None:
    result = compute_opinion(as_votes(CAMPS), {f"p{at}": "firms" for at in range(40)})
    assert sum(sum(one["all"]) for one in result["counts"].values()) == result["votes"] == 1000
    for one in result["counts"].values():
        assert [sum(cells) for cells in zip(*one["groups"].values(), strict=True)] == one["all"]
    assert sum(group["people"] for group in result["groups"]) + result["without_opinion"] == result["people"]
    assert sum(number for _, number in result["colleges"]) + result["without_college"] == result["people"]


@pytest.mark.parametrize(
    ("people", "voters", "votes"), [([], 0, 0), (["+"], 1, 1), (["+-0"] * 3, 3, 9), (["0000"] * 12, 12, 48)]
)
def test_nobody_one_three_or_people_who_all_pass(people: list[str], voters: int, votes: int) -> None:
    process = make_process()
    make_opinions(process, people)
    result = read_opinion(process)
    assert (result["people"], result["votes"], result["k"]) == (voters, votes, 1)
    assert result["groups"] == result["unites"] == result["divides"] == []


def test_votes_on_what_is_not_public_do_not_count() -> None:
    process = make_process()
    statements, _ = make_opinions(process, ["+-"] * 6)
    statements[1].moderation, statements[1].motive = Moderation.REFUSED, "Hors sujet."
    statements[1].save()
    assert {number for _, number, _ in cast_votes(process)} == {"1"}
    assert list(read_opinion(process)["counts"]) == ["1"]


def test_another_process_is_not_mixed_in() -> None:
    make_opinions(make_process(), ["++"] * 6)
    process = make_process()
    make_opinions(process, ["+"] * 2)
    assert read_opinion(process)["people"] == 2


def test_what_is_computed_on_the_fly_follows_the_votes() -> None:
    process = make_process()
    _statements, people = make_opinions(process, ["+"] * 8)
    assert opinion_of(process, None)["counts"]["1"]["all"] == [8, 0, 0]
    Vote.objects.filter(participant=people[0]).update(value=-1)
    assert opinion_of(process, None)["counts"]["1"]["all"] == [7, 0, 1]


def test_too_many_votes_are_left_to_the_command(monkeypatch) -> None:
    from terreau.deliberate import bridge

    process = make_process()
    make_opinions(process, ["+"] * 3)
    monkeypatch.setattr(bridge, "MOST_VOTES_ON_THE_FLY", 2)
    assert opinion_of(process, None) is None


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ({"elected": 1, "citizens": 20}, set()),
        ({"elected": 1, "citizens": 20, "firms": 6}, {"citizens"}),
        ({"elected": 2, "officers": 3, "citizens": 20}, {"citizens"}),
        ({"elected": 5, "citizens": 20}, {"elected", "citizens"}),
        ({"": 2, "citizens": 20}, {"citizens"}),
        ({"": 2, "elected": 1, "citizens": 20, "firms": 9}, {"citizens"}),
        ({}, set()),
    ],
)
def test_who_is_alone_in_a_college_is_not_found_by_subtraction(sizes, kept) -> None:
    labels = [label for label, number in sizes.items() for _ in range(number)]
    found = told(labels)
    assert set(found) - {""} == kept
    assert len(found) == len(labels)


def test_a_channel_is_told_inside_a_told_college_only() -> None:
    people = [Voter(f"p{at}", "citizens", "web") for at in range(8)]
    people += [Voter("q", "citizens", "phone"), *(Voter(f"r{at}", "firms", "paper") for at in range(9))]
    channels = told_channels(people)
    assert channels["q"] == channels["p0"] == ""
    assert channels["r0"] == "paper"


def test_groups_are_named_by_size_and_words_are_not_kept() -> None:
    process = make_process()
    statement = make_statement(process, words="Des mots que le résultat ne garde pas")
    make_opinions(process, two_camps(20)[:32])
    Vote.objects.create(participant=make_participant(process), statement=statement, value=1)
    result = read_opinion(process)
    assert [group["label"] for group in result["groups"]] == ["A", "B"]
    assert result["groups"][0]["people"] >= result["groups"][1]["people"]
    assert "Des mots" not in json.dumps(result, ensure_ascii=False)
