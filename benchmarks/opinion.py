"""Groups of opinion: planted groups found, hidden votes predicted, CPU seconds beside red-dwarf.

``--full`` adds 100 draws of each planted case, the slow peer on 100,000 people, and 1,000,000 people.
"""

import json
import resource
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from benchmarks import context
from benchmarks.measure import cpu_seconds, print_table, verdict
from benchmarks.opinion_data import CASES, STORED, likeness, many, planted, real
from terreau_engines.opinion import find_groups, map_opinions

PEER_GOAL, LARGE_GOAL, RAND_GOAL = 20.0, 100.0, 0.93
MOST_SECONDS, MOST_GIGABYTES = 60, 4  # of a million people, 30 votes each
NUMBER_GOALS = (75, 90, 75, 75, 95)  # draws of 100 with the right number of groups
COMPARED = ("its outputs", "groups only")  # with the peer, which measures no stability
SMOOTHING = 5.0  # votes of everybody added to those of a group when a hidden vote is predicted
SIZES = (30_000, 100_000, 300_000)


def run() -> None:
    _planted()
    conversations = dict(real())
    if conversations:
        _hidden(conversations)
        _stored_groups()
        _speed_on_the_largest(conversations)
    else:
        print("\nopinion: the real conversations are not on this machine; planted ones only")
    _growth()


def _groups(votes: pl.DataFrame, method: str) -> np.ndarray:
    return find_groups(votes, method=method).value["group"].fill_null(-1).to_numpy()


def _planted() -> None:
    draws = 100 if context.full else 20
    rows = []
    for case, goal in zip(CASES, NUMBER_GOALS, strict=True):
        found: dict[str, list[tuple[float, int]]] = {"terreau": [], "polis": []}
        best = []
        for seed in range(draws):
            talk = planted(case, seed)
            best.append(likeness(talk.best, talk.group))
            for method, results in found.items():
                if method == "polis" and seed >= 5:
                    continue
                group = _groups(talk.votes, method)
                results.append((likeness(group, talk.group), int(group.max()) + 1))
        ours = [rand for rand, _ in found["terreau"]][:20]
        share = float(np.mean(ours)) / float(np.mean(best[:20]))
        right = sum(number == case.groups for _, number in found["terreau"])
        theirs = found["polis"]
        reached = right >= goal * draws / 100 and (case.groups == 1 or share >= RAND_GOAL)
        rows.append(
            [
                f"{case.people} × {case.statements} × {case.votes_each}, {case.groups} groups, skew {case.skew:g}",
                float(np.mean(ours)),
                share,
                f"{right}/{draws}",
                float(np.mean([rand for rand, _ in theirs])) / float(np.mean(best[: len(theirs)])),
                f"{sum(number == case.groups for _, number in theirs)}/{len(theirs)}",
                "reached" if reached else "missed",
            ]
        )
    print_table(
        "Planted groups: mean adjusted Rand index of 20 draws, and how often their number is right",
        ["case", "Rand", "÷ oracle", "number", "polis ÷ oracle", "polis number", "goal"],
        rows,
    )


def _loss(
    known: pl.DataFrame,
    hidden: pl.DataFrame,
    group: dict[int, int | None],
    sure: dict[int, float] | None = None,
) -> np.ndarray:
    """−ln of the probability that the groups give to each hidden vote; who has no group counts as everybody.

    ``sure``: how much a person counts as of her group, the rest as of everybody.
    """
    size = int(max(known["statement"].max(), hidden["statement"].max())) + 1  # type: ignore[type-var, arg-type, operator]
    answers = np.bincount(known["vote"].to_numpy() + 1, minlength=3) / len(known)
    everybody = np.zeros((size, 3))
    np.add.at(everybody, (known["statement"].to_numpy(), known["vote"].to_numpy() + 1), 1)
    share = (everybody + 2 * answers) / (everybody.sum(1, keepdims=True) + 2)
    groups = max((number for number in group.values() if number is not None), default=0) + 1
    counts = np.zeros((groups + 1, size, 3))
    of_known, of_hidden = (
        np.array([groups if group.get(who) is None else group[who] for who in table["participant"]], int)
        for table in (known, hidden)
    )
    np.add.at(counts, (of_known, known["statement"].to_numpy(), known["vote"].to_numpy() + 1), 1)
    counts[groups] = 0
    chance = (counts + SMOOTHING * share) / (counts.sum(2, keepdims=True) + SMOOTHING)
    answer = (hidden["statement"].to_numpy(), hidden["vote"].to_numpy() + 1)
    weight = np.array([1.0 if sure is None else sure.get(who) or 0.0 for who in hidden["participant"]])
    return -np.log(weight * chance[of_hidden, *answer] + (1 - weight) * share[answer])


