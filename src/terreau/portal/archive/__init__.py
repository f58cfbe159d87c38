"""The public site as files that open without a server: the real pages, asked one by one through the site's own door.

``scope`` says which addresses belong to an archive, ``names`` what their files are called, ``door`` asks for a page,
``pages`` makes it stand alone, ``writing`` walks from page to page and writes the whole, or nothing.
"""

from .writing import ArchiveError, write_archive

__all__ = ["ArchiveError", "write_archive"]
