"""What changes the observatory. Each verb is atomic and writes one journal entry."""

from .harvesting import Harvests, harvest, harvest_all
from .indicators import IndicatorsComputed, compute_indicators

__all__ = ["Harvests", "IndicatorsComputed", "compute_indicators", "harvest", "harvest_all"]
