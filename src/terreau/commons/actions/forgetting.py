"""Taking words out of rows and files, for actions that erase what a person wrote."""

import logging
import re
from typing import Any

import polars as pl
from django.db import connection

from terreau.lake.publishing import rewrite_publications

log = logging.getLogger(__name__)

_SHORTEST = 4  # letters: a shorter one is looked for alone, not inside other texts


def without_words(content: Any, words: list[str], mention: str) -> Any:
    """``content``, JSON of any depth, with ``mention`` in place of each of ``words``, when they are whole words."""
    if isinstance(content, dict):
        return {name: without_words(value, words, mention) for name, value in content.items()}
    if isinstance(content, list):
        return [without_words(value, words, mention) for value in content]
    if isinstance(content, str):
        for word in words:
            if content == word:
                return mention
            if len(word) >= _SHORTEST:
                content = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _found: mention, content)
    return content


def clean_publications(words: list[str], mention: str) -> None:
    """Before the act is certain: cut short here, it is done again whole; cut short after, the words would stay."""

    def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
        texts = [name for name, type_ in frame.schema.items() if type_ == pl.String]
        return frame.with_columns(
            pl.Series(name, [without_words(text, words, mention) for text in frame[name]], dtype=pl.String)
            for name in texts
        )

    if words:
        rewrite_publications(cleaned)


def write_file_anew() -> None:
    """On SQLite: leave what earlier writes freed out of the file, and empty its write-ahead log."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store = FILE")  # the copy may be larger than memory
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _pages, _moved = cursor.fetchone()
    if busy:
        log.warning("the write-ahead log is still read: it is emptied at the next erasure or restart")
