"""A small region, and files that a network could have."""

from tests.observe.sources.conftest import region, state, write

__all__ = ["region", "state", "write"]
