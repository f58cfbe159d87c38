"""The character NUL, which no keyboard types and PostgreSQL refuses to look for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NUL = "\x00"


class WithoutNulMiddleware:
    """Drops NUL from the address, as if it had not been sent, and cookies that hold it.

    Forms refuse it by themselves; what is read from the address or a cookie would else reach the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.path = request.path.replace(NUL, "")
        request.path_info = request.path_info.replace(NUL, "")
        if "%00" in request.META.get("QUERY_STRING", ""):
            given = request.GET.copy()
            for name, values in request.GET.lists():
                given.setlist(name, [value.replace(NUL, "") for value in values])
            request.GET = given  # type: ignore[assignment]
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        return self.get_response(request)
