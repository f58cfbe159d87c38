"""A file that somebody sends: what it is, by its content rather than by its name."""

from django.utils.translation import gettext as _

from .blocks import Block, UnreadableText
from .docx import from_docx
from .markdown import from_markdown
from .pasted import from_pasted

MOST_BYTES = 5_000_000


def from_file(content: bytes, name: str) -> list[Block]:
    """DOCX, Markdown (``.md``) or plain text. Raises UnreadableText."""
    if len(content) > MOST_BYTES:
        raise UnreadableText(
            _("Ce fichier pèse plus de 5 Mo : retirez ses images, ou copiez son texte et collez-le.")
        )
    ending = name.lower().rpartition(".")[2]
    if content.startswith(b"PK"):
        return from_docx(content)
    if (
        content.startswith(b"\xd0\xcf\x11\xe0")
        or ending in {"doc", "odt", "pdf", "rtf"}
        or content[:5] == b"%PDF-"
    ):
        raise UnreadableText(
            _(
                "Ce format n’est pas lu : enregistrez le texte en DOCX ou en Markdown, ou copiez-le et collez-le."
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableText(
            _(
                "Ce fichier n’est pas un texte en UTF-8 : enregistrez-le ainsi, ou copiez son texte et collez-le."
            )
        ) from error
    if "\x00" in text:
        raise UnreadableText(_("Ce fichier n’est pas un texte : envoyez un DOCX ou un Markdown."))
    return from_markdown(text) if ending in {"md", "markdown"} else from_pasted(text)
