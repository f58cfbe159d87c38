"""What changes the observatory. Each verb is atomic and writes one journal entry."""

from .harvesting import Harvests, harvest, harvest_all
from .indicators import IndicatorsComputed, compute_indicators
