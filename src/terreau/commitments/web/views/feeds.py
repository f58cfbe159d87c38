"""What falls due, to follow from elsewhere: a calendar and an Atom feed, with the filters of the list."""

from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from terreau.commitments.queries.asking import asked_for
from terreau.commitments.queries.due import commitments_due, latest_changed, title_of
from terreau.commitments.web.calendar import calendar_of, description_of
from terreau.commitments.words import day_in_words
from terreau.commons.web.addresses import absolute
from terreau.commons.web.following import unless_the_same
from terreau.ui.feeds import SteadyFeed

IN_A_FEED = 100


@require_safe
@unless_the_same
def agenda(request: HttpRequest) -> HttpResponse:
    asked = asked_for(request.GET)

    def address_of(token: str) -> str:
        return absolute(request, "commitments:commitment", token)

    content = calendar_of(commitments_due(asked), title=title_of(asked), address_of=address_of)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="echeances.ics"'
    return response


class DueFeed(Feed):
    """One entry a commitment, the last changed first."""

    feed_type = SteadyFeed
    subtitle = gettext_lazy("Ce qui est promis, pour quand, et où cela en est.")

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, str]:
        return asked_for(request.GET)

    def title(self, asked: dict[str, str]) -> str:
        return title_of(asked)

    def link(self, asked: dict[str, str]) -> str:
        return reverse("commitments:commitments")

    def items(self, asked: dict[str, str]) -> list[Any]:
        return latest_changed(asked, IN_A_FEED)

    def item_title(self, item: Any) -> str:
        return _("%(title)s, pour le %(day)s") % {"title": item.title, "day": day_in_words(item.due_on)}

    def item_description(self, item: Any) -> str:
        return description_of(item).replace("\n", ". ")

    def item_link(self, item: Any) -> str:
        return reverse("commitments:commitment", args=[item.token])

    def item_updateddate(self, item: Any) -> Any:
        return item.changed_at


agenda_feed = require_safe(unless_the_same(DueFeed()))
