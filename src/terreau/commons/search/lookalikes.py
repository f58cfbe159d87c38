"""Texts that a reader takes for the same one: case, accents, spaces, invisible characters and look-alike letters.

Other than for search, no plural and no feminine is folded, and what changes the meaning stays: *ne*, %, €, + and −.
"""

import hashlib
import re
import unicodedata

from .fold import fold_words

# Letters of other alphabets that are drawn as one of ours (Unicode Technical Standard 39 calls them confusable).
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("АВЕЅІЈКМНОРСТУХԚԜԌаеѕіјорсухԛԝԁһӏвкмнт", "ABESIJKMHOPCTYXQWGaesijopcyxqwdhlbkmht", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹαειοκνρτυχγϲϳ", "ABEZHIKMNOPTYXCaeiokvptuxycj", strict=True)),
        **dict(zip("օսոհցԼ", "ounhgL", strict=True)),
        **dict(zip("ıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ", "iagiyacdejkmoptuvwz", strict=True)),
    }
)  # fmt: skip
_MEANINGFUL = str.maketrans(
    {"%": " pourcent ", "€": " euros ", "+": " plus ", "−": " moins ", "<": " inferieur ", ">": " superieur "}
)
_NEGATION = re.compile(r"\bn['’ʼ‘`´](?=\w)", re.IGNORECASE)  # « on n’a plus » is not « on a plus »
_MINUS = re.compile(r"(?<!\w)-(?=\d)")
_BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"))  # letters that show nothing
_DIGEST = 64


def fold_lookalikes(text: str, *, longest: int) -> str:
    """What two texts that look the same have in common; ``""`` when there is no letter nor digit in it.

    One that would be longer than ``longest`` ends with its digest.
    """
    shown = [
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in {"Mn", "Me", "Cf"}
    ]
    plain = "".join(shown).translate(_BLANKS).translate(_LOOKALIKES)
    plain = _MINUS.sub(" moins ", _NEGATION.sub("ne ", plain)).translate(_MEANINGFUL)
    folded = "".join(fold_words(plain))
    if len(folded) <= longest:
        return folded
    return folded[: longest - _DIGEST] + hashlib.sha256(folded.encode()).hexdigest()
