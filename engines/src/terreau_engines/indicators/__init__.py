"""OBSERVE: figures per territory. *Not measured* is empty, never 0.

A zone that is partly covered counts its covered part: the same places above and below every line.
"""

from .amounts import sum_amounts
from .counts import count_units
from .population import population_by_zone
from .rates import compare, rate

__all__ = ["compare", "count_units", "population_by_zone", "rate", "sum_amounts"]
