"""A source may be read only if what it says can be published with what the others say."""

from django.utils.translation import gettext as _

from terreau.commons.licences import NOT_FOR_PUBLICATION, IncompatibleLicences, combined_licence
from terreau.commons.models import Source
from terreau.observe.sources.declaration import Declaration
from terreau.observe.sources.errors import SourceError


def require_compatible_licence(declaration: Declaration) -> None:
    """SourceError, with why and what to do, before anything is written.

    Compared with every other source, those of territories too: figures bring them all into one table.
    """
    _require_together(declaration.licence, declaration.licence, "")
    for licence, title in Source.objects.exclude(code=declaration.code).values_list("licence", "title"):
        if licence != NOT_FOR_PUBLICATION:  # never read, so in no table
            _require_together(declaration.licence, licence, title)


def _require_together(licence: str, other: str, title: str) -> None:
    try:
        combined_licence({licence, other})
    except IncompatibleLicences as error:
        place = _("Rien n’a été écrit.")
        if title:
            place = _("La source « %s » est déjà lue dans les mêmes tables ; rien n’a été écrit.") % title
        raise SourceError(f"{error} {place}") from error
