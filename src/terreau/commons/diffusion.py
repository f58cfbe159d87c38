"""What a party of partial diffusion keeps for itself, in values of any form."""

from typing import Any

from .enums import PRIVATE_FIELDS


def without_private(values: Any) -> Any:
    """A JSON value without PRIVATE_FIELDS, however deep."""
    if isinstance(values, dict):
        return {name: without_private(one) for name, one in values.items() if name not in PRIVATE_FIELDS}
    return [without_private(one) for one in values] if isinstance(values, list) else values
