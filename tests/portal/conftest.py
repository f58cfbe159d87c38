from collections.abc import Iterator

import pytest

from .site import Site


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Site:
    """A site with its tables and style sheets, an administrator, and no places: quick to make, copied by tests."""
    site = Site(tmp_path_factory.mktemp("prepared") / "var")
    site.django("migrate", "--verbosity=0")
    site.django("collectstatic", "--noinput", "--verbosity=0")
    done = site.run("administrator", "prem@exemple.invalid")
    assert done.returncode == 0, done.stderr
    return site


@pytest.fixture
def site(prepared, tmp_path) -> Iterator[Site]:
    site = prepared.copy(tmp_path / "var")
    yield site
    site.drop()
