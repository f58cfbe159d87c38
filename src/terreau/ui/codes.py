"""QR codes: an address on paper that a phone reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """An SVG, black on white whatever the theme. The page names it for those who do not see it."""
    drawn = segno.make_qr(address, error="m")
    picture = drawn.svg_inline(border=4, omitsize=True, light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(picture)  # noqa: S308  (drawn by us)


def qr_image(address: str) -> str:
    """As the address of a picture."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2)
