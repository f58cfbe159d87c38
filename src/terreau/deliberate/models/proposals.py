"""Proposals, what a meeting adopted, the reply that each adopted one is owed, and declared interests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments.enums import Answer
from terreau.commitments.models import Commitment
from terreau.commons.enums import College
from terreau.deliberate.enums import ProposalState

from .participants import Moderated, Participant
from .processes import Process
from .statements import Statement
from .texts import Text

TITLE_LENGTH, WORDS_LENGTH = 200, 5000


class Proposal(Moderated):
    """``statements``: those that it was drawn from. Its words are those of the last ``ProposalVersion``."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField(_("numéro"))
    state = models.CharField(_("état"), max_length=12, choices=ProposalState, default=ProposalState.PROPOSED)
    statements = models.ManyToManyField(Statement, blank=True, related_name="proposals")
    judged_on = models.DateField(_("adoptée ou non le"), null=True, blank=True)
    meeting = models.CharField(_("à quelle réunion"), max_length=300, blank=True)
    withdrawn_because = models.TextField(_("raison du retrait"), blank=True, max_length=1000)

    class Meta(Moderated.Meta):
        ordering = ["process", "number"]
        verbose_name = _("proposition")
        constraints = [
            *Moderated.Meta.constraints,
            models.UniqueConstraint(fields=["process", "number"], name="proposal_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=(ProposalState.ADOPTED, ProposalState.NOT_ADOPTED))
                | Q(judged_on__isnull=False),
                name="proposal_judged_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.WITHDRAWN) | ~Q(withdrawn_because=""),
                name="proposal_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id}.{self.number}"


class ProposalVersion(models.Model):
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("titre"), max_length=TITLE_LENGTH)
    words = models.TextField(_("ce qui est proposé"), max_length=WORDS_LENGTH)
    at = models.DateTimeField(_("écrite le"))

    class Meta:
        ordering = ["proposal", "number"]
        verbose_name = _("version d’une proposition")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} v{self.number}"


class ProposalSupport(models.Model):
    """Bound to a version, as the support of a text is."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="proposal_supports")
    version = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE, related_name="supports")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("soutien à une proposition")
        constraints = [
            models.UniqueConstraint(fields=["participant", "version"], name="proposal_support_once")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.version_id}"


class ShowOfHands(models.Model):
    """The count of a college at the meeting that judged a proposal; without college, of the whole room."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="counts")
    college = models.CharField(_("collège"), max_length=15, choices=College, blank=True)
    in_favour = models.PositiveIntegerField(_("pour"))
    against = models.PositiveIntegerField(_("contre"))
    abstained = models.PositiveIntegerField(_("abstentions"), default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("vote à main levée")
        constraints = [models.UniqueConstraint(fields=["proposal", "college"], name="show_of_hands_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.college}: {self.in_favour}/{self.against}/{self.abstained}"


class Reply(models.Model):
    """The reasoned public answer that an adopted proposal is owed. A new one is another row.

    It yields ``commitments``, or ``no_commitment_because`` says why none.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="replies")
    number = models.PositiveSmallIntegerField(_("version"))
    is_current = models.BooleanField(_("en vigueur"), default=True)
    answer = models.CharField(_("réponse"), max_length=6, choices=Answer)
    reasons = models.TextField(_("raisons"), max_length=5000)
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="replies")
    no_commitment_because = models.TextField(_("pourquoi aucun engagement"), blank=True, max_length=2000)
    in_the_name_of = models.CharField(_("au nom de qui"), max_length=200)
    at = models.DateTimeField(_("publiée le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["proposal", "number"]
        verbose_name = _("réponse")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="reply_number_once"),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(is_current=True), name="reply_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="reply_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.number} {self.answer}"


class Interest(models.Model):
    """A declared interest locks its file for its holder (trap 2): one proposal, one text, or the whole process."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="interests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="interests"
    )
    shown_name = models.CharField(_("nom affiché"), max_length=100)
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.CASCADE, related_name="interests"
    )
    text = models.ForeignKey(Text, null=True, blank=True, on_delete=models.CASCADE, related_name="interests")
    words = models.CharField(_("quel intérêt"), max_length=500)
    declared_at = models.DateTimeField(_("déclaré le"))
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_because = models.CharField(_("raison de la fin"), max_length=500, blank=True)

    class Meta:
        ordering = ["declared_at", "pk"]
        verbose_name = _("intérêt déclaré")
        constraints = [
            models.CheckConstraint(
                condition=Q(proposal__isnull=True) | Q(text__isnull=True), name="interest_in_one_file"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(ended_because=""), name="interest_ended_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} {self.user_id}"
