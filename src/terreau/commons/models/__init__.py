from .journal import JournalEntry
from .parties import Party, Site, public_id
from .people import RoleGrant, User
from .places import CommuneChange, Membership, Place, PopulationCount, PostCode, Zoning
from .sources import Source

__all__ = [
    "CommuneChange",
    "JournalEntry",
    "Membership",
    "Party",
    "Place",
    "PopulationCount",
    "PostCode",
    "RoleGrant",
    "Site",
    "Source",
    "User",
    "Zoning",
    "public_id",
]
