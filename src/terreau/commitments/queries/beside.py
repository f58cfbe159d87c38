"""What an item of a programme has beside its commitments: the portal, which sees every room, registers how to ask."""

from collections.abc import Callable
from dataclasses import dataclass

from terreau.commitments.models import ProgrammeItem


@dataclass(frozen=True)
class Carried:
    """Something that the site has for an item: a dataset, later a process, a project, a fund."""

    title: str
    address: str


@dataclass(frozen=True)
class Beside:
    """``works``, ``missing``: what the software does for it, in words; empty when nobody said."""

    works: str = ""
    missing: str = ""
    datasets: tuple[Carried, ...] = ()


_ask: "list[Callable[[ProgrammeItem], Beside]]" = []


def register_beside(ask: "Callable[[ProgrammeItem], Beside]") -> None:
    """One question for the whole site, given when it starts."""
    _ask[:] = [ask]


def beside(item: ProgrammeItem) -> Beside:
    return _ask[0](item) if _ask else Beside()
