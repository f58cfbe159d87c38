"""Dump of everything public, and its load into an empty site: parties, each with a site and a record."""

import shutil
from time import perf_counter

from benchmarks import context
from benchmarks.measure import cpu_seconds, print_table
from benchmarks.organisations import load
from terreau.commons.models import Party, Place, Site, Source, Zoning
from terreau.commons.search.index import bulk_load
from terreau.lake.bulk import insert_rows
from terreau.lake.dump import everything_declared, insert_content, read_dump, write_dump
from terreau.observe.models import SourceRecord

SIZES = (30_000, 100_000, 300_000)
GOAL = 60.0  # seconds for the dump of the largest


def _empty() -> None:
    with bulk_load():
        for table in reversed(everything_declared().tables):
            table.model._default_manager.all()._raw_delete("default")  # each table whole


def _fill(number: int) -> None:
    """``number`` parties; of each a site in one of a hundred communes and a record with its values."""
    _empty()
    load(number)
    source = Source.objects.create(
        code="banc", title="Banc d’essai", publisher="Terreau", licence="etalab-2.0", vintage="2024-01-01"
    )
    zoning = Zoning.objects.create(
        code="commune", kind="commune", version="2026", title="commune", title_plural="communes", level=1,
        source=source,
    )  # fmt: skip
    names = ("zoning", "code", "name", "search_text")
    insert_rows(Place, names, [(zoning.pk, f"99{n:03}", f"Commune {n}", f"commune {n}") for n in range(100)])
    communes = list(Place.objects.values_list("pk", flat=True))
    wanted = ("pk", "identity", "name", "siren", "nature", "naf")
    parties = list(Party.objects.order_by("pk").values_list(*wanted))
    insert_rows(
        Site,
        ("identity", "party", "address", "post_code", "commune", "lon", "lat"),
        [
            (
                f"site:{siren}",
                pk,
                f"{pk % 90} rue de la Gare",
                "45000",
                communes[pk % 100],
                1 + pk % 977 / 977,
                47.5,
            )
            for pk, _identity, _name, siren, _nature, _naf in parties
        ],
    )
    sites = dict(Site.objects.values_list("party_id", "pk"))
    insert_rows(
        SourceRecord,
        ("source", "key", "identity", "party", "site", "line", "values", "digest"),
        [
            ("banc", siren, identity, pk, sites[pk], pk, values, f"{pk:032}")
            for pk, identity, name, siren, nature, naf in parties
            for values in [{"name": name, "siren": siren, "nature": nature, "naf": naf, "commune": "99001"}]
        ],
    )


def run() -> None:
    lines = []
    wall = 0.0
    for size in SIZES:
        _fill(size)
        before, after = context.folder / "before", context.folder / "after"
        start = perf_counter()
        dump, manifest = cpu_seconds(lambda: write_dump(before))  # noqa: B023
        wall = perf_counter() - start
        _empty()
        start = perf_counter()
        load_again, _ = cpu_seconds(lambda: insert_content(read_dump(before)))  # noqa: B023
        load_wall = perf_counter() - start
        write_dump(after)
        assert (before / "manifest.json").read_bytes() == (after / "manifest.json").read_bytes()
        megabytes = sum(one["bytes"] for one in manifest["tables"]) / 1e6
        lines.append([f"{size:,} parties", megabytes, dump, wall, dump / size * 1e6, load_again, load_wall])
        shutil.rmtree(before)
        shutil.rmtree(after)
    _empty()
    headers = ["content", "MB", "dump CPU s", "wall", "CPU µs a party", "load CPU s", "wall"]
    print_table(
        "Dump of everything public, and load into an empty site (files checked, then inserted)",
        headers,
        lines,
    )
    reached = "reaches" if wall < GOAL else "misses"
    print(
        f"dump of {max(SIZES):,} parties, their sites and records: {wall:.1f} s ({reached} the goal of {GOAL:g} s)"
    )
