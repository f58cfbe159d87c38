"""Words that every room shares, as closed lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation", _("organisation")
    GROUP = "group", _("groupe sans personnalité juridique")
    PUBLIC_BODY = "public_body", _("organisme public")
    PERSON = "person", _("personne")


class Nature(models.TextChoices):
    """What a party is in law. Status is not practice: this says nothing of how it works."""

    ASSOCIATION = "association", _("association")
    COOPERATIVE = "cooperative", _("coopérative")
    MUTUAL = "mutual", _("mutuelle")
    FOUNDATION = "foundation", _("fondation")
    COMPANY = "company", _("société commerciale")
    SOLE_TRADER = "sole_trader", _("entreprise individuelle")
    PUBLIC = "public", _("organisme public")
    GROUP = "group", _("groupe sans statut")
    PERSON = "person", _("personne")
    OTHER = "other", _("autre statut")
    UNKNOWN = "unknown", _("statut inconnu")


class College(models.TextChoices):
    """The six publics that the thirteen propositions want to see work together."""

    ELECTED = "elected", _("élus")
    OFFICERS = "officers", _("agents publics")
    CITIZENS = "citizens", _("habitants")
    FIRMS = "firms", _("entreprises")
    ASSOCIATIONS = "associations", _("associations")
    RESEARCHERS = "researchers", _("chercheurs")


class Perimeter(models.TextChoices):
    """Whether a party is in the solidarity economy (ESS) in the sense of the law of 31 July 2014."""

    IN = "in", _("dans le périmètre de l’ESS")
    OUT = "out", _("hors du périmètre de l’ESS")
    UNKNOWN = "unknown", _("non établi")


class PerimeterBasis(models.TextChoices):
    """Why we say *in*, *out* or *unknown*. ``observe.perimeter`` holds the rule."""

    OFFICIAL_FLAG = "official_flag", _("déclarée « ESS » au répertoire SIRENE")
    ESS_LIST = "ess_list", _("figure dans la liste nationale des entreprises de l’ESS")
    LEGAL_STATUS = "legal_status", _("statut cité par l’article 1 de la loi de 2014")
    PUBLIC_BODY = "public_body", _("organisme public")
    PUBLIC_SERVICE = "public_service", _("lieu de service public, gestionnaire non précisé")
    OFFICIAL_NO = "official_no", _("déclarée hors de l’ESS au répertoire SIRENE")
    NO_SOURCE = "no_source", _("aucune source ne permet de le dire")


class Diffusion(models.TextChoices):
    """What may be shown of a party: SIRENE ``statutDiffusion``, or the party's own request."""

    OPEN = "open", _("diffusible")
    PARTIAL = "partial", _("diffusion partielle")
    MASKED = "masked", _("masquée")


#: Of a party of partial diffusion, the commune is shown, not these.
PRIVATE_FIELDS = ("address", "lon", "lat")


class Role(models.TextChoices):
    """What a person may do. A visitor has no account, hence no row; later rooms add theirs."""

    MEMBER = "member", _("membre")
    STEWARD = "steward", _("gardien des données")
    FACILITATOR = "facilitator", _("animateur")
    MODERATOR = "moderator", _("modérateur")
    ADMINISTRATOR = "administrator", _("administrateur")
