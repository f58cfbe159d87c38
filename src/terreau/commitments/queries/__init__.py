"""Questions to the register. Every one starts at ``visible_commitments``: a draft is nobody else's."""

from .clock import with_clock
from .commitments import find_commitment, own_drafts, visible_commitments

__all__ = ["find_commitment", "own_drafts", "visible_commitments", "with_clock"]
