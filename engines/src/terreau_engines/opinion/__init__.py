"""Votes on statements → groups, what unites all of them, what distinguishes each, what divides, and how surely."""

from terreau_engines.opinion.opinion_map import OpinionMap, map_opinions
from terreau_engines.opinion.tables import (
    distinguish,
    divide,
    find_groups,
    polis_priorities,
    polis_statistics,
    unite,
)

__all__ = [
    "OpinionMap",
    "distinguish",
    "divide",
    "find_groups",
    "map_opinions",
    "polis_priorities",
    "polis_statistics",
    "unite",
]
