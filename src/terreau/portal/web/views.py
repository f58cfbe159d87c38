"""The home page, the pages in the region's own words, the choice of light or dark."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from terreau.portal.context import THEMES
from terreau.portal.pages import page_file, region_words
from terreau.portal.propositions import PROPOSITIONS
from terreau.portal.queries import home_figures, sources_read

from .loop_picture import loop_steps

ONE_YEAR = 365 * 24 * 3600
SOURCES_ON_HOME_PAGE = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "portal/home.html",
        {
            "figures": home_figures(),
            "sources": sources_read()[:SOURCES_ON_HOME_PAGE],
            "steps": loop_steps(),
            "propositions": PROPOSITIONS,
            "perimeter_url": reverse("observe:perimeter"),
        },
    )


@require_safe
def words(request: HttpRequest, name: str) -> HttpResponse:
    """A page the law asks for: the region's own words, then what the software knows of itself."""
    language = get_language() or "fr"
    context = {
        "words": region_words(name, language),
        "file": f"pages/{page_file(name, language).name}",
        "session_days": settings.SESSION_COOKIE_AGE // (24 * 3600),
        "source_code_address": settings.SOURCE_CODE,
    }
    return render(request, f"portal/{name}.html", context)


@csrf_exempt  # changes nothing but the looks, and lets pages be read without any cookie
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie that says ``light`` or ``dark``; without a choice there is no cookie."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("home")
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be indexed; forms and personal pages need not be."""
    lines = ["User-agent: *", "Disallow: /compte/", "Disallow: /en/compte/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
