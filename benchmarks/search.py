"""Search with a facet filter, in process: matching, count, and the first page of 25, at three sizes."""

from collections.abc import Callable
from statistics import median, quantiles
from time import process_time
from typing import Any

from benchmarks.measure import print_table
from benchmarks.organisations import load
from terreau.commons.models import Party
from terreau.commons.search.index import matching
from terreau.observe.queries.directory import DirectoryFilter
from terreau.observe.queries.facets import look_up

SIZES = (3_000, 30_000, 300_000)
GOAL = 5  # milliseconds, median
PAGE = 25
# What people type: a thing, a thing and a place, an acronym, a place, an unfinished word.
QUERIES = (
    "l’épicerie", "velo", "travaux", "jardin partagé", "monnaie locale bourges", "AMAP", "A.D.M.R.",
    "insertion emploi", "œuvres sociales", "saint-denis", "recycl", "foyer rural", "mobilité orléans",
    "bibliothèque", "cheval", "compagnie théâtre tours", "aide à domicile", "habitats", "centre social de la",
    "chartres", "energie citoyenne", "radio", "club de foot", "épiceries vélos", "terre agricole vendôme",
    "ludothèque", "société coopérative", "réparation", "parents d'élèves", "issoudun",
)  # fmt: skip
COMMONEST = "association"  # a quarter of all names


def one_page(text: str) -> int:
    """What a directory page asks of the index and the tables, with one facet chosen."""
    found = matching(Party.objects.filter(nature="association", is_active=True), text, ranked=True)
    list(found[:PAGE])
    return found.count()


def one_directory(text: str) -> int:
    """The same through the directory, which also counts every facet."""
    answer = look_up(DirectoryFilter(text=text, natures=("association",)))
    by_key = Party.objects.in_bulk(answer.keys[:PAGE].tolist())
    return answer.total if len(by_key) <= PAGE else 0


def milliseconds(page: Callable[[str], int], text: str) -> tuple[float, int]:
    hits = page(text)  # the first call warms caches
    start = process_time()
    page(text)
    return 1000 * (process_time() - start), hits


def run() -> None:
    rows: list[list[Any]] = []
    for size in SIZES:
        load(size)
        for label, page in (("count and page", one_page), ("with facet counts", one_directory)):
            spent, hits = zip(*(milliseconds(page, text) for text in QUERIES), strict=True)
            commonest, _ = milliseconds(page, COMMONEST)
            p95 = quantiles(spent, n=20)[-1]
            rows.append(
                [label, size, median(spent), p95, max(spent), int(median(hits)), max(hits), commonest]
            )
    headers = ["", "organisations", "median ms", "p95", "worst", "median hits", "most hits", f"“{COMMONEST}”"]
    print_table(
        f"Search: CPU ms per query, {len(QUERIES)} queries (goal: median under {GOAL} ms)", headers, rows
    )
