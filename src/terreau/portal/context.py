"""What every page needs to know of the site."""

from django.http import HttpRequest

from terreau.loop import open_rooms


def site(request: HttpRequest) -> dict[str, object]:
    return {"rooms": open_rooms()}
