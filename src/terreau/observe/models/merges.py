"""Records of one organisation that no identifier joins: candidates to look at, and merges that can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Revision


class Merge(models.Model):
    """``gone_identity`` is the same organisation as ``kept_identity``. Its records then belong to the party kept.

    A party is the root of the forest that active merges make. Undone, every record goes back where its own
    identity says. ``gone_public_id``: the address that redirects.
    """

    class Basis(models.TextChoices):
        IDENTIFIER = "identifier", _("un identifiant commun")
        LIKENESS = "likeness", _("noms et lieux presque certains")
        REVIEW = "review", _("examen par une personne")

    kept_identity = models.CharField(_("identité gardée"), max_length=200, db_index=True)
    gone_identity = models.CharField(_("identité jointe"), max_length=200, db_index=True)
    gone_public_id = models.CharField(_("identifiant public joint"), max_length=10, db_index=True)
    basis = models.CharField(_("fondement"), max_length=12, choices=Basis)
    probability = models.FloatField(_("probabilité"), null=True)
    reason = models.TextField(_("raison"), blank=True, max_length=1000)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField(_("date"), default=timezone.now)
    undone_at = models.DateTimeField(_("défaite le"), null=True)
    undone_because = models.TextField(_("raison de défaire"), blank=True, max_length=1000)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("fusion")
        constraints = [
            models.UniqueConstraint(
                fields=["gone_identity"], condition=Q(undone_at__isnull=True), name="merged_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(kept_identity=F("gone_identity")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_identity} → {self.kept_identity}"


class Candidate(models.Model):
    """Two identities that may be one organisation: a person decides. ``first < second``.

    ``explanation``: a list of ``{"comparison", "level", "weight"}``, weights in bits.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à examiner")
        SAME = "same", _("la même")
        DIFFERENT = "different", _("deux organisations")

    first = models.CharField(_("première identité"), max_length=200, db_index=True)
    second = models.CharField(_("seconde identité"), max_length=200, db_index=True)
    probability = models.FloatField(_("probabilité"))
    explanation = models.JSONField(_("explication"), default=list)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("date"), null=True)

    class Meta:
        ordering = ["-probability", "first", "second"]
        verbose_name = _("paire à examiner")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="candidate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="candidate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ? {self.second}"
