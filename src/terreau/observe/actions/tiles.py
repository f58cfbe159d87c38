"""Building what map tiles are made from.

Called at the end of a harvest and whenever a party is masked or shown again. It changes nothing that the
database holds, so it writes no journal entry: the act that calls it does.
"""

import json
import os

from terreau.lake.publishing import one_at_a_time
from terreau.lake.tiles import PointIndex
from terreau.observe.queries.map import MapSummary, count_unplaced_parties, mapped_points, points_folder


def build_point_index() -> MapSummary:
    """Replaces the points of the map, at once for every process of the server."""
    with one_at_a_time():
        return _build_point_index()


def _build_point_index() -> MapSummary:
    points = list(mapped_points())
    index = PointIndex.build(
        [point.lon for point in points],
        [point.lat for point in points],
        {name: [getattr(point, name) for point in points] for name in ("public_id", "name", "nature")},
    )
    summary = MapSummary(len(points), len({point.public_id for point in points}), count_unplaced_parties())
    index.save(points_folder())
    unfinished = points_folder() / f".summary-{os.getpid()}"
    unfinished.write_text(json.dumps(summary._asdict()))
    unfinished.replace(points_folder() / "summary.json")
    return summary
