"""Questions to deliberation. Every one starts at ``visible_processes``: a draft is nobody else's."""

from .processes import find_process, visible_processes

__all__ = ["find_process", "visible_processes"]
