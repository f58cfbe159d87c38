"""Under which addresses a masked party is or was known: the observatory says, the portal registers how to ask."""

from collections.abc import Callable

import polars as pl

from terreau.commons.enums import Diffusion
from terreau.commons.models import public_id

_ask: list[Callable[[], set[str]]] = []


def register_hidden(public_ids: Callable[[], set[str]]) -> None:
    """One question for the whole site, given when it starts."""
    _ask[:] = [public_ids]


def hidden_addresses() -> set[str]:
    return _ask[0]()


def clean_identities(*keys: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A ``clean`` of a dump. The identity of a masked party stays: what is said under it elsewhere would tell who that
    is. That of one that no source names any more leaves: a masked one is never forgotten, and where the dump is loaded
    the row finds its party again. ``keys``: ``owner`` with ``owner_identity`` and, asked for, ``owner_diffusion``.
    """

    def clean(frame: pl.DataFrame) -> pl.DataFrame:
        hidden = hidden_addresses()
        columns = []
        for key in keys:
            secret = [one for one in frame[f"{key}_identity"].unique() if public_id(one) in hidden]
            is_masked = (pl.col(f"{key}_diffusion") == Diffusion.MASKED.value).fill_null(False)
            is_hidden = is_masked | pl.col(f"{key}_identity").is_in(secret)
            kept = pl.when(is_hidden).then(pl.lit("")).otherwise(f"{key}_identity")
            columns.append(kept.alias(f"{key}_identity"))
        return frame.with_columns(columns)

    return clean
