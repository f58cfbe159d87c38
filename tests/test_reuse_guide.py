"""Each command of the guides on reuse and on history does what it says, asked of the site itself."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from terreau.lake.publishing import publish_all
from tests.factories.world import make_world

GUIDES = Path(__file__).resolve().parent.parent / "docs" / "guides"
SITE = "http://127.0.0.1:8000"
BLOCKS = [
    block
    for name in ("reuse.md", "history.md")
    for block in re.findall(r"```(\w+)\n(.*?)```", (GUIDES / name).read_text(), re.S)
]
CURLS = [
    line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines() if line.startswith("curl ")
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def published(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    make_world()
    publish_all()


def _ask(client, address: str, **headers: str):
    parts = urlsplit(address)
    response = client.get(f"{parts.path}?{parts.query}", headers=headers)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return response, content


def test_the_guide_has_commands() -> None:
    assert len(CURLS) >= 15


@pytest.mark.parametrize("command", CURLS)
def test_each_curl_command_gets_what_its_name_says(client, command: str) -> None:
    words = shlex.split(command)
    (address,) = (word for word in words if word.startswith("http"))
    assert address.startswith(SITE), "loopback alone"
    response, content = _ask(client, address)
    assert response.status_code == 200
    name = urlsplit(address).path.rsplit("/", 1)[1]
    if response["Content-Type"].startswith(
        ("application/json", "application/geo+json", "application/ld+json")
    ):
        assert json.loads(content)
    if "--output" in words:
        assert Path(words[words.index("--output") + 1]).suffix == Path(name).suffix
    if "--etag-compare" in words:
        again, nothing = _ask(client, address, **{"If-None-Match": response["ETag"]})
        assert (again.status_code, nothing) == (304, b"")


def test_the_addresses_in_other_languages_exist(client) -> None:
    addresses = [
        address
        for kind, block in BLOCKS
        if kind != "sh"
        for address in re.findall(rf'"({SITE}[^"]+)"', block)
    ]
    assert len(addresses) == 2
    for address in addresses:
        assert _ask(client, address)[0].status_code == 200


def test_the_python_example_runs(client, tmp_path, capsys) -> None:
    (code,) = (block for kind, block in BLOCKS if kind == "python")
    (address,) = re.findall(rf'"({SITE}[^"]+)"', code)
    path = tmp_path / "file.parquet"
    path.write_bytes(_ask(client, address)[1])
    exec(code.replace(address, str(path)), {})
    assert "association" in capsys.readouterr().out
    assert {"siren", "commune_code", "perimeter"} <= set(pl.read_parquet(path).columns)
