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
    "l’épicerie", "velo", "travail", "jardin partagé", "monnaie locale bourges", "AMAP", "A.D.M.R.", "insertion emploi",
    "œuvres sociales", "saint-denis", "recycl", "foyer rural", "mobilité orléans", "bibliothèque", "chevaux",
    "compagnie théâtre tours", "aide à domicile", "habitat particip", "centre social de la", "chartres",
    "energie citoyenne", "radio", "club de foot", "épiceries vélos", "terres agricoles vendôme", "ludothèque",
    "société coopérative", "réparation", "parents d'élèves", "issoudun",
)  # fmt: skip


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


def milliseconds(page: Callable[[str], int]) -> tuple[list[float], int]:
    spent, hits = [], 0
    for text in QUERIES:
        hits = max(hits, page(text))  # and the first call warms caches
        start = process_time()
        page(text)
        spent.append(1000 * (process_time() - start))
    return spent, hits


def run() -> None:
    rows: list[list[Any]] = []
    for size in SIZES:
        load(size)
        for label, page in (("count and page", one_page), ("and all facet counts", one_directory)):
            spent, hits = milliseconds(page)
            rows.append([label, size, median(spent), quantiles(spent, n=20)[-1], max(spent), hits])
    headers = ["", "organisations", "median ms", "p95 ms", "worst ms", "most hits"]
    print_table(f"Search: CPU ms per query, {len(QUERIES)} queries (goal: median under {GOAL} ms)", headers, rows)
