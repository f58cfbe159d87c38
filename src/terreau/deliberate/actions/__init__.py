"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .conferences import add_agenda_item, publish_minutes, remove_agenda_item, set_conference
from .forgetting_proposals import erase_proposal_words
from .judging import judge_proposal
from .moderating import answer_appeal, appeal_refusal, publish_words, refuse_words
from .participating import take_part
from .proposals import (
    draw_proposal,
    rewrite_proposal,
    support_proposal,
    withdraw_proposal,
    withdraw_support,
    write_proposal,
)
from .replies import reply_to_proposal
from .resonances import add_resonance, change_matrix, make_matrix, withdraw_resonance

__all__ = [
    "add_agenda_item",
    "add_resonance",
    "answer_appeal",
    "appeal_refusal",
    "change_matrix",
    "draw_proposal",
    "erase_proposal_words",
    "judge_proposal",
    "make_matrix",
    "publish_minutes",
    "publish_words",
    "refuse_words",
    "remove_agenda_item",
    "reply_to_proposal",
    "rewrite_proposal",
    "set_conference",
    "support_proposal",
    "take_part",
    "withdraw_proposal",
    "withdraw_resonance",
    "withdraw_support",
    "write_proposal",
]
