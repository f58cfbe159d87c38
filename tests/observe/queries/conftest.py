"""Places and files of the tests of sources, for questions about what harvests leave behind."""

from tests.observe.sources.conftest import region, state, write

__all__ = ["region", "state", "write"]
