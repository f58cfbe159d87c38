"""Short statements that people agree with, disagree with or pass on; and their votes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.deliberate.enums import Channel

from .participants import Moderated, Participant
from .processes import Process

STATEMENT_LENGTH = 280
IMPORTED_LENGTH = 1000  # another tool let people say more: what was voted on is kept whole
AGREE, PASS, DISAGREE = 1, 0, -1


class Statement(Moderated):
    """``folded``: its words without case, accents, spaces or look-alike letters: said once in a process.

    ``is_seed``: written before opening by who prepares the process. ``same_as``: it says what another one says, in
    the eyes of a moderator, ``same_because``; the votes stay on each.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField(_("numéro"))
    words = models.CharField(_("affirmation"), max_length=IMPORTED_LENGTH)
    folded = models.CharField(_("mots repliés"), max_length=STATEMENT_LENGTH * 2)
    is_seed = models.BooleanField(_("affirmation de départ"), default=False)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="same")
    same_because = models.CharField(_("pourquoi c’est la même"), max_length=300, blank=True)
    external_id = models.CharField(_("identifiant d’origine"), max_length=100, blank=True)

    class Meta(Moderated.Meta):
        ordering = ["process", "number"]
        verbose_name = _("affirmation")
        constraints = [
            *Moderated.Meta.constraints,
            models.UniqueConstraint(fields=["process", "number"], name="statement_number_once"),
            models.UniqueConstraint(
                fields=["process", "folded"], condition=Q(is_erased=False), name="statement_said_once"
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | (~Q(same_as=F("id")) & ~Q(same_because="")),
                name="statement_same_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Vote(models.Model):
    """What a participant thinks of a statement: the last one counts. It has no date: an act counted, never signed.

    ``external_at``: only of a vote cast in another tool, as its file tells it, so that an older file reverts nothing.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="votes")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(_("avis"))
    channel = models.CharField(_("par quelle voie"), max_length=10, choices=Channel, default=Channel.WEB)
    external_at = models.DateTimeField(_("date dans l’outil d’origine"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("avis sur une affirmation")
        constraints = [
            models.UniqueConstraint(fields=["participant", "statement"], name="vote_one_a_statement"),
            models.CheckConstraint(condition=Q(value__in=(AGREE, PASS, DISAGREE)), name="vote_value"),
            models.CheckConstraint(
                condition=Q(external_at__isnull=True) | Q(channel=Channel.IMPORTED),
                name="vote_dated_elsewhere_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.statement_id}: {self.value}"


class OpinionResult(models.Model):
    """What the engine found at a closing, computed cold, and kept as it was published: a re-opening adds another.

    ``votes_digest``: of the votes, whatever their order; ``result``: what ``bridge.py`` read in the engine's answer.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="opinion_results")
    number = models.PositiveIntegerField(_("numéro"))
    computed_at = models.DateTimeField(_("calculé le"))
    closed_at = models.DateTimeField(_("clôture"))
    votes_digest = models.CharField(_("empreinte des votes"), max_length=64)
    engine_version = models.CharField(_("version du calcul"), max_length=40)
    result = models.JSONField(_("résultat"))

    class Meta:
        ordering = ["process", "-number"]
        verbose_name = _("résultat publié")
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="opinion_result_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.process_id}.{self.number}"
