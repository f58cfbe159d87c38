"""Terreau: the open, self-hosted instrument of a region that is built in common."""

__version__ = "0.1.0"
