"""History: each change of what the site shows is a revision; what it replaced stays as a version."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One change of public content: who, when, why. Numbers grow with time, and dates never go back.

    ``credit``: the name shown with it, empty for none. It and ``reason`` may hold words of a person: erasable.
    """

    number = models.BigAutoField(_("numéro"), primary_key=True)
    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    verb = models.SlugField(_("acte"))
    subject = models.CharField(_("objet"), max_length=200, blank=True, db_index=True)  # "source:siae"
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    credit = models.CharField(_("crédit"), max_length=200, blank=True)
    reason = models.TextField(_("raison"), blank=True, max_length=1000)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("révision")

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


class Version(models.Model):
    """What was shown of one subject, from revision ``since`` until revision ``until`` replaced it.

    ``subject``: ``"party:<public_id>"`` or ``"place:<zoning>:<code>"``; no key to it, so that it outlives it.
    ``number``: 1, 2, 3… within the subject. What is shown now is in the tables and has the next number.
    ``since`` is empty when the subject is older than our history. ``content``: the document, see the room's
    ``queries/documents.py``.
    """

    subject = models.CharField(_("objet"), max_length=200)
    number = models.PositiveIntegerField(_("numéro"))
    since = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="opened")
    until = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="closed")
    content = models.JSONField(_("contenu"))

    class Meta:
        ordering = ["subject", "number"]
        verbose_name = _("version")
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.subject} v{self.number}"
