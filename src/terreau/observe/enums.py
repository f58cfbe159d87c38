"""Closed lists of the observatory."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RejectReason(models.TextChoices):
    """Why a row was not taken, or why a value was left out or corrected in a row that was kept."""

    INVALID_SIREN = "invalid_siren", _("le numéro SIREN n’est pas valable (neuf chiffres et clé de contrôle)")
    INVALID_SIRET = (
        "invalid_siret",
        _("le numéro SIRET n’est pas valable (quatorze chiffres et clé de contrôle)"),
    )
    INVALID_RNA = "invalid_rna", _("le numéro RNA n’a pas la bonne forme")
    MISSING_NAME = "missing_name", _("aucun nom n’est donné")
    MISSING_KEY = "missing_key", _("la ligne n’a pas d’identifiant")
    DUPLICATE_KEY = "duplicate_key", _("cet identifiant est déjà pris par une ligne précédente du fichier")
    INVALID_DATE = "invalid_date", _("la date n’existe pas ou veut dire « inconnue »")
    UNKNOWN_COMMUNE = "unknown_commune", _("cette commune n’est pas dans la liste officielle")
    MERGED_COMMUNE = (
        "merged_commune",
        _("cette commune a fusionné : la ligne est placée dans la commune d’aujourd’hui"),
    )
    OUTSIDE_FRANCE = "outside_france", _("les coordonnées sont hors de France : elles sont laissées de côté")
    SWAPPED_COORDINATES = (
        "swapped_coordinates",
        _("latitude et longitude étaient inversées : elles sont remises en ordre"),
    )
    OUTSIDE_COMMUNE = "outside_commune", _("les coordonnées sont loin de la commune indiquée")
    NOT_A_NUMBER = "not_a_number", _("un nombre était attendu")
    HTML_REMOVED = "html_removed", _("des balises HTML ont été retirées du texte")
    TOO_LONG = "too_long", _("le texte est trop long : il est coupé")
    INVALID_POST_CODE = "invalid_post_code", _("le code postal n’a pas la bonne forme")
    INVALID_URL = "invalid_url", _("l’adresse du site web n’est pas une adresse http ou https")
    UNKNOWN_DEPARTEMENT = "unknown_departement", _("ce département n’existe pas")
    UNKNOWN_VALUE = "unknown_value", _("cette valeur n’est pas dans la liste attendue")
    CONTACT_REMOVED = (
        "contact_removed",
        _("une adresse e-mail ou un numéro de téléphone a été retiré du texte"),
    )
    PERSON_REMOVED = (
        "person_removed",
        _("le nom de la personne chez qui l’organisation reçoit son courrier a été retiré"),
    )
    NOT_DIFFUSIBLE = "not_diffusible", _("non diffusible, à la demande de l’entreprise")
    NATURAL_PERSON = "natural_person", _("une personne physique : elle n’est pas reprise")
    NO_PLACE = "no_place", _("aucun lieu de la région n’est donné pour cet acteur")
    RNA_TAKEN = "rna_taken", _("ce numéro RNA est déjà celui d’un autre SIREN")
    RAGGED_ROW = "ragged_row", _("la ligne n’a pas le même nombre de colonnes que l’en-tête")
    ENCODING = "encoding", _("des caractères sont illisibles : le fichier n’est pas dans l’encodage annoncé")


class PracticeTheme(models.TextChoices):
    """The eight themes of the guide of good practices of the ESS (article 3 of the law of 31 July 2014)."""

    GOVERNANCE = "governance", _("gouvernance démocratique")
    STRATEGY = "strategy", _("concertation sur la stratégie")
    TERRITORY = "territory", _("ancrage dans le territoire")
    WORK = "work", _("salaires, formation et qualité des emplois")
    USERS = "users", _("lien avec les usagers")
    EQUALITY = "equality", _("diversité et égalité")
    ENVIRONMENT = "environment", _("environnement")
    ETHICS = "ethics", _("éthique et déontologie")


def reason_label(reason: str) -> str:
    """The French sentence for a reason; a reason that a newer source invented shows as it is."""
    return str(RejectReason(reason).label) if reason in RejectReason.values else reason
