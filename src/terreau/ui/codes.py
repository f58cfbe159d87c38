"""QR codes: an address on paper that a phone reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """An SVG, black on white whatever the theme. The page names it for those who do not see it."""
    drawn = segno.make_qr(address, error="m")
    return mark_safe(drawn.svg_inline(scale=5, dark="#000", light="#fff"))  # noqa: S308 (nothing of it is given)
