"""Bringing all that is computed from the database up to date: figures, points of the map, open data."""

from terreau.commons.actions.publishing import publish_datasets
from terreau.commons.models import User

from .indicators import compute_indicators
from .tiles import build_point_index


def refresh_published(*, by: User | None) -> None:
    """After this, no page, tile or file shows a party that may no longer be shown, nor counts it."""
    compute_indicators(by=by)
    build_point_index()
    publish_datasets(by=by)
