from .commitments import Change, Commitment, Fulfilment
from .pledges import Candidacy, Election, Position
from .programmes import Programme, ProgrammeItem
from .subscriptions import LastDigest, Subscription

__all__ = [
    "Candidacy",
    "Change",
    "Commitment",
    "Election",
    "Fulfilment",
    "LastDigest",
    "Position",
    "Programme",
    "ProgrammeItem",
    "Subscription",
]
