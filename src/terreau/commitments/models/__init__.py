from .commitments import Change, Commitment, Fulfilment
from .programmes import Programme, ProgrammeItem

__all__ = ["Change", "Commitment", "Fulfilment", "Programme", "ProgrammeItem"]
