"""Licences a published object may carry. Nothing is public without one."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Licence:
    code: str
    title: str | Promise
    url: str


LICENCES = {
    licence.code: licence
    for licence in (
        Licence(
            "etalab-2.0",
            _("Licence Ouverte 2.0"),
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        ),
        Licence("odbl-1.0", _("ODbL 1.0"), "https://opendatacommons.org/licenses/odbl/1-0/"),
        Licence(
            "cc0-1.0", _("CC0 1.0, domaine public"), "https://creativecommons.org/publicdomain/zero/1.0/"
        ),
        Licence("cc-by-4.0", _("CC BY 4.0"), "https://creativecommons.org/licenses/by/4.0/"),
        Licence("cc-by-sa-4.0", _("CC BY-SA 4.0"), "https://creativecommons.org/licenses/by-sa/4.0/"),
        Licence("mit", _("Licence MIT"), "https://opensource.org/license/mit"),
        Licence(
            "crpa-l321-1",
            _("Information publique réutilisable (CRPA, article L321-1), sans licence nommée"),
            "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033219073",
        ),
    )
}

LICENCE_CHOICES = [(licence.code, licence.title) for licence in LICENCES.values()]


class IncompatibleLicences(Exception):
    """No licence lets these contents stand in one table. The message says which ones and why."""


# What a table must carry when rows under these licences stand together. Contents that ask for no more than
# to be credited may go under Licence Ouverte 2.0; ODbL and CC BY-SA each want the whole under themselves.
_CREDIT_ONLY = {"etalab-2.0", "crpa-l321-1", "mit", "cc0-1.0"}


def combined_licence(codes: set[str]) -> str:
    """The licence code of one table that holds contents under ``codes``.

    Raises IncompatibleLicences for CC BY-SA with ODbL, each of which wants the whole for itself.
    """
    if {"cc-by-sa-4.0", "odbl-1.0"} <= codes:
        raise IncompatibleLicences(
            _("CC BY-SA 4.0 et ODbL 1.0 demandent chacune que l’ensemble soit publié sous elle seule.")
        )
    for demanding in ("odbl-1.0", "cc-by-sa-4.0", "cc-by-4.0"):
        if demanding in codes:
            return demanding
    unknown = codes - _CREDIT_ONLY
    if unknown:
        raise IncompatibleLicences(_("licences inconnues : %s") % ", ".join(sorted(unknown)))
    return "etalab-2.0"
