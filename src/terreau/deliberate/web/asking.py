"""Who asks for a page of a process: an account, or a browser that holds the secret of a participant."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from terreau.commons.models import User
from terreau.deliberate.actions.participating import digest_of, new_secret
from terreau.deliberate.models import Participant, Process
from terreau.deliberate.queries import find_process
from terreau.deliberate.rules import may_see

COOKIE = "terreau_participant"
_ONE_YEAR = 365 * 24 * 3600


def who_asks(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def process_or_404(request: HttpRequest, slug: str) -> Process:
    """One that she may see."""
    found = find_process(slug)
    if found is None or not may_see(who_asks(request), found):
        raise Http404
    return found


def secret_of(request: HttpRequest) -> str:
    """The secret that her browser holds, or a new one, to be given with ``remember``."""
    held = request.COOKIES.get(COOKIE, "")
    return held if len(held) == 32 and held.isalnum() else new_secret()


def participant_of(request: HttpRequest, process: Process) -> Participant | None:
    """Who she is in this process, if she took part already."""
    user = who_asks(request)
    if user is not None:
        return process.participants.filter(user=user).first()
    if COOKIE not in request.COOKIES:
        return None
    return process.participants.filter(secret_digest=digest_of(process, secret_of(request))).first()


def remember(response: HttpResponse, secret: str) -> HttpResponse:
    """Set at an act, never at a reading: the same person votes once without an account."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=_ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
