"""Absolute addresses, for what is read away from the site."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override


def absolute(request: HttpRequest, route: str, *arguments: object) -> str:
    """The address of ``route`` in the first language of the site, on the name that the operator declares."""
    with override(settings.LANGUAGE_CODE):
        path = reverse(route, args=arguments)
    return f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else request.build_absolute_uri(path)
