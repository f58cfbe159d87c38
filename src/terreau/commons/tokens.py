"""Public identifiers drawn at random, for what has no official one."""

from django.utils.crypto import get_random_string

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another on paper


def new_token() -> str:
    """Ten letters and digits."""
    return get_random_string(10, LETTERS)
