"""Files of pictures: what is kept of them, what is refused, whatever their name says."""

import hashlib
import os
import random
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from PIL import Image

from terreau.observe.models.pictures import LARGE, SMALL, fitted
from terreau.observe.pictures import (
    MOST_BYTES,
    UnreadablePicture,
    check_file,
    picture_path,
    store_picture,
)
from tests.factories.pictures import PLACE, make_file

TRACES = (PLACE.encode(), b"Exif", b"EXIF", b"GPS", b"XMP", b"ICCP", b"http://ns.adobe.com")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def stored(content: bytes) -> dict[int, bytes]:
    found = store_picture(content)
    return {size: picture_path(found.sha256, size).read_bytes() for size in (LARGE, SMALL)}


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def noise(width: int, height: int) -> bytes:
    image = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_camera_adds_is_in_the_bytes(kind: str) -> None:
    content = make_file(kind=kind)
    assert PLACE.encode() in content and opened(content).getexif().get_ifd(0x8825), "something to drop"
    for written in stored(content).values():
        assert [trace for trace in TRACES if trace in written] == []
        assert not opened(written).getexif() and set(opened(written).info) <= {"loop", "background"}


def test_what_hides_after_the_picture_does_not_follow() -> None:
    assert all(b"PK\x03\x04" not in one for one in stored(make_file() + b"PK\x03\x04 archive").values())


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (1600, 1200), (480, 360)),
        ((3000, 4000), (1200, 1600), (360, 480)),
        ((300, 200), (300, 200), (300, 200)),
        ((5000, 1), (1600, 1), (480, 1)),
    ],
)
def test_two_sizes_and_never_enlarged(size, large, small) -> None:
    found = store_picture(make_file(*size))
    assert (found.width, found.height) == large
    assert opened(picture_path(found.sha256).read_bytes()).size == large
    assert opened(picture_path(found.sha256, SMALL).read_bytes()).size == small == fitted(*large, SMALL)


def test_files_are_named_by_the_larger_one_and_the_same_each_time() -> None:
    first, again = store_picture(make_file()), store_picture(make_file())
    assert first == again
    assert hashlib.sha256(picture_path(first.sha256).read_bytes()).hexdigest() == first.sha256
    check_file(picture_path(first.sha256).read_bytes())


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_taken_sideways_stands_upright(turn: int) -> None:
    """As any reader of EXIF shows it; afterwards nothing tells how it was turned."""
    from PIL import ImageOps

    content = make_file(400, 300, turn=turn)
    expected = ImageOps.exif_transpose(opened(content))
    written = opened(stored(content)[LARGE])
    assert written.size == expected.size
    for at in ((20, 20), (expected.width - 20, expected.height - 20)):
        red, _, blue = written.getpixel(at)
        assert (red > blue) == (expected.getpixel(at)[0] > expected.getpixel(at)[2])


def test_small_one_weighs_little_even_of_noise() -> None:
    written = stored(noise(1800, 1800))
    assert len(written[SMALL]) <= 100_000 and len(written[LARGE]) <= 900_000


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_every_way_of_writing_colours(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (50, 40)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(stored(out.getvalue())[LARGE]).mode == "RGB"


def test_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(stored(out.getvalue())[LARGE]).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_an_animated_one_the_first_picture(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue", "green")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    assert opened(out.getvalue()).n_frames == 3
    written = opened(stored(out.getvalue())[LARGE])
    assert getattr(written, "n_frames", 1) == 1 and written.getpixel((30, 20))[0] > 200


def other(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (10, 10)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff", SVG, b"<html>", b"%PDF-1.7", make_file()[:2000], other("GIF"), other("BMP"),
     other("TIFF"), other("ICO"), b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"],
)  # fmt: skip
def test_what_is_no_picture_of_the_three_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePicture, match=r"n’est pas une image JPEG, PNG ou WebP.*Enregistrez"):
        store_picture(content)


def test_more_than_ten_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadablePicture, match="dépasse 10 Mo"):
        store_picture(make_file() + bytes(MOST_BYTES))


def png_bomb(width: int, height: int) -> bytes:
    """Some kilobytes that announce, and hold, a picture of many points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = zlib.compress(bytes(1 + width // 8) * min(height, 2000), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def webp_bomb() -> bytes:
    out = BytesIO()
    Image.new("RGB", (16383, 1600)).save(out, "WEBP", quality=1, method=0)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [png_bomb(5001, 5000), png_bomb(12_000, 12_000), png_bomb(200_000, 200_000), webp_bomb()],
    ids=["over our limit", "over the library’s warning", "over the library’s limit", "webp"],
)
def test_too_many_points_are_refused_before_they_are_decoded(content: bytes) -> None:
    assert len(content) < 1_000_000
    with pytest.raises(UnreadablePicture, match="trop de points"):
        store_picture(content)


def test_texts_that_swell_are_refused() -> None:
    swollen = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    chunk = (
        struct.pack(">I", len(swollen)) + b"zTXt" + swollen + struct.pack(">I", zlib.crc32(b"zTXt" + swollen))
    )
    content = make_file(kind="PNG")
    with pytest.raises(UnreadablePicture):
        store_picture(content[:33] + chunk + content[33:])


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [("JPEG", "RGB", (8000, 6200)), ("PNG", "RGBA", (6200, 4000)), ("WEBP", "RGB", (6200, 4000))],
)
def test_largest_picture_taken_needs_little_memory(tmp_path, kind, mode, size) -> None:
    """In a process of its own: what it takes at most is known."""
    program = (
        "import resource, sys, django; django.setup();"
        "from terreau.observe.pictures import store_picture;"
        "most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "before = most(); store_picture(sys.stdin.buffer.read()); print(most() - before)"
    )
    out = BytesIO()
    Image.new(mode, size, "#2255cc").save(out, kind)
    variables = {"TERREAU_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=out.getvalue(),
        env={**os.environ, **variables},
        capture_output=True,
        check=True,
    )
    assert int(done.stdout) * 1024 < 500_000_000


def test_damaged_files_end_in_one_sentence() -> None:
    chance = random.Random(7)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = make_file(90, 60, kind)
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 12)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                check_file(picture_path(store_picture(bytes(damaged)).sha256).read_bytes())
            except UnreadablePicture as refused:
                assert str(refused).endswith("réessayez.")


def test_a_file_of_another_site_that_tells_more_than_the_picture_is_refused() -> None:
    large = Image.new("RGB", (1700, 20))
    out = BytesIO()
    large.save(out, "WEBP")
    for content in (make_file(kind="WEBP"), make_file(kind="PNG"), out.getvalue(), b"x"):
        with pytest.raises(ValueError):
            check_file(content)
