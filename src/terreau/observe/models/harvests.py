"""Reading of sources: one row each time, and what was not taken."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Source


class Harvest(models.Model):
    """One reading of one source. ``read = kept + rejected`` always: nothing is lost silently."""

    class Status(models.TextChoices):
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminée")
        FAILED = "failed", _("échouée")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="harvests")
    started_at = models.DateTimeField(_("début"), auto_now_add=True)
    ended_at = models.DateTimeField(_("fin"), null=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.RUNNING)
    message = models.TextField(_("message"), blank=True)
    rows_read = models.PositiveIntegerField(_("lignes lues"), default=0)
    rows_out_of_region = models.PositiveIntegerField(_("lignes hors de la région"), default=0)
    rows_rejected = models.PositiveIntegerField(_("lignes rejetées"), default=0)
    rows_repeated = models.PositiveIntegerField(_("lignes répétées"), default=0)
    added = models.PositiveIntegerField(_("ajoutés"), default=0)
    changed = models.PositiveIntegerField(_("modifiés"), default=0)
    unchanged = models.PositiveIntegerField(_("inchangés"), default=0)
    removed = models.PositiveIntegerField(_("retirés"), default=0)
    unmapped_columns = models.JSONField(_("colonnes non reprises"), default=list)

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("moisson")

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d}"


class Reject(models.Model):
    """A row that was not taken, with its line in the file and the reason; or a value left out of a kept row."""

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField(_("ligne"))
    field = models.CharField(_("champ"), max_length=60, blank=True)
    value = models.CharField(_("valeur"), max_length=200, blank=True)
    reason = models.SlugField(_("raison"))
    whole_row = models.BooleanField(_("ligne entière"), default=True)

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("rejet")

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
