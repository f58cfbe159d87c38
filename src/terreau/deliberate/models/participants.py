"""Who takes part in a process, with or without an account; and what review does to words before they are public."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.models import Place
from terreau.commons.tokens import new_token
from terreau.deliberate.enums import Channel, Moderation

from .processes import Process


class Participant(models.Model):
    """One person in one process. ``token`` names her in files: it is drawn for this process alone.

    Known by her account, by the digest of a secret that her browser or her private link holds, or by the number of
    a paper ``sheet``. ``shown_name``: the credit that she asks for, or nothing. ``external_id``: in the file of
    another tool. ``channel``: empty when a dump did not tell it.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="participants")
    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="participants",
    )
    secret_digest = models.CharField(_("empreinte de son secret"), max_length=64, blank=True)
    sheet = models.CharField(_("numéro de sa feuille"), max_length=12, blank=True)
    external_id = models.CharField(_("identifiant d’origine"), max_length=100, blank=True)
    college = models.CharField(_("collège"), max_length=15, choices=College, blank=True)
    channel = models.CharField(
        _("par quelle voie"), max_length=10, choices=Channel, default=Channel.WEB, blank=True
    )
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    shown_name = models.CharField(_("nom affiché"), max_length=100, blank=True)
    joined_on = models.DateField(_("depuis le"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("participant")
        constraints = [
            models.UniqueConstraint(
                fields=["process", "user"], condition=Q(user__isnull=False), name="participant_account_once"
            ),
            models.UniqueConstraint(
                fields=["process", "secret_digest"],
                condition=~Q(secret_digest=""),
                name="participant_secret_once",
            ),
            models.UniqueConstraint(
                fields=["process", "sheet"], condition=~Q(sheet=""), name="participant_sheet_once"
            ),
            models.UniqueConstraint(
                fields=["process", "external_id"],
                condition=~Q(external_id=""),
                name="participant_external_once",
            ),
        ]

    def __str__(self) -> str:
        return self.token


class Moderated(models.Model):
    """Words of people. Refused, they keep their ``motive``, public, and an appeal goes to a second person.

    ``author``: the participant; ``entered_by``: who typed it for her in a workshop. Nobody edits another's words.
    """

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    author = models.ForeignKey(
        "deliberate.Participant", null=True, blank=True, on_delete=models.SET_NULL, related_name="%(class)ss"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(_("par quelle voie"), max_length=10, choices=Channel, default=Channel.WEB)
    at = models.DateTimeField(_("date"))
    moderation = models.CharField(
        _("relecture"), max_length=10, choices=Moderation, default=Moderation.WAITING
    )
    motive = models.TextField(_("motif"), blank=True, max_length=1000)
    moderated_at = models.DateTimeField(_("relu le"), null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    appeal = models.TextField(_("recours"), blank=True, max_length=1000)
    appealed_at = models.DateTimeField(_("recours déposé le"), null=True, blank=True)
    appeal_answer = models.TextField(_("réponse au recours"), blank=True, max_length=1000)
    appeal_answered_at = models.DateTimeField(_("recours jugé le"), null=True, blank=True)
    appeal_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_erased = models.BooleanField(_("mots effacés"), default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(moderation=Moderation.REFUSED) | ~Q(motive=""),
                name="%(class)s_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(appeal_answered_by__isnull=True)
                | Q(moderated_by__isnull=True)
                | ~Q(appeal_answered_by=F("moderated_by")),
                name="%(class)s_appeal_second_person",
            ),
        ]

    @property
    def is_published(self) -> bool:
        return self.moderation == Moderation.PUBLISHED
