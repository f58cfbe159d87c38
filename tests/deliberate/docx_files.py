"""DOCX files made by hand for tests, honest and not."""

import io
import zipfile

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(body: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def styles(names: dict[str, str]) -> str:
    each = "".join(
        f'<w:style w:styleId="{code}"><w:name w:val="{name}"/></w:style>' for code, name in names.items()
    )
    return f'<?xml version="1.0"?><w:styles xmlns:w="{_WORD}">{each}</w:styles>'


def line(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def docx(body: str, *, before: str = "", **parts: str) -> bytes:
    """``parts``: others of the archive, ``styles`` for instance."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document(body, before))
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return made.getvalue()


def bomb(words: str = " " * 30_000_000) -> bytes:
    """Some tens of kilobytes that unfold to thirty million characters."""
    return docx(words)


def lying_bomb() -> bytes:
    """The same, whose directory declares a hundred characters."""
    made = bytearray(bomb())
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(made)
