"""What a person typed → a value, by the converters that read sources. A value that does not fit is said, not mended."""

import re
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from terreau.commons.enums import Nature
from terreau.commons.models import Place
from terreau.observe.enums import RejectReason, reason_label
from terreau.observe.nomenclatures import naf_label
from terreau.observe.sources.converters import CONVERTERS
from terreau.observe.sources.fields import FIELDS, FieldSpec

LONGEST_EVIDENCE = 500
MOST_PEOPLE = 20_000_000
#: Natures that nobody can propose: one says nothing, and the site lists no persons.
NOT_PROPOSED = (Nature.UNKNOWN, Nature.PERSON)
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):(//|(?=\S))", re.IGNORECASE)
_DANGEROUS = re.compile(r"\s*(?:javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)


class CorrectionRefused(ValueError):
    """The message says why, in French, to whoever asked."""


def read_value(field: str, typed: Any) -> Any:
    """The value as records hold it (text, or a boolean). Raises CorrectionRefused; a value read passes again."""
    if field not in FIELDS:
        raise CorrectionRefused(_("Ce champ ne peut pas être corrigé ici."))
    if isinstance(typed, bool) and FIELDS[field].converter == "boolean":
        return typed
    text = str(typed).strip()
    _refuse_unreadable(text)
    if not text:
        raise CorrectionRefused(_("Écrivez la valeur juste."))
    longest = FIELDS[field].longest
    if longest and len(text) > longest:
        raise CorrectionRefused(
            _("%(most)d caractères au plus : vous en avez écrit %(written)d.")
            % {"most": longest, "written": len(text)}
        )
    if field == "commune":
        return _known_commune(text)
    converter = FIELDS[field].converter
    read = CONVERTERS[converter](pl.Series([text], dtype=pl.String), FieldSpec(converter=converter))
    for problem in read.problems:
        if problem.rows.fill_null(False).any():
            raise CorrectionRefused(_why(problem.reason))
    value = read.values[0]
    if value is None:
        raise CorrectionRefused(_("Écrivez la valeur juste."))
    _require_known(field, value)
    return value


def read_population(typed: Any) -> int:
    """A whole number; spaces between thousands are taken."""
    compact = re.sub(r"\s", "", str(typed))
    if not re.fullmatch(r"[0-9]{1,8}", compact) or int(compact) > MOST_PEOPLE:
        raise CorrectionRefused(_("Un nombre d’habitants est attendu, en chiffres. Exemple : 1250"))
    return int(compact)


def read_place_name(typed: Any) -> str:
    name = str(read_value("name", typed))
    if len(name) > 200:
        raise CorrectionRefused(_("Ce nom est trop long : 200 caractères au plus."))
    return name


def read_evidence(typed: str) -> str:
    """Where it is known from: an address http or https, or words. Raises CorrectionRefused."""
    text = " ".join(typed.split())
    _refuse_unreadable(typed)
    if not text:
        raise CorrectionRefused(_("Dites d’où vous le savez : une adresse de page, ou quelques mots."))
    if len(text) > LONGEST_EVIDENCE:
        raise CorrectionRefused(_("La source est trop longue : 500 caractères au plus."))
    found = _SCHEME.match(text)
    if _DANGEROUS.match(text) or (found and found[2] == "//" and found[1].lower() not in {"http", "https"}):
        raise CorrectionRefused(_("L’adresse d’une page commence par http:// ou https://"))
    return text


def read_credit(typed: str) -> str:
    text = " ".join(typed.split())
    _refuse_unreadable(typed)
    if len(text) > 100:
        raise CorrectionRefused(_("Le nom à citer est trop long : 100 caractères au plus."))
    if re.search(r"[<>]|://", text):
        raise CorrectionRefused(_("Un nom à citer est fait de mots, sans balise ni adresse."))
    return text


def _refuse_unreadable(text: str) -> None:
    if "\x00" in text:
        raise CorrectionRefused(_("Ce texte contient un caractère qui n’est pas permis."))


def _why(reason: RejectReason) -> str:
    said = {
        RejectReason.HTML_REMOVED: _("Pas de balises HTML ici : du texte seulement."),
        RejectReason.CONTACT_REMOVED: _(
            "Pas d’adresse e-mail ni de numéro de téléphone ici : ce site n’en publie pas."
        ),
        RejectReason.PERSON_REMOVED: _("Pas de nom de personne ici : ce site n’en publie pas."),
    }
    return said.get(reason) or _("Valeur refusée : %s.") % reason_label(reason)


def _require_known(field: str, value: Any) -> None:
    """What a converter cannot know: whether a code exists, whether a name is one."""
    if field in {"name", "site_name"} and sum(letter.isalnum() for letter in str(value)) < 2:
        raise CorrectionRefused(_("Un nom a au moins deux lettres ou chiffres."))
    if field == "nature" and value in NOT_PROPOSED:
        raise CorrectionRefused(_("Choisissez un statut de la liste."))
    if field == "naf" and not naf_label(str(value)):
        raise CorrectionRefused(_("Ce code n’est pas dans la nomenclature NAF. Exemple : 88.99B"))


def _known_commune(code: str) -> str:
    """One of the region: that says more than the form of its code."""
    if not Place.objects.filter(zoning="commune", code=code.upper(), communes_in_region__gt=0).exists():
        raise CorrectionRefused(_("Aucune commune de la région n’a ce code."))
    return code.upper()
