"""Loading the places of a region."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from terreau.commons.models import (
    CommuneChange,
    Membership,
    Party,
    Place,
    PopulationCount,
    PostCode,
    Source,
    User,
    Zoning,
)
from terreau.commons.queries.licences import require_compatible_licences
from terreau.commons.search.fold import fold_for_search
from terreau.commons.territories import Territories, read_territories
from terreau.lake.bulk import insert_rows
from terreau.lake.turn import take_turn

from .journal import write_journal

Rows = dict[tuple, tuple]
"""Values of the key → values of the other columns."""
Kept = Mapping[tuple[str, str], Mapping[str, Any]]
"""(zoning, code) of a place → field → the value that stands whatever the tables say."""


class OtherRegionLoaded(ValueError):
    """This site already holds the parties of another region."""


@dataclass
class PlacesLoaded:
    """What ``load_places`` found and did. The four counts are rows of all tables together."""

    region: str
    communes: int
    zones: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def did_something(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        found = _("%(region)s : %(communes)d communes, %(zones)d autres territoires") % vars(self)
        if not self.did_something:
            return found + _(" ; rien n’a changé")
        done = _(" ; lignes ajoutées : %(added)d, modifiées : %(changed)d, retirées : %(removed)d")
        return found + done % vars(self)


@transaction.atomic
def load_places(
    *,
    region: str,
    by: User | None,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> PlacesLoaded:
    """Bring the places, zonings and sources of a region (INSEE code) to what the shipped tables say.

    A second run changes nothing; after a renewal of the tables it changes what has changed, and places keep
    their keys. ``progress(tables done, tables in all)``; ``kept``: what was corrected here. Raises UnknownRegion,
    OtherRegionLoaded when the site already holds another region and parties, and IncompatibleLicences when the tables
    cannot be published with each other, or with what was read from other sources.
    """
    take_turn()
    territories = read_territories(settings.SHIPPED_DATA / "territories", region)
    _refuse_other_region(region, territories.region_name)
    require_compatible_licences({one["code"]: one["licence"] for one in territories.sources})
    is_ours = Place.objects.filter(zoning_id="commune", communes_in_region=1)
    report = PlacesLoaded(territories.region_name, communes=0, zones=0)
    places = partial(_places, kept=kept or {})
    tables: tuple[Callable[[Territories, PlacesLoaded], None], ...]
    tables = (_sources, _zonings, places, _memberships, _post_codes, _population_counts, _changes)
    for done, synchronise in enumerate(tables, start=1):
        synchronise(territories, report)
        if progress:
            progress(done, len(tables))
    report.communes = is_ours.count()
    report.zones = Place.objects.exclude(zoning_id="commune").count()
    if report.did_something:
        counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "unchanged")}
        write_journal(verb="load-places", subject=f"region:{region}", by=by, **counts)
    return report


def _refuse_other_region(region: str, name: str) -> None:
    other = Place.objects.filter(zoning_id="region").exclude(code=region).first()
    if other and Party.objects.exists():
        raise OtherRegionLoaded(
            _(
                "Ce site contient déjà les acteurs de la région %(other)s. "
                "Pour %(name)s, choisissez un autre dossier d’état (TERREAU_DATA)."
            )
            % {"other": other.name, "name": name}
        )


def _sources(territories: Territories, report: PlacesLoaded) -> None:
    fields = ("title", "publisher", "licence", "url", "vintage", "frequency", "covers")
    rows: Rows = {(one["code"],): tuple(one[field] for field in fields) for one in territories.sources}
    ours = Source.objects.filter(code__in=[*(code for (code,) in rows), *territories.absent_sources])
    _synchronise(ours, ("code",), fields, rows, report)


def _zonings(territories: Territories, report: PlacesLoaded) -> None:
    fields = ("kind", "version", "title", "title_plural", "level", "is_current", "source_id")
    rows: Rows = {}
    for one in territories.zonings:
        one = {"is_current": True, **one, "source_id": one["source"]}
        rows[(one["code"],)] = tuple(one[field] for field in fields)
    _synchronise(Zoning.objects.filter(code__in=[code for (code,) in rows]), ("code",), fields, rows, report)


def _places(territories: Territories, report: PlacesLoaded, kept: Kept) -> None:
    fields = ("name", "search_text", *territories.places.columns[3:])
    rows: Rows = {}
    for one in territories.places.iter_rows(named=True):
        key = (one.pop("zoning"), one.pop("code"))
        one |= kept.get(key, {})
        rows[key] = tuple({**one, "search_text": fold_for_search(one["name"])[:200]}[name] for name in fields)
    ours = Place.objects.filter(zoning__in=[zoning["code"] for zoning in territories.zonings])
    _synchronise(ours, ("zoning_id", "code"), fields, rows, report)


def _memberships(territories: Territories, report: PlacesLoaded) -> None:
    keys = {(zoning, code): key for key, zoning, code in Place.objects.values_list("pk", "zoning_id", "code")}
    rows: Rows = {
        (keys["commune", commune], keys[zoning, zone]): ()
        for zoning, zone, commune in territories.memberships.iter_rows()
    }
    ours = Membership.objects.filter(place__zoning__in=[zoning["code"] for zoning in territories.zonings])
    _synchronise(ours, ("commune_id", "place_id"), (), rows, report)


def _post_codes(territories: Territories, report: PlacesLoaded) -> None:
    keys = _commune_keys()
    rows: Rows = {(code, keys[commune]): () for code, commune in territories.post_codes.iter_rows()}
    _synchronise(PostCode.objects.all(), ("code", "commune_id"), (), rows, report)


def _population_counts(territories: Territories, report: PlacesLoaded) -> None:
    keys = _commune_keys()
    rows: Rows = {
        (keys[commune], year): (population,)
        for commune, year, population in territories.population_counts.iter_rows()
    }
    _synchronise(PopulationCount.objects.all(), ("commune_id", "year"), ("population",), rows, report)


def _changes(territories: Territories, report: PlacesLoaded) -> None:
    key = ("date", "kind", "code_before", "code_after")
    values = ("name_before", "name_after")
    names = territories.changes.select(*key, *values)
    rows: Rows = {row[:4]: row[4:] for row in names.iter_rows()}
    _synchronise(CommuneChange.objects.all(), key, values, rows, report)


def _commune_keys() -> dict[str, int]:
    return dict(Place.objects.filter(zoning_id="commune").values_list("code", "pk"))


def _synchronise(
    present: models.QuerySet,
    key: tuple[str, ...],
    fields: tuple[str, ...],
    wanted: Rows,
    report: PlacesLoaded,
) -> None:
    """Make the rows of ``present`` be ``wanted``; what is already right is not written again."""
    end = len(key) + 1
    there = {row[1:end]: (row[0], row[end:]) for row in present.values_list("pk", *key, *fields)}
    gone = [there[values][0] for values in there.keys() - wanted.keys()]
    present.model._default_manager.filter(pk__in=gone).delete()
    new = [values for values in wanted if values not in there]
    changed = [values for values in wanted if values in there and there[values][1] != wanted[values]]
    rows = [(*values, *wanted[values]) for values in (*new, *changed)]
    insert_rows(present.model, (*key, *fields), rows, update_on=key if changed else ())
    report.added += len(new)
    report.changed += len(changed)
    report.removed += len(gone)
    report.unchanged += len(wanted) - len(rows)
