from pathlib import Path

import pytest

from .logs import OwnLog


@pytest.fixture
def log(tmp_path: Path) -> OwnLog:
    return OwnLog(tmp_path)
