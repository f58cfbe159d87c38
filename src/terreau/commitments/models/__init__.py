from .commitments import Change, Commitment, Fulfilment
from .pledges import Candidacy, Election, Position
from .programmes import Programme, ProgrammeItem

__all__ = [
    "Candidacy",
    "Change",
    "Commitment",
    "Election",
    "Fulfilment",
    "Position",
    "Programme",
    "ProgrammeItem",
]
