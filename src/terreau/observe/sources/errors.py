"""The one error that a source can raise."""


class SourceError(Exception):
    """A source cannot be read as declared. The message is French, for a steward: what is wrong, what to do."""
