"""What changes the register. Each verb is atomic, says on whose behalf, and writes one journal entry."""

from .demonstration import add_demonstration, remove_demonstration
from .drafting import discard_draft, save_draft
from .elections import (
    add_candidacy,
    change_candidacy,
    change_election,
    give_reply_link,
    mark_elected,
    open_election,
    remove_election,
    undo_elected,
    withdraw_candidacy,
)
from .ending import abandon, keep, renegotiate
from .erasing import discard_drafts_of, erase_words
from .following import change_context, name_owner, record_fulfilment, withdraw_fulfilment
from .opening import open_commitment
from .pledges import (
    enter_positions,
    erase_position_words,
    keep_draft,
    publish_positions,
    turn_into_commitment,
)
from .programme_items import add_programme, add_programme_item, name_author_of_programme
from .programmes import load_programme

__all__ = [
    "abandon",
    "add_candidacy",
    "add_demonstration",
    "add_programme",
    "add_programme_item",
    "change_candidacy",
    "change_context",
    "change_election",
    "discard_draft",
    "discard_drafts_of",
    "enter_positions",
    "erase_position_words",
    "erase_words",
    "give_reply_link",
    "keep",
    "keep_draft",
    "load_programme",
    "mark_elected",
    "name_author_of_programme",
    "name_owner",
    "open_commitment",
    "open_election",
    "publish_positions",
    "record_fulfilment",
    "remove_demonstration",
    "remove_election",
    "renegotiate",
    "save_draft",
    "turn_into_commitment",
    "undo_elected",
    "withdraw_candidacy",
    "withdraw_fulfilment",
]
