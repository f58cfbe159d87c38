"""Under which addresses a masked party is or was known: the observatory says, the portal registers how to ask."""

from collections.abc import Callable

_ask: list[Callable[[], set[str]]] = []


def register_hidden(public_ids: Callable[[], set[str]]) -> None:
    """One question for the whole site, given when it starts."""
    _ask[:] = [public_ids]


def hidden_addresses() -> set[str]:
    return _ask[0]()
