"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .forgetting import forget_participations_of
from .moderating import answer_appeal, appeal_refusal, publish_words, refuse_words
from .participating import take_part
from .sheets import enter_sheet, take_sheet
from .statements import add_seed_statements, add_statement, say_same_as
from .voting import cast_vote, cast_votes

__all__ = [
    "add_seed_statements",
    "add_statement",
    "answer_appeal",
    "appeal_refusal",
    "cast_vote",
    "cast_votes",
    "enter_sheet",
    "forget_participations_of",
    "publish_words",
    "refuse_words",
    "say_same_as",
    "take_part",
    "take_sheet",
]
