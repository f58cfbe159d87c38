"""A text written elsewhere becomes paragraphs: pasted words, a Markdown file or a DOCX file.

Each function gives ``Block``s in order or raises ``UnreadableText``, whose message says what to do next. Nothing of a
file is kept but its words: no image, no colour, no comment in the margin.
"""

from .blocks import (
    LONGEST_TEXT,
    MOST_BLOCKS,
    PARAGRAPH_LENGTH,
    Block,
    UnreadableText,
    clean_words,
)
from .docx import from_docx
from .files import MOST_BYTES, from_file
from .markdown import from_markdown
from .pasted import as_pasted, from_pasted

__all__ = [
    "LONGEST_TEXT",
    "MOST_BLOCKS",
    "MOST_BYTES",
    "PARAGRAPH_LENGTH",
    "Block",
    "UnreadableText",
    "as_pasted",
    "clean_words",
    "from_docx",
    "from_file",
    "from_markdown",
    "from_pasted",
]
