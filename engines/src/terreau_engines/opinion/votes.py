"""Votes on statements, read once: who said what of which statement, in an order that names cannot change.

People and statements are put in an order that depends on the votes alone (``order``), so that the same votes give
the same figures to the last bit whatever the order of the rows and whatever people and statements are called.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import scipy

from terreau_engines.frames import FrameError
from terreau_engines.opinion.order import order_by_votes

AGREE, PASS, DISAGREE = 1, 0, -1
_COLUMNS = ("participant", "statement", "vote")
_SHIFT = 2  # votes are kept as 1, 2, 3: a sparse matrix would lose a 0


@dataclass(frozen=True)
class Votes:
    """``answers``: one row a person, one column a statement; 1 disagrees, 2 passes, 3 agrees, absent: not asked.

    ``digest``: SHA-256 of who voted what on what, whatever the order of the rows.
    """

    participants: pl.Series
    statements: pl.Series
    answers: scipy.sparse.csr_array
    read: int
    repeated: int
    digest: str

    @property
    def people(self) -> int:
        return int(self.answers.shape[0])

    @cached_property
    def person(self) -> np.ndarray:
        """Of each vote, the row of its person."""
        return np.repeat(np.arange(self.people, dtype=np.int32), np.diff(self.answers.indptr))

    @cached_property
    def ranks(self) -> np.ndarray:
        """Of each statement, its place in the order of names."""
        return np.argsort(self.statements.arg_sort().to_numpy())

    def opinions(self) -> scipy.sparse.csr_array:
        """+1 agrees, −1 disagrees; passes are left out."""
        kept = _kept(self.answers, self.answers.data != PASS + _SHIFT)
        data = (kept.data - _SHIFT).astype(np.float64)
        return scipy.sparse.csr_array((data, kept.indices, kept.indptr), shape=kept.shape)

    def counts(self, circle: np.ndarray, circles: int) -> np.ndarray:
        """Votes by circle, statement and answer (disagree, pass, agree); people of circle −1 are left out."""
        size = self.answers.shape[1]
        cell = (circle.astype(np.int64).take(self.person) * size + self.answers.indices) * 3
        cell += self.answers.data - 1
        if (circle < 0).any():
            cell = cell[cell >= 0]
        return np.bincount(cell, minlength=circles * size * 3).reshape(circles, size, 3)


def read_votes(table: pl.DataFrame, *, agree: int = AGREE) -> Votes:
    """``table``: participant, statement, vote (−1, 0, +1). ``agree``: the sign that means « agrees ».

    Identifiers are text or whole numbers. When a pair is repeated its last row counts.
    """
    if agree not in (AGREE, DISAGREE):
        raise FrameError(f"votes: the sign of agreeing is 1 or -1, not {agree}")
    _check(table)
    person, participants = _codes(table["participant"])
    statement, statements = _codes(table["statement"])
    answer = (table["vote"].cast(pl.Int8).to_numpy() * np.int8(agree) + np.int8(_SHIFT)).astype(np.int8)
    shape = (len(participants), len(statements))
    answers = _last_of_pairs(answer, person, statement, shape)
    digest = _digest(participants, statements, answers)
    answers, rows, columns = order_by_votes(answers)
    return Votes(
        participants=participants.gather(rows),
        statements=statements.gather(columns),
        answers=answers,
        read=len(table),
        repeated=len(table) - answers.nnz,
        digest=digest,
    )


def _last_of_pairs(
    answer: np.ndarray, person: np.ndarray, statement: np.ndarray, shape: tuple[int, int]
) -> scipy.sparse.csr_array:
    """The table of answers; of a repeated pair, the last."""
    pairs = scipy.sparse.coo_array((answer, (person, statement)), shape=shape)
    pairs.has_canonical_format = (
        True  # so that repeated pairs are not summed: they stay side by side, in order
    )
    table = pairs.tocsc().tocsr()
    last = np.append(table.indices[1:] != table.indices[:-1], True)
    last[table.indptr[1:] - 1] = True
    return _kept(table, last)


def _kept(table: scipy.sparse.csr_array, flags: np.ndarray) -> scipy.sparse.csr_array:
    """The entries that are flagged."""
    if flags.all():
        return table
    ends = np.concatenate([[0], np.cumsum(flags)])
    starts = ends[table.indptr].astype(np.int32)
    return scipy.sparse.csr_array((table.data[flags], table.indices[flags], starts), shape=table.shape)


def _digest(participants: pl.Series, statements: pl.Series, answers: scipy.sparse.csr_array) -> str:
    """Of names in their order, and of a table in that order."""
    digest = hashlib.sha256()
    for names in (participants, statements):
        digest.update("\n".join(map(str, names.to_list())).encode() + b"\n\n")
    for array, kind in ((answers.indptr, "<i8"), (answers.indices, "<i4"), (answers.data, "i1")):
        digest.update(np.ascontiguousarray(array, dtype=kind).data)
    return digest.hexdigest()


def _check(table: pl.DataFrame) -> None:
    absent = [name for name in _COLUMNS if name not in table.columns]
    if absent:
        raise FrameError(f"votes: missing column {', '.join(absent)}; found {', '.join(table.columns)}")
    if table.is_empty():
        raise FrameError("votes: no vote, so no participant")
    for name in _COLUMNS[:2]:
        found = table.schema[name]
        if not (found == pl.String or found.is_integer()):
            raise FrameError(f"votes.{name}: expected text or whole numbers, found {found}")
    if not table.schema["vote"].is_integer():
        raise FrameError(f"votes.vote: expected whole numbers -1, 0 or 1, found {table.schema['vote']}")
    for name in _COLUMNS:
        if table[name].null_count():
            raise FrameError(f"votes.{name}: empty in row {_first(table[name].is_null())}")
    if not -1 <= int(table["vote"].min()) <= int(table["vote"].max()) <= 1:  # type: ignore[arg-type]
        row = _first(~table["vote"].is_between(-1, 1))
        raise FrameError(f"votes.vote: {table['vote'][row - 1]} in row {row} is not -1, 0 or 1")


def _first(flags: pl.Series) -> int:
    return int(flags.arg_true()[0]) + 1


def _codes(names: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Each name as its rank among the different names, and these in order."""
    if names.dtype == pl.String:
        different = names.unique().sort()
        return names.cast(pl.Enum(different)).to_physical().to_numpy().astype(np.int32), different
    values = names.cast(pl.Int64).to_numpy()
    least, span = int(values.min()), int(values.max()) - int(values.min())
    if span > 8 * len(values) + 1000:
        found, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int32), pl.Series(names.name, found)
    values = values - least
    present = np.zeros(span + 1, bool)
    present[values] = True
    rank = np.cumsum(present, dtype=np.int32) - 1
    return rank[values], pl.Series(names.name, np.flatnonzero(present) + least)
