"""Under which licence deliberation leaves the site, and whom to credit."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from terreau.commons.attribution import attribution
from terreau.commons.licences import combined_licence
from terreau.commons.queries.places import site_name

from .processes import visible_processes


@dataclass
class _Credited:
    """The site is the source of its processes."""

    publisher: str
    title: str
    licence: str
    vintage: dt.date | None = None
    code: str = ""
    precedence: int = 0


def credit_processes() -> tuple[str, str]:
    """The licence code, and the sentence: the same as long as no process changes."""
    last = visible_processes().aggregate(at=Max("changed_at"))["at"]
    licence = combined_licence(set(visible_processes().order_by().values_list("licence", flat=True)))
    vintage = timezone.localdate(last) if last else None
    processes = _Credited(site_name(), "Démarches", licence, vintage)
    return licence, attribution([processes], site=site_name(), changes="")
