"""What changes the ground that every room shares. Each verb is atomic and writes one journal entry."""

from .journal import write_journal
from .people import (
    LastAdministrator,
    change_name,
    erase_account,
    forget_unused_accounts,
    grant_role,
    make_administrator,
    revoke_role,
)
from .places import OtherRegionLoaded, PlacesLoaded, load_places

__all__ = [
    "LastAdministrator",
    "OtherRegionLoaded",
    "PlacesLoaded",
    "change_name",
    "erase_account",
    "forget_unused_accounts",
    "grant_role",
    "load_places",
    "make_administrator",
    "revoke_role",
    "write_journal",
]
