"""The closed lists of the register."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Draft → open → kept, renegotiated or abandoned. What is open never goes back to draft, nor disappears."""

    DRAFT = "draft", _("brouillon")
    OPEN = "open", _("en cours")
    KEPT = "kept", _("tenu")
    RENEGOTIATED = "renegotiated", _("renégocié")
    ABANDONED = "abandoned", _("abandonné")


ENDED = (State.KEPT, State.RENEGOTIATED, State.ABANDONED)


class Basis(models.TextChoices):
    """Where the promise comes from."""

    DECISION = "decision", _("une décision")
    AGREEMENT = "agreement", _("une convention")
    MANDATE = "mandate", _("un mandat")
    PLEDGE = "pledge", _("une promesse de campagne")
    OWN_INITIATIVE = "own_initiative", _("sa propre initiative")


class Clock(models.TextChoices):
    """Where an open commitment stands against its date: computed on a day, never stored."""

    LATE = "late", _("date passée, où en est-on ?")
    SOON = "soon", _("bientôt dû")
    AHEAD = "ahead", _("à venir")


class ItemKind(models.TextChoices):
    PROPOSITION = "proposition", _("proposition")
    MEASURE = "measure", _("mesure")
    AXIS = "axis", _("axe stratégique")


class Modal(models.TextChoices):
    """What the text says: what must be done (*doit*), what could be (*peut*)."""

    MUST = "must", _("doit")
    COULD = "could", _("peut")
    BOTH = "both", _("doit et peut")
    UNSAID = "", _("non précisé")


class BodyKind(models.TextChoices):
    """Of what the election chooses the members, or who is consulted outside an election."""

    REGION = "region", _("région")
    COMMUNE = "commune", _("commune")
    OTHER = "other", _("autre")


class Answer(models.TextChoices):
    """The position of a list on a point. No answer is no position: it is never counted as a no."""

    YES = "yes", _("oui")
    PARTLY = "partly", _("en partie")
    NO = "no", _("non")


class Level(models.TextChoices):
    """How far a yes goes."""

    PRINCIPLE = "principle", _("accord de principe")
    DATED = "dated", _("avec une date")
    FUNDED = "funded", _("avec une date et des moyens")


LEVELS_EXPLAINED = {
    Level.PRINCIPLE: _("La liste est d’accord, sans dire quand."),
    Level.DATED: _("La liste dit ce qui sera fait et au plus tard quand."),
    Level.FUNDED: _("La liste dit aussi avec quoi : budget, postes, locaux, règlement."),
}


class Phase(models.TextChoices):
    """Where an election stands on an instant: computed, never stored."""

    OPEN = "open", _("réponses ouvertes")
    CLOSED = "closed", _("réponses closes")
    FROZEN = "frozen", _("positions gelées jusqu’à la fin du scrutin")
    AFTER = "after", _("scrutin terminé")
