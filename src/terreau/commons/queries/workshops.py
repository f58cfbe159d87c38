"""Workshops: which one a code opens now. A room of the platform needs nothing but these two and ``count_in_workshop``:

code = request.POST.get("atelier") or request.session.get(IN_SESSION, "")
if not count_in_workshop(code=code) and not ratelimit.consume(request, action=…): refuse
"""

from django.db.models import QuerySet

from terreau.commons.models import Workshop

IN_SESSION = "workshop"
"""Where a session keeps the code that was entered."""


def read_code(typed: str) -> str:
    """As it is kept, whatever spaces, dashes and capitals a phone adds."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())[:20]


def find_workshop(typed: str) -> Workshop | None:
    """Even if it has not begun, or is over."""
    code = read_code(typed)
    return Workshop.objects.select_related("place").filter(code=code).first() if code else None


def find_open_workshop(typed: str) -> Workshop | None:
    found = find_workshop(typed)
    return found if found and found.is_open else None


def workshops() -> "QuerySet[Workshop]":
    """The latest first."""
    return Workshop.objects.select_related("place", "opened_by")
