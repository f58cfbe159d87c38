"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .closing import publish_results
from .forgetting import forget_participations_of
from .moderating import answer_appeal, appeal_refusal, publish_words, refuse_words
from .participating import take_part

__all__ = [
    "answer_appeal",
    "appeal_refusal",
    "forget_participations_of",
    "publish_results",
    "publish_words",
    "refuse_words",
    "take_part",
]
