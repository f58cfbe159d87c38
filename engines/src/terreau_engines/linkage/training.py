"""Learning the weights of the levels from labelled pairs: a logistic regression, in bits.

The levels of one name overlap (rare shared words are also a large share of the words), so weights learnt together
are fairer than one ratio of frequencies per comparison, which would count the same evidence several times.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from terreau_engines.linkage.model import Comparison

_ROUNDS = 40


def learn(
    table: pl.DataFrame, comparisons: Sequence[Comparison], same: np.ndarray, *, ridge: float = 1.0
) -> tuple[dict[str, dict[str, float]], float]:
    """Weights by comparison and level, and the prior, in bits.

    ``table``: the level of each pair in each of ``comparisons``, one column a comparison. ``same``: the truth.
    The level that most pairs have, or the silent one, weighs 0 in each comparison: the others say how much more or
    less likely a pair is.
    ``ridge``: how much a level is pulled to 0 bit; a level that few pairs have stays near 0.
    """
    names = [comparison.name for comparison in comparisons]
    alike = (
        table.select(names).with_columns(same=pl.Series(same)).group_by(names)
    )  # pairs with the same levels
    counted = alike.agg(pl.len().alias("pairs"), pl.col("same").sum()).sort(names)
    columns = [np.ones(counted.height)]
    for comparison in comparisons:
        level = counted[comparison.name].to_numpy()
        columns += [(level == at).astype(float) for at in range(len(comparison.levels))]
    design = np.stack(columns, axis=1)
    number, truth = (counted[name].to_numpy().astype(float) for name in ("pairs", "same"))
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 1e-6
    found = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (truth - number * chance) - penalty * found
        curve = (design * (number * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        loss = _loss(design, number, truth, penalty, found)
        while size > 1e-4 and _loss(design, number, truth, penalty, found + size * step) > loss:
            size /= 2
        found = found + size * step
        if float(np.abs(size * step).max()) < 1e-4:
            break
    bits = found / np.log(2)
    prior, at, weights = float(bits[0]), 1, {}
    for comparison in comparisons:
        own = bits[at : at + len(comparison.levels)]
        said = [words for words, _ in comparison.levels]
        zero = (
            said.index(comparison.silent)
            if comparison.silent
            else _most(number, design[:, at : at + len(own)])
        )
        usual = float(own[zero])
        weights[comparison.name] = {
            words: round(float(weight) - usual, 3) for weight, words in zip(own, said, strict=True)
        }
        prior += usual
        at += len(own)
    return weights, round(prior, 3)


def _most(number: np.ndarray, levels: np.ndarray) -> int:
    return int((number @ levels).argmax())


def _loss(
    design: np.ndarray, number: np.ndarray, truth: np.ndarray, penalty: np.ndarray, weights: np.ndarray
) -> float:
    odds = design @ weights
    return float((number * np.logaddexp(0, odds) - truth * odds).sum() + (penalty * weights**2).sum() / 2)
