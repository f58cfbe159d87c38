"""What changes a deliberation. Each verb is atomic and writes one journal entry; votes are counted, never signed."""

from .contributions import close_contribution, contribute, erase_contribution, withdraw_contribution
from .moderating import answer_appeal, appeal_refusal, publish_words, refuse_words
from .participating import take_part
from .supporting import stop_supporting, support_version
from .texts import add_text, adopt_text, publish_version, set_contributions_open

__all__ = [
    "add_text",
    "adopt_text",
    "answer_appeal",
    "appeal_refusal",
    "close_contribution",
    "contribute",
    "erase_contribution",
    "publish_version",
    "publish_words",
    "refuse_words",
    "set_contributions_open",
    "stop_supporting",
    "support_version",
    "take_part",
    "withdraw_contribution",
]
