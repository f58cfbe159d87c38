"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .attending import count_attendance
from .closing import publish_results
from .conferences import add_agenda_item, publish_minutes, remove_agenda_item, set_conference
from .contributions import close_contribution, contribute, erase_contribution, withdraw_contribution
from .forgetting_proposals import erase_proposal_words
from .interests import declare_interest, end_interest
from .judging import judge_proposal
from .leaving import forget_person
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
from .resonances import add_resonance, change_matrix, make_matrix, publish_resonance, withdraw_resonance
from .rewriting import rewrite_words
from .roles import end_role, give_role
from .sheets import Sheet, enter_sheet, take_sheet
from .starting import change_draft, discard_process_draft, open_process, start_process
from .statements import add_seed_statements, add_statement, say_same_as
from .stepping import close_step, enter_deliberation, extend_step, reopen_step, stop_process
from .supporting import stop_supporting, support_version
from .texts import add_text, adopt_text, publish_version, set_contributions_open
from .voting import cast_vote, cast_votes

__all__ = [
    "Sheet",
    "add_agenda_item",
    "add_resonance",
    "add_seed_statements",
    "add_statement",
    "add_text",
    "adopt_text",
    "answer_appeal",
    "appeal_refusal",
    "cast_vote",
    "cast_votes",
    "change_draft",
    "change_matrix",
    "close_contribution",
    "close_step",
    "contribute",
    "count_attendance",
    "declare_interest",
    "discard_process_draft",
    "draw_proposal",
    "end_interest",
    "end_role",
    "enter_deliberation",
    "enter_sheet",
    "erase_contribution",
    "erase_proposal_words",
    "extend_step",
    "forget_person",
    "give_role",
    "judge_proposal",
    "make_matrix",
    "open_process",
    "publish_minutes",
    "publish_resonance",
    "publish_results",
    "publish_version",
    "publish_words",
    "refuse_words",
    "remove_agenda_item",
    "reopen_step",
    "reply_to_proposal",
    "rewrite_proposal",
    "rewrite_words",
    "say_same_as",
    "set_conference",
    "set_contributions_open",
    "start_process",
    "stop_process",
    "stop_supporting",
    "support_proposal",
    "support_version",
    "take_part",
    "take_sheet",
    "withdraw_contribution",
    "withdraw_proposal",
    "withdraw_resonance",
    "withdraw_support",
    "write_proposal",
]
