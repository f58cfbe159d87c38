"""The words of a DOCX file, read without trusting it.

A DOCX is an archive of XML files. What is refused: an archive whose parts declare, or turn out, to be larger than what
is read; one with thousands of parts; a document type, by which XML names other files or grows without end. Only two
parts are opened: the document, and the names of its styles.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from terreau.deliberate.enums import ParagraphKind

from .blocks import LONGEST_TEXT, MOST_BLOCKS, Block, UnreadableText, checked, too_many

MOST_PARTS = 2_000
MOST_OF_A_PART = 20_000_000
MOST_OF_ALL = 200_000_000  # declared: images are not opened, but an archive of bombs is no text
_DEEPEST = 500
_MOST_TAGS = 500_000  # some hundreds a page
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"
_CHUNK = 65_536


def from_docx(content: bytes) -> list[Block]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
            styles = _Styles()
            if _STYLES in archive.namelist():
                _read(archive, _STYLES, styles)
            words = _Words(styles.names)
            _read(archive, _DOCUMENT, words)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        raise UnreadableText(
            _(
                "Ce fichier DOCX est abîmé ou protégé : enregistrez-le de nouveau, ou copiez son texte et collez-le."
            )
        ) from error
    return checked(words.blocks)


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_OF_ALL:
        raise _bomb()
    if _DOCUMENT not in archive.namelist():
        raise UnreadableText(
            _(
                "Ce fichier n’est pas un document de traitement de texte : envoyez un DOCX, ou collez son texte."
            )
        )


def _bomb() -> UnreadableText:
    return UnreadableText(
        _("Une fois ouvert, ce fichier est démesuré : il n’est pas lu. Copiez son texte et collez-le.")
    )


def _read(archive: zipfile.ZipFile, name: str, reader: "_Reader") -> None:
    """In pieces: what a part declares of its size is not believed."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.started
    parser.EndElementHandler = reader.ended
    parser.CharacterDataHandler = reader.said
    parser.StartDoctypeDeclHandler = _refuse_doctype
    size = 0
    with archive.open(name) as part:
        while piece := part.read(_CHUNK):
            size += len(piece)
            if size > MOST_OF_A_PART:
                raise _bomb()
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_declared: Any) -> None:
    raise UnreadableText(
        _("Ce fichier DOCX appelle d’autres fichiers : il n’est pas lu. Copiez son texte et collez-le.")
    )


class _Reader:
    """Calls ``start_<element>`` and ``end_<element>`` for those of WordprocessingML."""

    def __init__(self) -> None:
        self._depth = self._seen = 0

    def started(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._seen += 1
        if self._depth > _DEEPEST or self._seen > _MOST_TAGS:
            raise _bomb()
        if handler := self._handler("start", name):
            handler({key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def ended(self, name: str) -> None:
        self._depth -= 1
        if handler := self._handler("end", name):
            handler()

    def said(self, text: str) -> None:
        """Text between two tags."""

    def _handler(self, prefix: str, name: str) -> Callable[..., None] | None:
        namespace, _space, element = name.rpartition(" ")
        return getattr(self, f"{prefix}_{element}", None) if namespace in {_WORD, _STRICT} else None


class _Styles(_Reader):
    """``names``: identifier of a style → its name, which every language of the word processor writes alike."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self._current = ""

    def start_style(self, given: dict[str, str]) -> None:
        self._current = given.get("styleId", "")

    def start_name(self, given: dict[str, str]) -> None:
        if self._current:
            self.names.setdefault(self._current, given.get("val", "").lower())

    def end_style(self) -> None:
        self._current = ""


class _Words(_Reader):
    """``blocks``: the paragraphs, cells of tables among them. Deletions that are tracked are left out."""

    def __init__(self, style_names: dict[str, str]) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._style_names = style_names
        self._open: list[list[str]] = []  # a text box holds paragraphs inside a paragraph
        self._kinds: list[str] = []
        self._in_text = False
        self._length = 0

    def start_p(self, _given: dict[str, str]) -> None:
        self._open.append([])
        self._kinds.append(ParagraphKind.PARAGRAPH)

    def end_p(self) -> None:
        if not self._open:
            return
        kind, words = self._kinds.pop(), "".join(self._open.pop())
        if words.strip():
            self.blocks.append(Block(kind, words))
        if len(self.blocks) > MOST_BLOCKS:
            raise too_many()

    def start_pStyle(self, given: dict[str, str]) -> None:
        identifier = given.get("val", "")
        name = self._style_names.get(identifier, identifier.lower())
        if name.startswith(("heading", "title", "titre", "subtitle")):
            self._set_kind(ParagraphKind.HEADING)
        elif name.startswith("list"):
            self._set_kind(ParagraphKind.ITEM)

    def start_outlineLvl(self, given: dict[str, str]) -> None:
        if given.get("val", "9") != "9":  # nine is the level of plain text
            self._set_kind(ParagraphKind.HEADING)

    def start_numPr(self, _given: dict[str, str]) -> None:
        if self._kinds and self._kinds[-1] == ParagraphKind.PARAGRAPH:  # a numbered heading stays one
            self._set_kind(ParagraphKind.ITEM)

    def _set_kind(self, kind: str) -> None:
        if self._kinds:
            self._kinds[-1] = kind

    def start_t(self, _given: dict[str, str]) -> None:
        self._in_text = True

    def end_t(self) -> None:
        self._in_text = False

    def start_tab(self, _given: dict[str, str]) -> None:
        self._add(" ")

    def start_br(self, _given: dict[str, str]) -> None:
        self._add("\n")

    def start_noBreakHyphen(self, _given: dict[str, str]) -> None:
        self._add("\u2011")

    def said(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise UnreadableText(
                _("Ce document est trop long pour une page de texte : coupez-le en plusieurs textes.")
            )
        if self._open:
            self._open[-1].append(text)
