"""A real archive of a small site, for tests that only read it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place
from terreau.observe.actions.refreshing import refresh_published
from terreau.portal.archive import write_archive
from tests.factories import make_party, make_record, make_site
from tests.factories.once import made_once
from tests.factories.world import make_world

DAY = date(2026, 11, 24)
SITE = "https://terreau.exemple.invalid"
# Style sheets without collectstatic, and a name that the site answers to.
SERVED = {
    "WHITENOISE_AUTOREFRESH": True,
    "WHITENOISE_USE_FINDERS": True,
    "ALLOWED_HOSTS": ["terreau.exemple.invalid"],
}


@dataclass(frozen=True)
class Whole:
    """An archive of a site that knows its address, in both languages, and what the site shows and hides."""

    folder: Path
    shown: list[str]  # public_id
    places: list[str]  # "commune/99001"
    masked: tuple[str, str]  # public_id, name


def whole_of_the_run(blocker: DjangoDbBlocker, factory: pytest.TempPathFactory) -> Whole:
    with blocker.unblock():
        return made_once(factory, "whole", _make_whole)


def _make_whole(folder: Path) -> Whole:
    """Two pages of directory, one organisation that closed, one that is masked, open data; the database forgets."""
    options = {**SERVED, "SITE_ADDRESS": SITE, "DATA_DIR": folder / "var"}
    with override_settings(**options), transaction.atomic():
        _make_content()
        write_archive(folder / "archive", languages=("fr", "en"), on=DAY)
        masked = Party.objects.get(diffusion=Diffusion.MASKED)
        shown = Party.objects.exclude(pk=masked.pk).values_list("public_id", flat=True)
        places = Place.objects.filter(communes_in_region__gt=0)
        made = Whole(
            folder / "archive",
            list(shown),
            [f"{place.zoning_id}/{place.code}" for place in places],
            (masked.public_id, masked.name),
        )
        transaction.set_rollback(True)
    return made


def _make_content() -> None:
    world = make_world()
    for number in range(30):
        party = make_party(f"Atelier fictif {number}", identity=f"local:monde:atelier{number}")
        site = make_site(party, world.communes[0], identity=f"local:monde:site-atelier{number}")
        make_record(party, world.source, site=site, key=f"atelier{number}", values={"name": party.name})
    make_party("Coopérative fermée", identity="local:monde:fermee", is_active=False)
    refresh_published(by=None)
