"""CPU seconds and tables. Wall times depend on what else the machine does; CPU seconds last."""

import gc
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any


def cpu_seconds(work: Callable[[], Any], *, repeat: int = 1) -> tuple[float, Any]:
    """CPU seconds of this process, all its threads, user and system: the least of ``repeat`` runs; and the result
    of the last one.
    """
    least = float("inf")
    result = None
    for _ in range(repeat):
        result = None
        gc.collect()
        start = process_time()
        result = work()
        least = min(least, process_time() - start)
    return least, result


def verdict(ratio: float, goal: float) -> str:
    return f"{ratio:.1f} × ({'reaches' if ratio >= goal else 'misses'} the goal of {goal:g} ×)"


def print_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The first column to the left, the others to the right; floats with three figures."""
    cells = [[_text(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    print(f"\n{title}\n{'-' * min(100, len(title))}")
    for row in cells:
        first, *others = row
        print(
            "  ".join(
                [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(others, widths[1:], strict=True))]
            )
        )


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}" if cell < 100 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