def _hidden(conversations: dict[str, pl.DataFrame]) -> None:
    """Each vote is hidden once, a tenth at a time."""
    rows: list[list[Any]] = []
    gains: dict[str, list[np.ndarray]] = {"its groups": [], "its groups, as sure as it says": []}
    for name, votes in conversations.items():
        none, theirs, ours, surely = _losses(votes)
        for label, loss in zip(gains, (ours, surely), strict=True):
            gains[label].append(theirs - loss)
        stable = map_opinions(votes)
        likenesses = ", ".join(f"{one:.2f}" for one in stable.groups["stability"])
        means = [float(loss.mean()) for loss in (none, theirs, ours, surely)]
        rows.append([name, len(votes), *means, stable.k, likenesses])
    print_table(
        "Real conversations: log loss of votes hidden a tenth at a time (less is better), groups of all votes",
        ["", "votes", "no groups", "polis", "terreau", "as sure as it says", "groups", "stability of each"],
        rows,
    )
    for label, parts in gains.items():
        gain = np.concatenate(parts)
        error = 1.96 * gain.std() / np.sqrt(len(gain))
        said = "reaches" if gain.mean() - error > 0 else "misses"
        print(
            f"{label}: pooled gain on polis {gain.mean():.4f} ± {error:.4f} a vote (95 %), {said} the goal of over 0"
        )


def _losses(votes: pl.DataFrame) -> tuple[np.ndarray, ...]:
    """Without groups, by polis, by terreau, by terreau as sure as it says."""
    part = np.random.default_rng(5).permutation(len(votes)) % 10
    tenths = []
    for tenth in range(10):
        known, hidden = votes.filter(part != tenth), votes.filter(part == tenth)
        theirs, ours = (find_groups(known, method=method).value for method in ("polis", "terreau"))
        group, sure = (dict(ours.select("participant", name).iter_rows()) for name in ("group", "sure"))
        tenths.append(
            (
                _loss(known, hidden, {}),
                _loss(known, hidden, dict(theirs.select("participant", "group").iter_rows())),
                _loss(known, hidden, group),
                _loss(known, hidden, group, sure),
            )
        )
    return tuple(np.concatenate(losses) for losses in zip(*tenths, strict=True))


def _stored_groups() -> None:
    """Likeness of our polis groups to those that servers stored."""
    rows: list[list[Any]] = []
    for name in ("biodiversity", "vw"):
        (stored_at,), (votes_at,) = (
            list((STORED / name).glob(end)) for end in ("*math_blob.json", "*votes.csv")
        )
        stored = json.loads(stored_at.read_text())
        log = pl.read_csv(votes_at).sort("timestamp", maintain_order=True)
        votes = log.select(participant="voter-id", statement="comment-id", vote="vote")
        votes = votes.filter(pl.col("statement").is_in(sorted(set(stored["tids"]) - set(stored["mod-out"]))))
        base = dict(zip(stored["base-clusters"]["id"], stored["base-clusters"]["members"], strict=True))
        theirs = {who: g["id"] for g in stored["group-clusters"] for one in g["members"] for who in base[one]}
        for method in ("polis", "terreau"):
            value = find_groups(votes, method=method).value.filter(pl.col("group").is_not_null())
            both = [
                (group, theirs[who])
                for who, group in value.select("participant", "group").iter_rows()
                if who in theirs
            ]
            ours, stored_groups = np.array(both).T
            numbers = f"{value['group'].n_unique()} and {len(stored['group-clusters'])}"
            rows.append([f"{name}, {method}", len(both), likeness(ours, stored_groups), numbers])
    print_table("Groups against those that servers stored", ["", "people", "adjusted Rand", "groups"], rows)


