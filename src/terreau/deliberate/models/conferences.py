"""The regional conference (article 8 of the 2014 law), and the resonance of actors' programmes with orientations."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import Programme, ProgrammeItem
from terreau.deliberate.enums import AgendaPart

from .processes import Process


class Conference(models.Model):
    """``held_on``: from that day runs the 24-month clock of the next one. ``minutes``: what was said and adopted."""

    process = models.OneToOneField(Process, on_delete=models.CASCADE, related_name="conference")
    held_on = models.DateField(_("tenue le"), null=True, blank=True)
    where = models.CharField(_("lieu"), max_length=200, blank=True)
    minutes = models.TextField(_("compte rendu"), blank=True, max_length=50_000)
    minutes_published_at = models.DateTimeField(_("compte rendu publié le"), null=True, blank=True)

    class Meta:
        ordering = ["-held_on", "pk"]
        verbose_name = _("conférence")

    def __str__(self) -> str:
        return f"{self.process_id} {self.held_on}"


class AgendaItem(models.Model):
    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="agenda")
    part = models.CharField(_("partie"), max_length=15, choices=AgendaPart)
    rank = models.PositiveIntegerField(_("rang"))
    title = models.CharField(_("point"), max_length=200)
    words = models.TextField(_("précisions"), blank=True, max_length=2000)

    class Meta:
        ordering = ["conference", "rank", "pk"]
        verbose_name = _("point de l’ordre du jour")

    def __str__(self) -> str:
        return self.title


class ResonanceMatrix(models.Model):
    """The points of actors' ``programmes`` beside the ``orientations`` of another one."""

    slug = models.SlugField(_("code"), unique=True, max_length=80)
    title = models.CharField(_("titre"), max_length=200)
    orientations = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="matrices", verbose_name=_("orientations")
    )
    programmes = models.ManyToManyField(Programme, related_name="+", verbose_name=_("programmes des acteurs"))
    process = models.ForeignKey(
        Process, null=True, blank=True, on_delete=models.SET_NULL, related_name="matrices"
    )

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("tableau des résonances")

    def __str__(self) -> str:
        return self.title


class Resonance(models.Model):
    """``action``, a point of an actor's programme, serves ``orientation``; ``words``: how.

    ``is_waiting``: written by somebody still unknown, who speaks for the actor, and not reviewed yet. ``by``: who said
    it.
    """

    matrix = models.ForeignKey(ResonanceMatrix, on_delete=models.CASCADE, related_name="resonances")
    action = models.ForeignKey(ProgrammeItem, on_delete=models.CASCADE, related_name="+")
    orientation = models.ForeignKey(ProgrammeItem, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(_("comment"), max_length=300, blank=True)
    is_waiting = models.BooleanField(_("en attente de relecture"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("résonance")
        constraints = [
            models.UniqueConstraint(fields=["matrix", "action", "orientation"], name="resonance_once"),
            models.CheckConstraint(condition=~Q(action=F("orientation")), name="resonance_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.orientation_id}"
