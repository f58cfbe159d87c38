from .journal import JournalEntry
from .log import LogEntry
from .mail import OutgoingMail
from .parties import NamesAParty, Party, Site, public_id
from .people import RoleGrant, User
from .places import CommuneChange, Membership, Place, PopulationCount, PostCode, Zoning
from .revisions import Revision, Version
from .sources import Source
from .workshops import Workshop

__all__ = [
    "CommuneChange",
    "JournalEntry",
    "LogEntry",
    "Membership",
    "NamesAParty",
    "OutgoingMail",
    "Party",
    "Place",
    "PopulationCount",
    "PostCode",
    "Revision",
    "RoleGrant",
    "Site",
    "Source",
    "User",
    "Version",
    "Workshop",
    "Zoning",
    "public_id",
]