def _by_red_dwarf(votes: pl.DataFrame) -> Any:
    from reddwarf.implementations.polis import run_pipeline

    names = {"participant": "participant_id", "statement": "statement_id"}
    rows = votes.rename(names).with_columns(modified=pl.lit(0)).to_dicts()
    return lambda: run_pipeline(votes=rows, random_state=1)


def _speed_on_the_largest(conversations: dict[str, pl.DataFrame]) -> None:
    name, votes = max(conversations.items(), key=lambda item: len(item[1]))
    from threadpoolctl import threadpool_limits  # comes with the peer

    contenders = {
        "red-dwarf: groups, consensus, what represents them": _by_red_dwarf(votes),
        "its outputs: map_opinions, no stability": lambda: map_opinions(votes, resamples=0),
        "groups only: find_groups": lambda: find_groups(votes),
        "more: map_opinions, stability by 20 draws": lambda: map_opinions(votes),
        "its method: map_opinions, method polis": lambda: map_opinions(votes, method="polis"),
    }
    for threads in (None, 1):
        rows: list[list[Any]] = []
        with threadpool_limits(threads):
            spent = [cpu_seconds(work, repeat=10)[0] for work in contenders.values()]
        for label, seconds in zip(contenders, spent, strict=True):
            ratio = spent[0] / seconds
            judged = label.startswith(COMPARED)
            rows.append([label, seconds, verdict(ratio, PEER_GOAL) if judged else f"{ratio:.1f} ×"])
        setting = "one thread of the linear algebra" if threads else "default threads"
        print_table(f"Speed: {name}, {len(votes):,} votes, {setting}", ["", "CPU s", "red-dwarf ÷"], rows)


def _growth() -> None:
    rows = []
    largest = 1_000_000 if context.full else SIZES[-1]
    for people in (*SIZES, largest) if context.full else SIZES:
        votes, group = many(people)
        began = perf_counter()
        spent, found = cpu_seconds(lambda: find_groups(votes))  # noqa: B023
        waited = perf_counter() - began
        rand = likeness(found.value["group"].to_numpy(), group)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        of_a_vote = spent / len(votes) * 1e6
        size = f"{people:,} × 1,000 × 30"
        rows.append([size, spent, waited, of_a_vote, found.figure("groups"), rand, memory])
    print_table(
        "Cost: people × statements × votes each; memory is the most that was held so far, votes being made included",
        ["", "CPU s", "wall s", "CPU µs a vote", "groups", "Rand", "GB"],
        rows,
    )
    if context.full:
        _, spent, waited, *_, memory = rows[-1]
        reached = waited < MOST_SECONDS and memory < MOST_GIGABYTES
        print(
            f"{largest:,} people: {waited:.1f} s and {memory:.1f} GB, "
            f"{'reaches' if reached else 'misses'} the goal of {MOST_SECONDS} s and {MOST_GIGABYTES} GB"
        )
        _large_peer(100_000)


def _large_peer(people: int) -> None:
    """Last, for it takes more memory than all the rest."""
    votes, _group = many(people)
    spent, _ = cpu_seconds(lambda: find_groups(votes))
    peer, _ = cpu_seconds(_by_red_dwarf(votes))
    print(f"\nred-dwarf on {people:,} people: {peer:,.0f} CPU s, {verdict(peer / spent, LARGE_GOAL)}")
