"""Licences a published object may carry, and what may stand with what. Nothing is public without one.

One table, ``TABLE``, says for contents under one licence put into one database published under another: allowed,
allowed on a condition, or refused, and why. Everything else here is derived from it. It was read from:

* Licence Ouverte 2.0: source and date of last update are named; made to be compatible with every free licence
  that asks at least for attribution, and by name with OGL, CC BY and ODC-BY.
* CRPA, articles L321-1 and L322-1: public information is re-used if it is not altered and its source and the date
  of its last update are named. D323-2-1 lists Licence Ouverte and ODbL for administrations' own data.
* ODbL 1.0: 4.2 notices kept; 4.4.a a derivative database publicly used is under ODbL, a later version or a
  compatible licence; 4.4.d nothing incompatible is added; 4.5.a a collection of independent databases is not a
  derivative one; 4.5.c use inside an organisation is not public; 4.7 no lock without an unlocked copy.
* CC BY 4.0: 3(a)(1) author, licence address and changes named; 3(a)(4) the licence of what is adapted must let
  people comply with it; 4(b) a database that takes a substantial part is adapted material; 2(a)(5)(B) no lock.
* CC BY-SA 4.0: the same, and 3(b)(1) what is adapted is under CC BY-SA, a later version, or a licence listed as
  compatible (Free Art Licence 1.3, GPL 3, one way): ODbL is not, and ODbL names no Creative Commons licence.
* CC0 1.0 (article 2, waiver) asks for nothing. MIT: the copyright and permission notice goes with every copy.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

NOT_FOR_PUBLICATION = "not-for-publication"


@dataclass(frozen=True)
class Licence:
    """``short``: for the head of a column. ``url``: the text of the licence; empty when there is none to read."""

    code: str
    title: str | Promise
    url: str
    short: str | Promise = ""


LICENCES = {
    licence.code: licence
    for licence in (
        Licence(
            "etalab-2.0",
            _("Licence Ouverte 2.0"),
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
            "LO",
        ),
        Licence("odbl-1.0", _("ODbL 1.0"), "https://opendatacommons.org/licenses/odbl/1-0/", "ODbL"),
        Licence(
            "cc0-1.0",
            _("CC0 1.0, domaine public"),
            "https://creativecommons.org/publicdomain/zero/1.0/",
            "CC0",
        ),
        Licence("cc-by-4.0", _("CC BY 4.0"), "https://creativecommons.org/licenses/by/4.0/", "CC BY"),
        Licence(
            "cc-by-sa-4.0", _("CC BY-SA 4.0"), "https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA"
        ),
        Licence("mit", _("Licence MIT"), "https://opensource.org/license/mit", "MIT"),
        Licence(
            "crpa-l321-1",
            _("Information publique réutilisable (CRPA, article L321-1), sans licence nommée"),
            "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033219073",
            _("Sans licence nommée"),
        ),
        Licence(NOT_FOR_PUBLICATION, _("Hors publication"), "", _("Hors publication")),
    )
}

LICENCE_CHOICES = [(licence.code, licence.title) for licence in LICENCES.values()]

# What a table of ours may be published under, the least demanding first.
PUBLISHED_UNDER = ("etalab-2.0", "cc-by-4.0", "odbl-1.0", "cc-by-sa-4.0")


class IncompatibleLicences(Exception):
    """No licence lets these contents stand in one table. The message says which ones, why, and what to do."""


@dataclass(frozen=True)
class Verdict:
    """May this be done? ``reason``: on which condition it may (or nothing), or why not. ``remedy``: what to do."""

    allowed: bool
    reason: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.reason, self.remedy) if part)


# Contents under the licence of the line, put into one database published under the licence of the column.
TABLE = {
    #                      LO      ODbL    CC0   CC BY   CC BY-SA MIT     CRPA  not for publication
    "etalab-2.0":         "credit  credit  drops credit  credit   credit  law   kept",
    "odbl-1.0":           "alike   yes     alike alike   rivals   alike   law   kept",
    "cc0-1.0":            "yes     yes     yes   yes     yes      yes     law   kept",
    "cc-by-4.0":          "drops   unlock  drops yes     author   drops   law   kept",
    "cc-by-sa-4.0":       "alike   rivals  alike alike   yes      alike   law   kept",
    "mit":                "notice  notice  drops notice  notice   yes     law   kept",
    "crpa-l321-1":        "credit  credit  drops credit  credit   credit  yes   kept",
    "not-for-publication":"private private private private private private private yes",
}  # fmt: skip

_CONDITIONS = {
    "yes": "",
    "credit": _("Citer la source et la date de sa dernière mise à jour."),
    "notice": _("Garder la mention de droit d’auteur et le texte de la licence MIT."),
    "author": _("Nommer l’auteur, donner l’adresse de CC BY 4.0 et dire ce qui a été modifié."),
    "unlock": _(
        "Nommer l’auteur, donner l’adresse de CC BY 4.0, dire ce qui a été modifié, et ne poser aucun verrou "
        "technique, même avec une copie libre à côté."
    ),
    "kept": _("Garder l’ensemble pour soi : rien n’en est montré."),
}

_REASONS = {
    "drops": _(
        "Des contenus sous « %(contents)s » ne vont pas dans une base publiée sous "
        "« %(into)s » : elle ne ferait pas suivre les mentions que « %(contents)s » demande."
    ),
    "alike": _(
        "Des contenus sous « %(contents)s » ne vont pas dans une base publiée sous "
        "« %(into)s » : la base qui les reçoit doit rester sous « %(contents)s »."
    ),
    "rivals": _(
        "Des contenus sous « %(contents)s » ne vont pas dans une base publiée sous "
        "« %(into)s » : chacune des deux demande que l’ensemble soit publié sous elle seule."
    ),
    "law": _(
        "Des contenus sous « %(contents)s » ne vont pas dans une base présentée comme "
        "« %(into)s » : la loi donne ce statut aux documents de l’administration, "
        "nul ne peut le choisir."
    ),
    "private": _(
        "Ce qui est marqué « %(contents)s » ne va pas dans une base publiée sous "
        "« %(into)s » : personne n’a donné le droit de le publier."
    ),
}

_REMEDY_COMMON = _("Publiez l’ensemble sous « %(licence)s », ou publiez-les à part.")
_REMEDY_APART = _(
    "Publiez-les à part, dans deux fichiers, ou demandez au titulaire des droits une autre licence, "
    "ou gardez l’un des deux hors publication."
)
_REMEDY_ASK = _(
    "Gardez-le à part, hors publication, ou demandez au titulaire des droits une licence qui permet de publier."
)


def word_for(contents: str, into: str) -> str:
    """The word of ``TABLE`` for contents under one licence in a database under another. Unknown codes are refused."""
    _ordered({contents, into})
    return TABLE[contents].split()[list(LICENCES).index(into)]


def compare(contents: str, into: str) -> Verdict:
    """May contents under ``contents`` go into one database published under ``into``?"""
    word = word_for(contents, into)
    if word in _CONDITIONS:
        return Verdict(True, str(_CONDITIONS[word]))
    titles = {"contents": LICENCES[contents].title, "into": LICENCES[into].title}
    return Verdict(False, str(_REASONS[word]) % titles, _remedy(contents, into))


def may_merge(into: str, codes: Collection[str]) -> Verdict:
    """May contents under all these licences go into one database published under ``into``?

    The first refusal, in the order of LICENCES; else one verdict with every condition.
    """
    verdicts = [compare(code, into) for code in _ordered(codes)]
    refused = next((verdict for verdict in verdicts if not verdict.allowed), None)
    if refused:
        return refused
    return Verdict(True, " ".join(dict.fromkeys(verdict.reason for verdict in verdicts if verdict.reason)))


def combined_licence(codes: Collection[str]) -> str:
    """The licence code of one published table that holds contents under ``codes``: the least demanding that may.

    Raises IncompatibleLicences, in French, with both licences, why, and what to do.
    """
    ordered = _ordered(codes)
    for candidate in PUBLISHED_UNDER:
        if may_merge(candidate, ordered).allowed:
            return candidate
    raise IncompatibleLicences(str(_refusal(ordered)))


def _ordered(codes: Collection[str]) -> list[str]:
    """Codes in the order of LICENCES, so that no message depends on the order of a set; an unknown one is refused."""
    unknown = sorted(set(codes) - LICENCES.keys())
    if unknown:
        raise IncompatibleLicences(_now("licences inconnues : %s") % ", ".join(unknown))
    return [code for code in LICENCES if code in codes]


def _refusal(ordered: list[str]) -> Verdict:
    """Why no licence takes them all: what is not for publication, else the first pair that no licence takes."""
    if NOT_FOR_PUBLICATION in ordered:
        others = [code for code in ordered if code != NOT_FOR_PUBLICATION]
        return compare(NOT_FOR_PUBLICATION, others[0] if others else PUBLISHED_UNDER[0])
    pairs = ((one, other) for one in ordered for other in ordered if one != other)
    one, other = next(pair for pair in pairs if _common(*pair) is None)
    return compare(one, other)


def _common(one: str, other: str) -> str | None:
    """The least demanding licence we publish under that takes both."""
    takes = (code for code in PUBLISHED_UNDER if _takes(code, one) and _takes(code, other))
    return next(takes, None)


def _takes(into: str, contents: str) -> bool:
    return word_for(contents, into) in _CONDITIONS


def _remedy(contents: str, into: str) -> str:
    if contents == NOT_FOR_PUBLICATION:
        return str(_REMEDY_ASK)
    common = _common(contents, into)
    if common is None:
        return str(_REMEDY_APART)
    return str(_REMEDY_COMMON) % {"licence": cast(str, LICENCES[common].title)}
