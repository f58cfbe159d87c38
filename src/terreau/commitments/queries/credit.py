"""Under which licence the register leaves the site, and whom to credit."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from terreau.commitments.models import Programme
from terreau.commons.attribution import attribution
from terreau.commons.licences import combined_licence
from terreau.commons.queries.places import site_name

from .commitments import visible_commitments


@dataclass
class _Credited:
    """The site is the source of its register; a programme has an author of its own."""

    publisher: str
    title: str
    licence: str
    vintage: dt.date | None = None
    code: str = ""
    precedence: int = 0


def credit_register() -> tuple[str, str]:
    """The licence code, and the sentence: the same as long as no commitment changes."""
    last = visible_commitments().aggregate(at=Max("changed_at"))["at"]
    used = set(visible_commitments().order_by().values_list("licence", flat=True))
    licence = combined_licence(used)
    register = _Credited(
        site_name(), "Registre des engagements", licence, timezone.localdate(last) if last else None
    )
    return _credit([register])


def credit_programmes() -> tuple[str, str]:
    rows = Programme.objects.order_by("slug").values_list(
        "rights_holder", "title", "licence", "adopted_on", "slug"
    )
    return _credit([_Credited(*row) for row in rows])


def _credit(credited: Iterable[_Credited]) -> tuple[str, str]:
    used = list(credited)
    sentence = attribution(used, site=site_name(), changes="")
    return combined_licence({one.licence for one in used}), sentence
