"""Why something of a log cannot be verified: what, where, with which facts. Sentences are the reader's affair."""

from enum import StrEnum


class Problem(StrEnum):
    """Each has a sentence, in both languages, in ``portal/cli/log_words.py``."""

    MISSING = "missing"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    NO_KNOWN_KEY = "no-known-key"
    BAD_SIGNATURE = "bad-signature"
    BAD_KEY = "bad-key"
    OTHER_ORIGIN = "other-origin"
    NOT_AN_ENTRY = "not-an-entry"
    WRONG_PLACE = "wrong-place"
    CLOCK_WENT_BACK = "clock-went-back"
    ENTRY_DIFFERS = "entry-differs"
    TILE_DIFFERS = "tile-differs"
    ROOT_DIFFERS = "root-differs"
    PROOF_FAILS = "proof-fails"
    OPENING_DIFFERS = "opening-differs"
    SHORTER = "shorter"
    FORK = "fork"
    REWRITTEN = "rewritten"
    BEHIND = "behind"


class LogError(ValueError):
    """``where``: a file of the log, an entry (``entry 12``) or a range of entries. ``facts`` fill the sentence."""

    def __init__(self, problem: Problem, where: str, **facts: object) -> None:
        super().__init__(
            f"{problem} at {where}" + "".join(f", {name}: {value}" for name, value in facts.items())
        )
        self.problem = problem
        self.where = where
        self.facts = facts
