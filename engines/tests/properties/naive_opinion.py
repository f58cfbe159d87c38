"""The same definitions of opinion written as slowly and plainly as possible: dictionaries, sets and loops."""

from math import exp, lgamma, log, prod, sqrt

Said = dict[tuple[str, str], int]


def last_votes(rows: list[tuple[str, str, int]]) -> Said:
    return {(person, statement): vote for person, statement, vote in rows}


def cast(said: Said, people: set[str], statement: str) -> list[int]:
    return [vote for (person, about), vote in said.items() if person in people and about == statement]


def bound(votes: int, n: int, z: float = 1.2816) -> float:
    if n < 5:
        return 0.0
    p = votes / n
    return (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def unites(said: Said, circles: list[set[str]], statement: str) -> tuple[int | None, float]:
    """(+1, −1 or None, the lower bound of the circle that takes it least)."""
    least = {
        side: min(
            bound((votes := cast(said, circle, statement)).count(side), len(votes)) for circle in circles
        )
        for side in (1, -1)
    }
    side = 1 if least[1] >= least[-1] else -1
    return (side if least[side] > 0.5 else None), least[side]


def score(a: int, n: int, b: int, m: int) -> float:
    a, n, b, m = a + 1, n + 1, b + 1, m + 1
    pooled = (a + b) / (n + m)
    return 0.0 if pooled == 1 else (a / n - b / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))


def tells(
    said: Said, circle: set[str], others: set[str], statement: str, side: int
) -> tuple[float, float, float, bool]:
    here, there = cast(said, circle, statement), cast(said, others, statement)
    a, n, b, m = here.count(side), len(here), there.count(side), len(there)
    z = score(a, n, b, m)
    return (a + 1) / (n + 2), (b + 1) / (m + 2), z, bound(a, n) > 0.5 and z > 2.3263


def consensus(said: Said, circles: list[set[str]], statement: str) -> float:
    return prod(
        (cast(said, circle, statement).count(1) + 1) / (len(cast(said, circle, statement)) + 2)
        for circle in circles
    )


def members(said: Said, before: dict[str, list[float]], statements: set[str]) -> dict[str, list[float]]:
    """One turn: chances of each group from memberships, memberships from chances."""
    groups = len(next(iter(before.values())))
    share, chance = {}, {}
    for j in statements:
        votes = [vote for (_, about), vote in said.items() if about == j and vote]
        share[j] = (votes.count(1) + 1) / (len(votes) + 2)
        for g in range(groups):
            a = sum(before[who][g] for (who, about), vote in said.items() if about == j and vote == 1)
            d = sum(before[who][g] for (who, about), vote in said.items() if about == j and vote == -1)
            chance[g, j] = (a + 2 * share[j]) / (a + d + 2)
    after = {}
    for who in before:
        likely = []
        for g in range(groups):
            weight = (sum(row[g] for row in before.values()) + 1) / (len(before) + groups)
            own = [(j, vote) for (person, j), vote in said.items() if person == who and vote]
            likely.append(weight * prod(chance[g, j] if vote == 1 else 1 - chance[g, j] for j, vote in own))
        after[who] = [one / sum(likely) for one in likely]
    return after


def evidence(said: Said, belongs: dict[str, list[float]], statements: set[str]) -> float:
    def log_beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    groups = len(next(iter(belongs.values())))
    weights = [sum(row[g] for row in belongs.values()) for g in range(groups)]
    total = lgamma(groups) - lgamma(groups + sum(weights)) + sum(lgamma(1 + weight) for weight in weights)
    total -= sum(one * log(one) for row in belongs.values() for one in row if one > exp(-600))
    for j in statements:
        votes = [vote for (_, about), vote in said.items() if about == j and vote]
        share = (votes.count(1) + 1) / (len(votes) + 2)
        for g in range(groups):
            a = sum(belongs[who][g] for (who, about), vote in said.items() if about == j and vote == 1)
            d = sum(belongs[who][g] for (who, about), vote in said.items() if about == j and vote == -1)
            total += log_beta(a + 2 * share, d + 2 * (1 - share)) - log_beta(2 * share, 2 * (1 - share))
    return total
