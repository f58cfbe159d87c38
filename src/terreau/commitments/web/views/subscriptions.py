"""To receive what falls due by mail: ask, confirm, stop. A link shows; a button acts."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from terreau.commitments.actions.subscribing import confirm_subscription, stop_subscription, subscribe
from terreau.commitments.models import Subscription
from terreau.commitments.queries.asking import asked_for, item_at, party_at, place_at
from terreau.commitments.queries.subscriptions import (
    CONFIRM,
    STOP,
    find_subscription,
    is_secret_of,
    scope_label,
    secret_of,
    subscriptions_to,
)
from terreau.commons.models import User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.subscribing import AddressForm

OWN = "moi"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_page(request: HttpRequest) -> HttpResponse:
    """With the filters of the list: whom or what to follow. Signed in: what one's organisations promised too."""
    by = request.user if isinstance(request.user, User) else None
    scope, label = _scope(request)
    form = AddressForm(request.POST or None) if by is None else None
    context: dict[str, Any] = {"form": form, "scope": label, "by": by, "own": OWN}
    status = 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 400
        elif form is not None and form.cleaned_data["fax"]:
            return render(request, "commitments/subscribe_sent.html", context)
        else:
            address = by.email if by else form.cleaned_data["email"]  # type: ignore[union-attr]
            if not ratelimit.consume(request, action="subscription", key=address.lower()):
                status = 429
                context["problem"] = _("Trop de demandes en une heure. Réessayez plus tard.")
            else:
                is_own = by is not None and request.POST.get("pour") == OWN
                _subscribe(request, by, address, is_own, {} if is_own else scope)
                if by is not None:
                    messages.success(request, _("L’abonnement est enregistré."))
                    return redirect("commitments:subscribe")
                return render(request, "commitments/subscribe_sent.html", context)
    if by is not None:
        context["held"] = [
            (scope_label(one), one.token, secret_of(STOP, one.token)) for one in subscriptions_to(by.email)
        ]
    return render(request, "commitments/subscribe.html", context, status=status)


def _subscribe(
    request: HttpRequest, by: User | None, address: str, is_own: bool, scope: dict[str, Any]
) -> None:
    def link_to(token: str, secret: str) -> str:
        return absolute(request, "commitments:confirm", token, secret)

    subscribe(address=address, is_own=is_own, link_to=link_to, by=by, **scope)


def _scope(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """What the address asks to follow: the first of its filters that names something."""
    asked = asked_for(request.GET)
    found = {
        "party": party_at(asked["acteur"]) if "acteur" in asked else None,
        "place": place_at(asked["territoire"]) if "territoire" in asked else None,
        "item": item_at(asked.get("programme", ""), asked["point"]) if "point" in asked else None,
    }
    scope = next(({name: one} for name, one in found.items() if one is not None), {})
    return scope, scope_label(Subscription(**scope))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str, secret: str) -> HttpResponse:
    found = find_subscription(token) if is_secret_of(CONFIRM, token, secret) else None
    if found is None:
        raise Http404
    if request.method == "POST":
        confirm_subscription(subscription=found, by=None)
        found.refresh_from_db()
    context = {"scope": scope_label(found), "is_confirmed": found.confirmed_at is not None}
    return render(request, "commitments/subscribe_confirm.html", context)


@csrf_exempt  # the programs of mail providers press this button for people (RFC 8058); the secret is in the address
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str, secret: str) -> HttpResponse:
    """``seul``: this one; else every one to that address. Pressed twice, it says the same."""
    if not is_secret_of(STOP, token, secret):
        raise Http404
    found = find_subscription(token)
    if request.method == "POST" and found is not None:
        stop_subscription(subscription=found, everything="seul" not in request.POST, by=None)
        found = None
    context = {
        "scope": scope_label(found) if found else "",
        "is_stopped": found is None,
        "others": subscriptions_to(found.address).count() - 1 if found else 0,
    }
    return render(request, "commitments/subscribe_stop.html", context)
