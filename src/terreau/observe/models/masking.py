"""Requests not to be shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import NamesAParty, Party


class MaskRequest(NamesAParty):
    """An organisation asks not to be shown. Granted by a steward with a reason; undone the same way."""

    class State(models.TextChoices):
        OPEN = "open", _("à traiter")
        GRANTED = "granted", _("accordée")
        REFUSED = "refused", _("refusée")

    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="mask_requests")
    identity = models.CharField(_("identité"), max_length=200, db_index=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(_("motif de la demande"), max_length=1000)
    contact = models.EmailField(_("adresse pour répondre"), blank=True)
    asked_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("répondue le"), null=True)
    answer = models.TextField(_("réponse"), blank=True, max_length=1000)

    class Meta:
        ordering = ["asked_at"]
        verbose_name = _("demande de masquage")

    def __str__(self) -> str:
        return f"{self.party_id}: {self.state}"
