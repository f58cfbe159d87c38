"""What people propose to correct, and which of several values a steward keeps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import NamesAParty, Party, Place, Revision, Site
from terreau.commons.tokens import new_token

from .records import SourceRecord


class Correction(NamesAParty):
    """Values that somebody proposes for a party, one of its sites, or a place; or a party that is missing.

    Shown at once as *proposed*. Accepted, its values become a source record (``record``) of the source
    ``corrections``, with precedence like any other. ``values_before``: what was shown when it was proposed.
    ``secret_digest``: of the secret in the link given to the author, by which she follows, withdraws, erases.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposée")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée par son auteur")
        UNDONE = "undone", _("défaite")

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="corrections")
    identity = models.CharField(_("identité"), max_length=200, blank=True, db_index=True)  # of the party
    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="+")
    site_identity = models.CharField(_("identité du lieu"), max_length=200, blank=True, db_index=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="corrections")
    values = models.JSONField(_("valeurs proposées"), default=dict)
    values_before = models.JSONField(_("valeurs d’avant"), default=dict)
    evidence = models.CharField(_("source donnée"), max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="corrections"
    )
    credit = models.CharField(_("nom à citer"), max_length=100, blank=True)
    contact = models.EmailField(_("adresse pour répondre"), blank=True)
    secret_digest = models.CharField(_("empreinte du secret"), max_length=64, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("proposée le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("répondue le"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(_("raison donnée"), blank=True, max_length=1000)
    record = models.ForeignKey(SourceRecord, null=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+")
    is_erased = models.BooleanField(_("effacée à la demande de son auteur"), default=False)

    class Meta:
        ordering = ["proposed_at", "pk"]
        verbose_name = _("correction")
        indexes = [models.Index(fields=["state", "proposed_at"])]

    def __str__(self) -> str:
        return f"{self.token}: {self.state}"


class Appeal(models.Model):
    """The author of a refused correction asks for a second steward, once. ``words``: why, for stewards alone.

    ``refusal``, ``refused_at``, ``refused_by``: the answer appealed against; granting gives the correction another.
    """

    correction = models.OneToOneField(Correction, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField(_("ce qui n’a pas été vu"), blank=True, max_length=1000)
    made_at = models.DateTimeField(_("recours du"), auto_now_add=True)
    refusal = models.TextField(_("raison du refus"), max_length=1000)
    refused_at = models.DateTimeField(_("refusée le"))
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_granted = models.BooleanField(_("recours accueilli"), null=True)  # None: not judged yet
    judged_at = models.DateTimeField(_("jugé le"), null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("raison donnée"), blank=True, max_length=1000)

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("recours contre un refus")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_granted__isnull=True, judged_at__isnull=True)
                | Q(is_granted__isnull=False, judged_at__isnull=False) & ~Q(reason=""),
                name="appeal_judged_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(judged_by__isnull=True)
                | Q(refused_by__isnull=True)
                | ~Q(judged_by=models.F("refused_by")),
                name="appeal_judged_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id}: {self.is_granted}"


class Choice(NamesAParty):
    """A steward keeps one of the values that sources give, against the order of trust, and says why."""

    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="choices")
    identity = models.CharField(_("identité"), max_length=200, db_index=True)
    field = models.CharField(_("champ"), max_length=60)
    value = models.JSONField(_("valeur"))
    reason = models.TextField(_("raison"), max_length=1000)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    chosen_at = models.DateTimeField(_("date"), auto_now_add=True)
    undone_at = models.DateTimeField(_("défait le"), null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("choix d’une valeur")
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "field"], condition=Q(undone_at__isnull=True), name="one_choice_a_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.identity} {self.field}"
