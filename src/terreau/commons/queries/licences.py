"""A source may be read only if what it says can be published with what the others say."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from terreau.commons.licences import NOT_FOR_PUBLICATION, IncompatibleLicences, combined_licence
from terreau.commons.models import Source


def require_compatible_licences(licences: Mapping[str, str]) -> None:
    """``licences``: code of each source about to be read → its licence. IncompatibleLicences, with why and what to do.

    Compared with each other and with every other source, those of territories too: figures bring them all into one
    table.
    """
    for licence in dict.fromkeys(licences.values()):
        _require_together(licence, licence, "")
    others = Source.objects.exclude(code__in=licences).exclude(licence=NOT_FOR_PUBLICATION)  # never read
    read = [(licence, title) for licence, title in others.values_list("licence", "title").order_by("code")]
    seen: list[str] = []
    for licence in dict.fromkeys(licences.values()):
        for other in seen:
            _require_together(licence, other, "")
        for other, title in read:
            _require_together(licence, other, title)
        seen.append(licence)


def _require_together(licence: str, other: str, title: str) -> None:
    try:
        combined_licence({licence, other})
    except IncompatibleLicences as error:
        place = _("Rien n’a été écrit.")
        if title:
            place = _("La source « %s » est déjà lue dans les mêmes tables ; rien n’a été écrit.") % title
        raise IncompatibleLicences(f"{error} {place}") from error
