from .conferences import AgendaItem, Conference, Resonance, ResonanceMatrix
from .following import Reminder
from .participants import Participant
from .processes import Attendance, Process, ProcessChange, ProcessRole, Step
from .proposals import Interest, Proposal, ProposalSupport, ProposalVersion, Reply, ShowOfHands
from .statements import OpinionResult, Statement, Vote
from .texts import Contribution, Paragraph, Support, Text, TextVersion

__all__ = [
    "AgendaItem",
    "Attendance",
    "Conference",
    "Contribution",
    "Interest",
    "OpinionResult",
    "Paragraph",
    "Participant",
    "Process",
    "ProcessChange",
    "ProcessRole",
    "Proposal",
    "ProposalSupport",
    "ProposalVersion",
    "Reminder",
    "Reply",
    "Resonance",
    "ResonanceMatrix",
    "ShowOfHands",
    "Statement",
    "Step",
    "Support",
    "Text",
    "TextVersion",
    "Vote",
]
