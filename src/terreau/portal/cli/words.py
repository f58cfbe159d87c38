"""The two languages of the command line.

The catalogue of translations needs Django, which the command line loads only when it must, for a quick second
start. So here each sentence is written twice, side by side.
"""

import os


def speaks_english() -> bool:
    """French unless the machine says English: LC_ALL, LC_MESSAGES, then LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("en")
    return False


def words(french: str, english: str) -> str:
    return english if speaks_english() else french
