"""How Terreau computes what it publishes. Knows nothing of the web: re-run it, contest it."""

__version__ = "0.1.0"
