"""Six published files, six layouts: a TOML file each, and no code."""

import json
from pathlib import Path

import pytest

from terreau.commons.actions import load_places
from terreau.commons.models import Party, Site
from terreau.observe.actions import harvest
from terreau.observe.models import SourceRecord
from terreau.observe.sources.declaration import load

MAPPINGS = Path(__file__).parent / "mappings"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "file", "region", "read", "least_kept", "least_placed"),
    [
        ("angers", "angers.json", "52", 63, 63, 63),
        ("corse", "corse.json", "94", 161, 150, 120),
        ("fibre_64", "fibre-64.json", "75", 61, 57, 57),
        ("gironde", "gironde.json", "75", 347, 340, 330),
        ("hub_lo", "hub-lo.json", "24", 426, 426, 420),
        ("la_creuse", "la-creuse.json", "75", 91, 91, 70),
    ],
)
def test_a_layout(
    state: Path,
    shared_data: Path,
    name: str,
    file: str,
    region: str,
    read: int,
    least_kept: int,
    least_placed: int,
) -> None:
    load_places(region=region, by=None)
    declaration = load(MAPPINGS / f"{name}.toml")
    done = harvest(source=declaration, path=shared_data / "imports" / file)
    kept = SourceRecord.objects.count()
    assert done.rows_read == read
    assert read == kept + done.rows_out_of_region + done.rows_rejected + done.rows_repeated
    assert kept >= least_kept
    assert Site.objects.filter(commune__isnull=False).count() >= least_placed
    if name != "hub_lo":
        assert done.unmapped_columns == []
    else:
        assert "c_etiquettes" in done.unmapped_columns
    again = harvest(source=declaration, path=shared_data / "imports" / file)
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, kept)


def test_persons_in_free_text_are_left_where_they_are(state: Path, shared_data: Path) -> None:
    load_places(region="75", by=None)
    harvest(source=load(MAPPINGS / "la_creuse.toml"), path=shared_data / "imports" / "la-creuse.json")
    written = {
        element["nom"] for element in json.loads((shared_data / "imports" / "la-creuse.json").read_text())
    }
    assert not written & set(Party.objects.values_list("name", flat=True))
    assert not SourceRecord.objects.filter(values__has_key="description").exists()
