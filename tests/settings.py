"""The settings of the tests: those of the site, with its state in a temporary folder of each process."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["TERREAU_DATA"] = tempfile.mkdtemp(prefix="terreau-test-")
atexit.register(shutil.rmtree, os.environ["TERREAU_DATA"], ignore_errors=True)
# Each core has its own process of tests: on small tables, threads of Polars only wait for one another, at full power.
# The commands that tests start have all of theirs.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
os.environ["TERREAU_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"

from terreau.portal.settings import *  # noqa: E402, F403
from terreau.portal.settings import STATIC_ROOT, STORAGES  # noqa: E402

Path(STATIC_ROOT).mkdir()
# Templates may name static files without `collectstatic` having run.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
