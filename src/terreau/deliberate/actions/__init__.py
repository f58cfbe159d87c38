"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .attending import count_attendance
from .forgetting import forget_participations_of
from .interests import declare_interest, end_interest
from .moderating import answer_appeal, appeal_refusal, publish_words, refuse_words
from .participating import take_part
from .rewriting import rewrite_words
from .roles import end_role, give_role
from .sheets import enter_sheet, take_sheet
from .starting import change_draft, discard_process_draft, open_process, start_process
from .statements import add_seed_statements, add_statement, say_same_as
from .stepping import close_step, enter_deliberation, extend_step, reopen_step, stop_process
from .voting import cast_vote, cast_votes

__all__ = [
    "add_seed_statements",
    "add_statement",
    "answer_appeal",
    "appeal_refusal",
    "cast_vote",
    "cast_votes",
    "change_draft",
    "close_step",
    "count_attendance",
    "declare_interest",
    "discard_process_draft",
    "end_interest",
    "end_role",
    "enter_deliberation",
    "enter_sheet",
    "extend_step",
    "forget_participations_of",
    "give_role",
    "open_process",
    "publish_words",
    "refuse_words",
    "reopen_step",
    "rewrite_words",
    "say_same_as",
    "start_process",
    "stop_process",
    "take_part",
    "take_sheet",
]
