"""The guide names every key, field and converter, and its example is a declaration."""

import re
import tomllib

import pytest

from terreau.observe.sources.converters import CONVERTERS
from terreau.observe.sources.declaration import FORMATS, KNOWN_KEYS, UNPLACED, parse
from terreau.observe.sources.fields import FIELDS
from tests.conftest import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "guides" / "sources.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted({*KNOWN_KEYS, *FIELDS, *CONVERTERS, *FORMATS, *UNPLACED}))
def test_the_guide_names(name: str) -> None:
    assert f"`{name}`" in GUIDE


def test_the_example_is_a_declaration() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert parse(tomllib.loads(example)).fields["website"].columns == ("site", "facebook")
