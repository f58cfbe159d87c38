"""Reading the declared sources into parties, sites and records."""

from .run import Harvests, harvest, harvest_all

__all__ = ["Harvests", "harvest", "harvest_all"]
