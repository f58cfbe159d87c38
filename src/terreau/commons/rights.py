"""What a picture needs before it is shown: a licence from its author, and the release of the people in it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .licences import LICENCES, NOT_FOR_PUBLICATION, Verdict

_MISSING = _(
    "Cette image montre des personnes que l’on peut reconnaître, et leur accord écrit manque : "
    "elle ne peut pas recevoir une licence libre."
)
_NARROW = _(
    "Un accord est limité dans le temps ou à certains usages, alors qu’une licence libre est donnée à tous, "
    "pour tout usage et sans retour."
)
_RELEASES = _(
    "Gardez l’image hors publication, floutez les visages, ou recueillez l’accord écrit de chaque personne "
    "pour tout usage et sans limite de durée."
)
_HIDDEN = _("Cette image est gardée hors publication : elle n’est pas montrée.")
_UNKNOWN = _("Cette image n’a pas de licence connue : rien n’est public sans licence.")
_ASK = _("Demandez-en une à son auteur, ou gardez l’image hors publication.")


@dataclass(frozen=True)
class Release:
    """One person's written agreement to be shown (a minor's is signed by the parents).

    ``any_reuse``: it covers re-use by anyone for any purpose, which is what a free licence gives.
    ``until``: the day it ends; a free licence, once given, cannot be taken back.
    """

    signed_on: dt.date
    any_reuse: bool = True
    until: dt.date | None = None

    @property
    def suits_a_free_licence(self) -> bool:
        return self.any_reuse and self.until is None


def may_publish_picture(
    licence: str, shows_recognisable_people: int, releases: Collection[Release] = ()
) -> Verdict:
    """May this picture be published under ``licence``? It may always be kept as not for publication.

    ``shows_recognisable_people``: how many (True: at least one). The author's licence says nothing of the people
    (Civil Code, article 9; CC BY 4.0, 2(b)(1): image rights are not licensed), so each must have agreed, to any
    re-use and without an end.
    """
    if licence == NOT_FOR_PUBLICATION:
        return Verdict(False, str(_HIDDEN))
    if licence not in LICENCES:
        return Verdict(False, str(_UNKNOWN), str(_ASK))
    missing = shows_recognisable_people - len(releases)
    if missing > 0:
        return Verdict(False, str(_MISSING), str(_RELEASES))
    if shows_recognisable_people and not all(release.suits_a_free_licence for release in releases):
        return Verdict(False, str(_NARROW), str(_RELEASES))
    return Verdict(True)
