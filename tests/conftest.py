"""What every test needs: state in a temporary folder, and silence that fails."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.postgres"]

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of full published files, where a developer has it; users' machines do not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the full published files, which are not on this machine")
    return SHARED_DATA
