"""An order of people and statements that depends on who voted what, not on names nor on the order of rows.

Each person gets a number made from her votes and from the numbers of the statements, each statement one made from
its votes and from the numbers of the people, three times over. Sums of whole numbers do not depend on their order.
Whoever has the same number after that is interchangeable, but for rare symmetries: there names decide.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

import numpy as np
import scipy

_ROUNDS = 3
_STEPS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def order_by_votes(answers: scipy.sparse.csr_array) -> tuple[scipy.sparse.csr_array, np.ndarray, np.ndarray]:
    """The table in that order, and the rows and columns where each of its rows and columns was before."""
    rows, columns = (np.argsort(numbers, kind="stable") for numbers in _numbers(answers))
    place = np.empty(len(columns), np.int32)
    place[columns] = np.arange(len(columns), dtype=np.int32)
    moved = answers[rows]
    moved = scipy.sparse.csr_array((moved.data, place[moved.indices], moved.indptr), shape=moved.shape)
    return moved.tocsc().tocsr(), rows, columns  # there and back sorts each row, in linear time


def _numbers(answers: scipy.sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    people, size = answers.shape
    of_person = np.repeat(np.arange(people, dtype=np.int32) * 3, np.diff(answers.indptr))
    of_person += answers.data - np.int8(1)
    of_statement = answers.indices * 3
    of_statement += answers.data - np.int8(1)
    person = np.zeros(people, np.uint64)
    statement = np.zeros(size, np.uint64)
    for _ in range(_ROUNDS):
        statement = np.zeros(size, np.uint64)
        np.add.at(statement, answers.indices, _by_answer(person).take(of_person))
        person = np.add.reduceat(_by_answer(statement).take(of_statement), answers.indptr[:-1])
    return person, statement


def _by_answer(numbers: np.ndarray) -> np.ndarray:
    """For each number and each of the three answers, another number that looks drawn at random."""
    mixed = numbers[:, None] + np.arange(1, 4, dtype=np.uint64) * _STEPS[0]
    for shift, step in ((30, _STEPS[1]), (27, _STEPS[2])):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * step
    return (mixed ^ (mixed >> np.uint64(31))).ravel()
