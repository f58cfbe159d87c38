"""Backup and restore: one file that holds all that cannot be made again.

Saved: the database (without sessions: a stolen backup opens no account), uploaded files, the region's own
pages. Not saved, because `terreau init` makes them again: style sheets, boundaries, map, published
datasets.
"""

from .archive import BackupError
from .state import make_backup, restore_backup

__all__ = ["BackupError", "make_backup", "restore_backup"]
