"""The sentence that credits sources: what a re-user may copy beside an export."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from django.utils import translation
from django.utils.formats import date_format

from .licences import LICENCES, combined_licence

# What we did to the content of sources, which their licences ask to be told.
PARTIES_CHANGED = (
    "lignes hors de la région écartées, fiches d’un même acteur réunies, adresses et identifiants normalisés"
)
PLACES_CHANGED = "colonnes choisies, communes réunies par territoire"
FIGURES_COMPUTED = "chiffres calculés par territoire"
RECORDS_CHANGED = "contenus choisis, normalisés et complétés par ce site"


class Credited(Protocol):
    """What is needed of a source; ``commons.models.Source`` has it."""

    code: str
    title: str
    publisher: str
    licence: str
    vintage: dt.date | None
    precedence: int


def attribution(
    sources: Iterable[Credited],
    on: dt.date | None = None,
    *,
    site: str = "Terreau",
    changes: str = PARTIES_CHANGED,
) -> str:
    """In French, whatever language the reader has: « Éditeur, titre, données du…, licence (adresse) ; … via le site ».

    It names what the licences ask for: who, what, when, licence with its address, and what was changed. The same
    sources give the same sentence, in any order and on any day: the only date in it is theirs, and ``on``, the day
    the export was published, when it is given. Raises IncompatibleLicences when no licence covers the whole.
    """
    with translation.override("fr"):
        ordered = sorted(sources, key=lambda source: (source.precedence, source.code))
        if not ordered:
            return ""
        credits = " ; ".join(dict.fromkeys(_credit(source) for source in ordered))
        whole = _named(combined_licence({source.licence for source in ordered}))
        published = f", version publiée le {_day(on)}" if on else ""
        sentence = f"{credits}. Via {site}{published}, sous {whole}."
        return f"{sentence} Données modifiées : {changes}." if changes else sentence


def _credit(source: Credited) -> str:
    vintage = f"données du {_day(source.vintage)}" if source.vintage else "date non indiquée"
    return f"{source.publisher}, « {source.title} », {vintage}, {_named(source.licence)}"


def _named(code: str) -> str:
    licence = LICENCES[code]
    return f"{licence.title} ({licence.url})" if licence.url else str(licence.title)


def _day(day: dt.date) -> str:
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first} {date_format(day, 'F')} {day.year}"
