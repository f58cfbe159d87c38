"""Files as people send them: drawn here, with what a camera would add."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from terreau.commons.models import Party
from terreau.observe.models import Picture
from terreau.observe.models.pictures import LARGE, SMALL
from terreau.observe.pictures import StoredPicture, folder, picture_path, store_picture

PLACE = "12 rue Inventee"  # in the description that a camera writes
_GPS, _DESCRIPTION, _ORIENTATION = 0x8825, 0x010E, 0x0112


@cache
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


@cache
def _written(content: bytes) -> tuple[StoredPicture, dict[Path, bytes]]:
    """As the site stores it, and the files that it wrote: to draw them again for each test would take minutes."""
    stored = store_picture(content)
    paths = [picture_path(stored.sha256, size) for size in (LARGE, SMALL)]
    return stored, {path.relative_to(folder()): path.read_bytes() for path in paths}


def make_picture(party: Party, content: bytes = b"", **values: Any) -> Picture:
    stored, files = _written(content or make_file())
    folder().mkdir(parents=True, exist_ok=True)
    for path, bytes_ in files.items():
        (folder() / path).write_bytes(bytes_)
    given = {
        "alt": "Une façade rouge et bleue",
        "author_name": "Photographe fictive",
        "rights_holder": "Association fictive",
        "licence": "cc-by-4.0",
    }
    return Picture.objects.create(party=party, identity=party.identity, **vars(stored), **{**given, **values})
