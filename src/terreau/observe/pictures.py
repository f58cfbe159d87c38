"""Files of pictures: what somebody sends is decoded, and only what was seen is written again, in two sizes.

So nothing else of the file goes on: neither the place and the hour that a camera adds, nor what may hide after the
picture. Files are named by the digest of the larger one; the smaller is made from it.
"""

import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from .models.pictures import LARGE, SMALL, fitted

MOST_BYTES = 10_000_000
# A telephone of today takes as many. What is not JPEG is decoded whole: 400 MB at the most.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
_READ = (
    "JPEG",
    "PNG",
    "WEBP",
)  # the opener of JPEG also tells MPO, which telephones write: its first picture is kept
_ORIENTATION = 0x0112  # in EXIF: how the camera was held
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MOST_WRITTEN = {LARGE: 900_000, SMALL: 100_000}  # bytes


class UnreadablePicture(ValueError):
    """The message says, in French, what is wrong with the file and what to do."""


@dataclass(frozen=True)
class StoredPicture:
    """Both files are in their place. ``width``, ``height``: of the larger."""

    sha256: str
    width: int
    height: int


def folder() -> Path:
    return Path(settings.DATA_DIR) / "pictures"


def picture_path(sha256: str, size: int = LARGE) -> Path:
    return folder() / f"{sha256}-{size}.webp"


def store_picture(content: bytes) -> StoredPicture:
    """Write both files of the picture that somebody sent. Raises UnreadablePicture."""
    if len(content) > MOST_BYTES:
        raise UnreadablePicture(too_heavy())
    picture = _decoded(content)
    large = _encoded(picture, LARGE)
    write_files(large)
    return StoredPicture(hashlib.sha256(large).hexdigest(), *picture.size)


def write_files(large: bytes) -> None:
    """``large``: as ``_encoded`` wrote it, here or on the site that a dump comes from."""
    sha256 = hashlib.sha256(large).hexdigest()
    with Image.open(BytesIO(large), formats=["WEBP"]) as picture:
        small = _encoded(picture.convert("RGB").resize(fitted(*picture.size, SMALL)), SMALL)
    folder().mkdir(parents=True, exist_ok=True)
    for size, bytes_ in ((SMALL, small), (LARGE, large)):
        _write(picture_path(sha256, size), bytes_)


def check_file(content: bytes) -> None:
    """For a file that another site wrote. Raises ValueError unless it is one of ours: no more than the picture."""
    try:
        with Image.open(BytesIO(content), formats=["WEBP"]) as picture:
            if max(picture.size) > LARGE or {"exif", "xmp", "icc_profile"} & picture.info.keys():
                raise ValueError(_("elle n’a pas été écrite par un site comme celui-ci"))
            picture.load()
    except Exception as error:  # as in ``_decoded``
        raise ValueError(str(error)[:100]) from error


def too_heavy() -> str:
    return _(
        "Ce fichier dépasse 10 Mo. Réduisez l’image, à 2 000 pixels de large par exemple, puis réessayez."
    )


def _decoded(content: bytes) -> Image.Image:
    """The first picture of the file, upright, on white, fitted in the larger size."""
    try:
        with Image.open(BytesIO(content), formats=_READ) as file:
            if file.width * file.height > MOST_PIXELS[file.format or ""]:
                raise UnreadablePicture(_too_many_pixels())
            turn = file.getexif().get(_ORIENTATION)
            file.draft("RGB", (LARGE, LARGE))  # a JPEG need not be decoded whole
            picture = _in_colours(file).resize(
                fitted(*file.size, LARGE), Image.Resampling.LANCZOS, reducing_gap=3
            )
        if picture.mode == "RGBA":
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture
    except UnreadablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise UnreadablePicture(_too_many_pixels()) from error
    except Exception as error:  # decoders raise anything for a file made to harm them
        raise UnreadablePicture(_not_a_picture()) from error


def _in_colours(file: Image.Image) -> Image.Image:
    mode = "RGBA" if file.has_transparency_data else "RGB"
    return file if file.mode == mode else file.convert(mode)


def _encoded(picture: Image.Image, size: int) -> bytes:
    content = b""
    for quality in (82, 70, 55, 40, 25, 10):
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=None, xmp=b"")
        content = out.getvalue()
        if len(content) <= _MOST_WRITTEN[size]:
            break
    return content


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)


def _too_many_pixels() -> str:
    return _(
        "Cette image a trop de points (50 millions au plus en JPEG, 25 millions sinon). Réduisez-la, à 2 000 pixels "
        "de large par exemple, puis réessayez."
    )


def _not_a_picture() -> str:
    return _(
        "Ce fichier n’est pas une image JPEG, PNG ou WebP que le site sait lire. Enregistrez l’image en JPEG, puis "
        "réessayez."
    )
