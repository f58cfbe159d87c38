"""The fields that a source may fill: the only names that a declaration can map a column to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Field:
    """``converter``: how its text is read unless the declaration says otherwise.

    ``longest``: number of characters kept, as many as the column that shows the value can hold.
    """

    title: str | Promise
    converter: str = "text"
    longest: int | None = None


FIELDS: dict[str, Field] = {
    # who
    "name": Field(_("nom"), "name", longest=300),
    "acronym": Field(_("sigle"), longest=60),
    "brand": Field(_("nom d’usage"), "name", longest=300),
    "siren": Field(_("SIREN"), "siren"),
    "siret": Field(_("SIRET"), "siret"),
    "rna": Field(_("numéro RNA"), "rna"),
    "nature": Field(_("statut"), "nature"),
    "legal_category": Field(_("catégorie juridique"), "legal_category"),
    "naf": Field(_("activité principale (NAF)"), "naf"),
    "ess_flag": Field(_("déclarée « ESS » au répertoire SIRENE"), "ess_flag"),
    "ess_list": Field(_("figure dans la liste nationale de l’ESS"), "boolean"),
    "public_service": Field(_("lieu de service public"), "boolean"),
    "diffusion": Field(_("statut de diffusion"), "diffusion"),
    "active": Field(_("en activité"), "boolean"),
    "created_on": Field(_("date de création"), "date"),
    "dissolved_on": Field(_("date de dissolution"), "date"),
    "description": Field(_("description"), longest=5000),
    "website": Field(_("site web"), "url", longest=500),
    "tags": Field(_("catégories données par la source"), longest=1000),
    # where
    "site_name": Field(_("nom du lieu"), "name", longest=300),
    "address": Field(_("adresse"), "name", longest=300),
    "post_code": Field(_("code postal"), "post_code"),
    "commune": Field(_("code de la commune"), "commune"),
    "commune_name": Field(_("commune"), longest=200),
    "departement": Field(_("département"), "departement"),
    "lon": Field(_("longitude"), "number"),
    "lat": Field(_("latitude"), "number"),
    "site_active": Field(_("lieu en activité"), "boolean"),
    "opening_hours": Field(_("horaires"), longest=1000),
    # what and when
    "observed_on": Field(_("date de la valeur"), "date"),
    "scheme_detail": Field(_("précision sur le dispositif"), longest=60),
    "year": Field(_("année"), "year"),
    "amount_cents": Field(_("montant en centimes"), "amount"),
    "posts": Field(_("postes"), "count"),
    "purpose": Field(_("objet"), longest=300),
}

#: Read first: they say whether a row is in the region.
PLACE_FIELDS = ("commune", "commune_name", "post_code", "departement", "lon", "lat")


@dataclass(frozen=True)
class FieldSpec:
    """Where a field comes from.

    ``columns``: the first that is not empty is taken; with ``join``, all are joined by that text.
    ``values``: text in the source → text read, before conversion; ``"*"`` stands for any other text
    and the meaning ``"="`` for the text as it is; the meaning ``""`` is "not given".
    ``date_format``: as in strptime, when the usual ones do not fit. ``word``: for the converter ``contains``.
    """

    columns: tuple[str, ...] = ()
    converter: str = "text"
    join: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    word: str = ""
    constant: str | None = None
