"""Reading a .tar.gz that nobody vouches for: what a dump and a backup both need."""

import gzip
import tarfile

_CHUNK = 1 << 20
_PADDING = 1 << 20  # bytes; tar fills its last block


class UnexpectedMember(Exception):
    """The archive holds something that ours never hold; the message is its name."""


def open_tar(content: gzip.GzipFile, *, longest_header: int | None = None) -> tarfile.TarFile:
    """The members one after the other, for reading only once.

    Headers that bring text of their own (long names, extended attributes) are read whole: one longer than
    ``longest_header`` bytes, or any when it is None, raises UnexpectedMember before it is.
    """

    class Header(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Header":
            header = super().frombuf(buf, encoding, errors)
            is_plain = header.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
            is_short = longest_header is not None and 0 <= header.size <= longest_header
            if not is_plain and not is_short:
                raise UnexpectedMember(header.name)
            return header

    return tarfile.open(fileobj=content, mode="r|", tarinfo=Header)


def read_to_the_end(content: gzip.GzipFile) -> None:
    """After the last member comes padding, then gzip's own check: without reading it, a cut would go unseen."""
    read = 0
    while chunk := content.read(_CHUNK):
        read += len(chunk)
        if chunk.strip(b"\0") or read > _PADDING:
            raise UnexpectedMember("…")
