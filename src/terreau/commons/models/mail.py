"""Mail waiting to be sent. A row goes as soon as its mail has gone: nothing of it is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    to = models.EmailField(_("destinataire"))
    subject = models.CharField(_("objet"), max_length=200)
    body = models.TextField(_("texte"))
    queued_at = models.DateTimeField(_("date"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    about = models.CharField(_("à propos de"), max_length=200, blank=True, db_index=True)  # "correction:ab12"

    class Meta:
        ordering = ["pk"]
        verbose_name = _("message à envoyer")

    def __str__(self) -> str:
        return f"{self.pk}: {self.subject}"
