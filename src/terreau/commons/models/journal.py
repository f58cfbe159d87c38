"""The journal: one entry for each act that changes what the site holds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JournalEntry(models.Model):
    """``verb`` names the action, ``subject`` the object acted on (``"source:siae"``). No personal text here."""

    at = models.DateTimeField(_("date"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.SlugField(_("acte"))
    subject = models.CharField(_("objet"), max_length=200, blank=True, db_index=True)
    details = models.JSONField(_("détails"), default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("entrée du journal")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
