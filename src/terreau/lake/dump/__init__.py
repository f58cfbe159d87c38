"""The whole public content as plain files, and an instance made again from them.

Each room declares in ``terreau/<room>/dumped.py`` what it contributes: ``TABLES``, ``FILES``, ``MANY_FILES``, and
``NOT_DUMPED`` with the reason for each model that stays. Rows name each other by natural keys, never by those of a
database, and are sorted: the same content gives the same bytes on every instance.
"""

from .errors import DumpError
from .loading import insert_content, refuse_unless_empty
from .reading import Content, read_dump
from .tables import DumpedFile, DumpedFiles, Table, everything_declared
from .writing import write_dump

__all__ = [
    "Content",
    "DumpError",
    "DumpedFile",
    "DumpedFiles",
    "Table",
    "everything_declared",
    "insert_content",
    "read_dump",
    "refuse_unless_empty",
    "write_dump",
]
