"""What changes the register. Each verb is atomic, says on whose behalf, and writes one journal entry."""

from .drafting import discard_draft, save_draft
from .ending import abandon, keep, renegotiate
from .erasing import discard_drafts_of, erase_words
from .following import change_context, name_owner, record_fulfilment, withdraw_fulfilment
from .opening import open_commitment
from .parties import attach_returned_parties

__all__ = [
    "abandon",
    "attach_returned_parties",
    "change_context",
    "discard_draft",
    "discard_drafts_of",
    "erase_words",
    "keep",
    "name_owner",
    "open_commitment",
    "record_fulfilment",
    "renegotiate",
    "save_draft",
    "withdraw_fulfilment",
]
