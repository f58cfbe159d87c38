"""What every test needs: state in a temporary folder, and silence that fails."""

import os
import tempfile
from pathlib import Path

# Before Django reads its settings: tests never touch the state of a running site.
os.environ["TERREAU_DATA"] = tempfile.mkdtemp(prefix="terreau-test-")
os.environ.setdefault("TERREAU_EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of full published files, where a developer has it; users' machines do not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the full published files, which are not on this machine")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Templates may name static files without `collectstatic` having run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
