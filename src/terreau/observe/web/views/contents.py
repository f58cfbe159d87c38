"""The register of funded content: financed, published freely, due, late."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.enums import Role
from terreau.commons.licences import LICENCES
from terreau.commons.models import User
from terreau.commons.roles import roles_of
from terreau.observe.actions.contents import save_funded_content
from terreau.observe.models import FundedContent
from terreau.observe.queries.contents import counts_by_state
from terreau.observe.queries.contents import funded_contents as lines_of_register
from terreau.observe.web.content_forms import FundedContentForm
from terreau.ui.feeds import SteadyFeed

State = FundedContent.State


def funded_contents(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = request.GET.get("etat", "")
    state = asked if asked in State.values else ""
    counts = counts_by_state(on=today)
    page = Paginator(lines_of_register(on=today, state=state), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": [(code, State(code).label, count) for code, count in counts.items()],
        "total": sum(counts.values()),
        "lines": [(line, State(line.state).label, LICENCES.get(line.licence)) for line in page],
        "may_write": Role.STEWARD in roles_of(request.user),
    }
    return render(request, "observe/funded_contents.html", context)


def funded_content_new(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


def funded_content_edit(request: HttpRequest, token: str) -> HttpResponse:
    return _write(request, get_object_or_404(FundedContent, token=token))


def _write(request: HttpRequest, content: FundedContent | None) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so."""
    form = FundedContentForm(request.POST or None, instance=content)
    if request.method == "POST" and form.is_valid():
        save_funded_content(content=content, by=cast(User, request.user), **form.values)
        messages.success(request, _("La ligne est enregistrée."))
        return redirect("observe:funded_contents")
    status = 400 if request.method == "POST" else 200
    context = {"form": form, "is_new": content is None}
    return render(request, "observe/funded_content_form.html", context, status=status)


class LateContents(Feed):
    """What should have been published and is not: one entry a line."""

    feed_type = SteadyFeed
    title = gettext_lazy("Contenus financés en retard")
    subtitle = gettext_lazy("Ce que l’argent public a payé et qui n’est pas publié à la date promise.")
    link = reverse_lazy("observe:funded_contents")

    def items(self) -> "QuerySet[FundedContent]":
        return lines_of_register(on=timezone.localdate(), state=State.LATE.value)[:100]

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        facts = {"producer": item.producer, "funder": item.funder, "date": date_format(item.due_on)}
        return _("%(producer)s, pour %(funder)s : à publier au plus tard le %(date)s.") % facts

    def item_link(self, item: Any) -> str:
        return f"{self.link}#{item.token}"
