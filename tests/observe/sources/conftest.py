"""Places for the tests of sources: a small territory in memory, and the real region in the database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from terreau.commons.actions import load_places
from terreau.commons.models import Place, PostCode
from terreau.observe.sources.declaration import Declaration, parse
from terreau.observe.sources.placing import Territory
from tests.factories import make_place

SAMPLES = Path(__file__).parent / "samples"
COMMUNES = [
    ("37261", "Tours", "37", True, 0.6898, 47.3948),
    ("37122", "Joué-lès-Tours", "37", True, 0.6615, 47.3397),
    ("37214", "Saint-Cyr-sur-Loire", "37", True, 0.6619, 47.4208),
    ("41059", "Le Controis-en-Sologne", "41", True, 1.4217, 47.4119),
    ("45234", "Orléans", "45", True, 1.9163, 47.8735),
    ("86194", "Poitiers", "86", False, 0.3675, 46.5839),
]
TOURS = (0.69, 47.39)


@pytest.fixture
def territory() -> Territory:
    """Three départements of a region, and a commune across the border."""
    return Territory(
        communes=pl.DataFrame(
            COMMUNES, schema=["code", "name", "departement", "in_region", "lon", "lat"], orient="row"
        ),
        former_codes=pl.DataFrame(
            {"before": ["41082", "45999", "45999"], "code": ["41059", "45234", "37261"]}
        ),
        former_names=pl.DataFrame({"name": ["Feings"], "code": ["41059"]}),
        post_codes=pl.DataFrame(
            {
                "post_code": ["37000", "37100", "37300", "37540", "41120", "45000"],
                "code": ["37261", "37261", "37122", "37214", "41059", "45234"],
            }
        ),
        departements=frozenset({"37", "41", "45"}),
    )


ABOUT = {
    "code": "essai",
    "title": "Source d’essai",
    "publisher": "Éditeur fictif",
    "licence": "etalab-2.0",
    "path": "essai.csv",
    "format": "csv",
    "covers": "Rien de réel.",
    "key": ["id"],
}


def declare(fields: dict[str, Any], **more: Any) -> Declaration:
    return parse({**ABOUT, "fields": fields, **more})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file and gives its path."""

    def write(content: str | bytes, name: str = "essai.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def state(settings: Any, tmp_path: Path) -> Path:
    """Reports and locks go to a folder of the test."""
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def region(db: None, state: Path) -> None:
    """In the database, what ``territory`` holds in memory."""
    made: dict[str, list[Place]] = {}
    for code, name, departement, inside, lon, lat in COMMUNES:
        place = make_place(
            code, name=name, lon=lon, lat=lat, communes_in_region=int(inside), communes_total=1
        )
        if inside:
            made.setdefault(departement, []).append(place)
    for code, communes in made.items():
        make_place(code, "departement", communes)
    make_place("24", "region", [commune for communes in made.values() for commune in communes])
    PostCode.objects.create(code="37000", commune=made["37"][0])


@pytest.fixture
def real_region(db: None, state: Path) -> None:
    """The whole Centre-Val de Loire, as shipped."""
    load_places(region="24", by=None)
