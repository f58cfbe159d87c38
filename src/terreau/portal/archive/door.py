"""Asking the site for a page in this process, through all that a request goes through, as a visitor without account."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    location: str
    content: bytes


class Door:
    """``origin``: where the site says it is (SITE_ADDRESS), else a name that it answers to."""

    def __init__(self) -> None:
        self.origin = settings.SITE_ADDRESS or f"http://{_allowed_name()}"
        self._site = urlsplit(self.origin)
        # Django's client, and not the door of the server: that one closes the database between two pages, and an
        # archive is of one moment.
        self._client = Client(raise_request_exception=False, headers={"host": self._site.netloc})

    def ask(self, address: str) -> Answer:
        answer = self._client.get(address, secure=self._site.scheme == "https")
        content = answer.getvalue() if answer.streaming else answer.content
        kind, location = answer.headers.get("Content-Type", ""), answer.headers.get("Location", "")
        return Answer(answer.status_code, kind, location, content)


def _allowed_name() -> str:
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    return names[0] if names else "localhost"
