"""Map tiles: one million points answered as Mapbox Vector Tiles in a few milliseconds, with numpy alone.

``PointIndex`` keeps points in Morton order (a curve on which every square of every zoom is one run), so what a
tile holds is found by binary search, and a cluster's count and centre by subtraction of running sums.
"""

from .encode import EXTENT, tile
from .grid import MAX_ZOOM, InvalidTile
from .index import PointIndex

__all__ = ["EXTENT", "MAX_ZOOM", "InvalidTile", "PointIndex", "tile"]
