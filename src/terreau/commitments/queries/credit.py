"""Under which licence the register leaves the site, and whom to credit."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
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
    return credit_own("Registre des engagements", visible_commitments())


def credit_own(title: str, rows: "QuerySet[Any]") -> tuple[str, str]:
    """Of what the site itself makes: ``rows`` have a licence and the date of their last change."""
    last = rows.aggregate(at=Max("changed_at"))["at"]
    licence = combined_licence(set(rows.order_by().values_list("licence", flat=True)))
    return _credit([_Credited(site_name(), title, licence, timezone.localdate(last) if last else None)])


def credit_programmes() -> tuple[str, str]:
    rows = Programme.objects.order_by("slug").values_list(
        "rights_holder", "title", "licence", "adopted_on", "slug"
    )
    return _credit([_Credited(*row) for row in rows])


def _credit(credited: Iterable[_Credited]) -> tuple[str, str]:
    used = list(credited)
    sentence = attribution(used, site=site_name(), changes="")
    return combined_licence({one.licence for one in used}), sentence
