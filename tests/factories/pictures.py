"""Files as people send them: drawn here, with what a camera would add."""

from io import BytesIO
from typing import Any

from PIL import Image

from terreau.commons.models import Party
from terreau.observe.models import Picture
from terreau.observe.pictures import store_picture

PLACE = "12 rue Inventee"  # in the description that a camera writes
_GPS, _DESCRIPTION, _ORIENTATION = 0x8825, 0x010E, 0x0112


def make_file(
    width: int = 800, height: int = 600, kind: str = "JPEG", *, turn: int = 1, mode: str = "RGB"
) -> bytes:
    """Red on the left, blue on the right, before it is turned; with GPS, a description and a comment."""
    image = Image.new(mode, (width, height), "#2255cc")
    image.paste("#cc2222", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[_DESCRIPTION] = PLACE
    exif[_ORIENTATION] = turn
    exif[_GPS] = {1: "N", 2: (47.0, 23.0, 38.0), 3: "E", 4: (1.0, 41.0, 3.0)}
    out = BytesIO()
    extra: dict[str, Any] = {"comment": PLACE.encode()} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, **extra)
    return out.getvalue()


def make_picture(party: Party, content: bytes = b"", **values: Any) -> Picture:
    stored = store_picture(content or make_file())
    given = {
        "alt": "Une façade rouge et bleue",
        "author_name": "Photographe fictive",
        "rights_holder": "Association fictive",
        "licence": "cc-by-4.0",
    }
    return Picture.objects.create(party=party, identity=party.identity, **vars(stored), **{**given, **values})
