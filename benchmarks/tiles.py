"""How much CPU a map tile costs with 10,000 to 1,000,000 points gathered in towns, at every zoom."""

import gzip
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from terreau.lake.tiles import PointIndex, tile
from terreau.lake.tiles.grid import grid_position

SIZES = (10_000, 100_000, 1_000_000)
ZOOMS = range(19)
BUSY = 20  # tiles measured at each zoom: those with most points
PAGE_CELLS = 16  # what the map page asks for
GOAL = 20  # milliseconds


def towns(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes: 1,754 towns of very unequal size in a rectangle of 3° × 2.5°, always the same."""
    random = np.random.default_rng(24)
    centre = random.uniform((0.1, 46.4), (3.1, 48.9), (1754, 2))
    weight = random.pareto(1.1, 1754)
    place = centre[random.choice(1754, points, p=weight / weight.sum())] + random.normal(0, 0.02, (points, 2))
    return place[:, 0], place[:, 1]


def busy_tiles(lon: np.ndarray, lat: np.ndarray, z: int) -> list[tuple[int, int]]:
    column, row = (axis >> np.uint64(32 - z) for axis in grid_position(lon, lat))
    numbers, counts = np.unique(column << np.uint64(32) | row, return_counts=True)
    busiest = numbers[np.argsort(-counts, kind="stable")[:BUSY]].tolist()
    return [(number >> 32, number & 0xFFFFFFFF) for number in busiest]


def make_index(lon: np.ndarray, lat: np.ndarray, folder: Path) -> PointIndex:
    """The index as a server opens it: mapped from its files, with nothing else left in memory."""
    ids = [f"fictif{number}" for number in range(len(lon))]
    names = [f"Association fictive numéro {number}" for number in range(len(lon))]
    PointIndex.build(lon, lat, {"id": ids, "name": names, "nature": ["association"] * len(lon)}).save(folder)
    index = PointIndex.open(folder)
    assert index is not None
    return index


def milliseconds(index: PointIndex, z: int, tiles: list[tuple[int, int]], cells: int) -> list[float]:
    """Of each tile, the better of two: what the machine does beside is not what the tile costs."""
    spent = []
    for x, y in tiles:
        tries = []
        for _ in range(2):
            start = process_time()
            gzip.compress(tile(index, z, x, y, cells=cells), 1)
            tries.append(1000 * (process_time() - start))
        spent.append(min(tries))
    return spent


def run() -> None:
    """Prints, for each size and zoom, CPU milliseconds per tile, compression included: median and worst."""
    print(f"Map tiles: CPU ms per tile over the {BUSY} busiest tiles, gzip included (goal: {GOAL} ms)")
    for points in SIZES:
        lon, lat = towns(points)
        with tempfile.TemporaryDirectory() as folder:
            start = process_time()
            index = make_index(lon, lat, Path(folder))
            print(f"\n{points:,} points; index built and saved in {process_time() - start:.1f} s CPU")
            page = f"{PAGE_CELLS} × {PAGE_CELLS}"
            print(f"{'zoom':>5} {'64 × 64: median':>16} {'worst':>7} {f'{page}: median':>16} {'worst':>7}")
            for z in ZOOMS:
                tiles = busy_tiles(lon, lat, z)
                full, light = (milliseconds(index, z, tiles, cells) for cells in (64, PAGE_CELLS))
                print(
                    f"{z:>5} {median(full):>16.2f} {max(full):>7.2f} {median(light):>16.2f} {max(light):>7.2f}"
                )


if __name__ == "__main__":
    run()
