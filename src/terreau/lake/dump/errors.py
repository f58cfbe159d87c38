"""What is wrong with a dump, in words."""


class DumpError(Exception):
    """The message, in the reader's language, says what is wrong and where; nothing was written."""
