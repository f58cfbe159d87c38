"""What every test needs: state in a temporary folder, and silence that fails."""

from pathlib import Path

import pytest
from django.utils import translation

pytest_plugins = ["tests.postgres"]

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of full published files, where a developer has it; users' machines do not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the full published files, which are not on this machine")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def in_french() -> None:
    """A page read in English by another test leaves its language in the thread."""
    translation.activate("fr")
