"""Who votes: a browser that holds a secret, an account, or whoever opened the link of a paper sheet."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from terreau.deliberate.actions import take_part, take_sheet
from terreau.deliberate.actions.participating import digest_of
from terreau.deliberate.actions.sheets import is_sheet_secret
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Channel
from terreau.deliberate.models import Participant, Process
from terreau.deliberate.queries.statements import find_answering, find_asking
from terreau.deliberate.rules import may_see
from terreau.deliberate.web.asking import COOKIE, remember, secret_of, who_asks
from terreau.deliberate.web.pace import address_of, is_slow_enough


class TooMany(NotAllowed):
    """Of one participant in a minute, or of one address in an hour."""


@dataclass
class Voter:
    """``participant``: None until the first act. ``sheet``: the number of hers, 0 without one."""

    request: HttpRequest
    process: Process
    participant: Participant | None
    address: str
    sheet: int = 0
    secret: str = ""

    @property
    def channel(self) -> str:
        return Channel.WORKSHOP if self.sheet else Channel.WEB

    def take_part(self, **given: object) -> Participant:
        """Written now if this is her first act. Raises NotAllowed."""
        if self.participant is not None and not given:
            return self.participant
        if self.participant is None and not is_slow_enough("take_part", address_of(self.request)):
            raise TooMany(
                _("Trop de personnes sont arrivées par cette connexion en une heure. Réessayez plus tard.")
            )
        if self.sheet:
            self.participant = take_sheet(process=self.process, number=self.sheet, by=None)
            if not given:
                return self.participant
        by = None if self.sheet else who_asks(self.request)
        self.secret = "" if by else self.secret or secret_of(self.request)
        self.participant = take_part(process=self.process, by=by, secret=self.secret, **given)  # type: ignore[arg-type]
        return self.participant

    def remembered(self, response: HttpResponse) -> HttpResponse:
        """Her browser keeps its secret; that of a sheet stays in its link."""
        if self.secret and not self.sheet and self.request.COOKIES.get(COOKIE) != self.secret:
            return remember(response, self.secret)
        return response


def voter_of(request: HttpRequest, process: Process) -> Voter:
    address = reverse("deliberate:vote", args=[process.slug])
    return Voter(request, process, _known(request, process), address)


def _known(request: HttpRequest, process: Process) -> Participant | None:
    by = who_asks(request)
    if by is not None:
        return find_answering(process, "user_id", by.pk)
    if COOKIE not in request.COOKIES:
        return None
    return find_answering(process, "secret_digest", digest_of(process, secret_of(request)))


def voter_of_sheet(request: HttpRequest, process: Process, number: int, secret: str) -> Voter:
    if not is_sheet_secret(process, number, secret):
        raise Http404
    address = reverse("deliberate:sheet_vote", args=[process.slug, number, secret])
    return Voter(request, process, find_answering(process, "sheet", str(number)), address, number, secret)


def asking_or_404(request: HttpRequest, slug: str) -> Process:
    """``process_or_404`` for the page that a whole hall asks for."""
    found = find_asking(slug)
    if found is None or (found.is_draft and not may_see(who_asks(request), found)):
        raise Http404
    return found
