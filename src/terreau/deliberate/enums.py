"""The closed lists of deliberation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preset(models.TextChoices):
    """The three ways to start, in place of a hundred switches (``presets.py``)."""

    CONSULTATION = "consultation", _("consultation")
    CONFERENCE = "conference", _("conférence régionale de l’ESS")
    POLICY = "policy", _("politique écrite ensemble")


class State(models.TextChoices):
    """What is open never goes back to draft. Where an open process stands comes from the dates of its steps."""

    DRAFT = "draft", _("brouillon")
    OPEN = "open", _("publique")
    STOPPED = "stopped", _("arrêtée avec une raison")


class Standing(models.TextChoices):
    """How a public process stands today, in the order of the list."""

    OPEN = "open", _("ouvertes maintenant")
    SOON = "soon", _("bientôt")
    REPLIES = "replies", _("réponses attendues")
    ENDED = "ended", _("terminées")


class StepKind(models.TextChoices):
    OBSERVE = "observe", _("observer")
    PROPOSE = "propose", _("proposer")
    DISCUSS = "discuss", _("discuter")
    VOTE = "vote", _("donner son avis")
    DECIDE = "decide", _("décider")
    FOLLOW_UP = "follow_up", _("suivre")


TAKING_PART = (StepKind.OBSERVE, StepKind.PROPOSE, StepKind.DISCUSS, StepKind.VOTE)
"""The steps in which people take part: once the last has ended, the process is closed and replies are owed."""


class Power(models.TextChoices):
    """The roles on one process (trap 1): who holds two of them is shown."""

    FACILITATOR = "facilitator", _("animateur")
    EXAMINER = "examiner", _("instructeur")
    VOTER = "voter", _("votant")
    DECIDER = "decider", _("décideur")


POWERS_EXPLAINED = {
    Power.FACILITATOR: _(
        "Organise les étapes et les réunions. N’a aucun pouvoir sur ce que les gens écrivent."
    ),
    Power.EXAMINER: _("Étudie chaque contribution et dit ce qui en est gardé, avec une raison."),
    Power.VOTER: _("Prend part à l’adoption des propositions."),
    Power.DECIDER: _("Décide en droit. Répond à chaque proposition adoptée, avec des raisons."),
}


class Eligibility(models.TextChoices):
    ANYONE = "anyone", _("toute personne, sans compte")
    MEMBERS = "members", _("toute personne qui a un compte")
    INVITED = "invited", _("les personnes invitées")


class Channel(models.TextChoices):
    """How somebody took part. Paper and phone count as the rest does (trap 13)."""

    WEB = "web", _("en ligne")
    WORKSHOP = "workshop", _("en atelier")
    PAPER = "paper", _("sur papier")
    PHONE = "phone", _("par téléphone")
    MAIL = "mail", _("par courriel")
    IMPORTED = "imported", _("repris d’un autre outil")


class Moderation(models.TextChoices):
    """Known members publish first, strangers are reviewed first (trap 3)."""

    WAITING = "waiting", _("en attente de relecture")
    PUBLISHED = "published", _("publié")
    REFUSED = "refused", _("refusé avec un motif")


class ContributionKind(models.TextChoices):
    REPLACE = "replace", _("remplacer")
    ADD = "add", _("ajouter")
    DELETE = "delete", _("supprimer")
    COMMENT = "comment", _("commenter")


class Outcome(models.TextChoices):
    """What became of a contribution. Nothing yet is not a refusal."""

    OPEN = "", _("pas encore de réponse")
    KEPT = "kept", _("gardée")
    PARTLY = "partly", _("gardée en partie")
    NOT_KEPT = "not_kept", _("pas gardée")


class ParagraphKind(models.TextChoices):
    HEADING = "heading", _("titre")
    PARAGRAPH = "paragraph", _("paragraphe")
    ITEM = "item", _("élément de liste")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("proposée")
    ADOPTED = "adopted", _("adoptée")
    NOT_ADOPTED = "not_adopted", _("pas adoptée")
    WITHDRAWN = "withdrawn", _("retirée")


class AgendaPart(models.TextChoices):
    """The three parts of the agenda of a regional conference (article 8 of the law of 31 July 2014)."""

    ORIENTATIONS = "orientations", _("orientations")
    MEANS = "means", _("moyens")
    RESULTS = "results", _("résultats")
