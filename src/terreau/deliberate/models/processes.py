"""A process (*démarche*): its mandate, its steps in time, who holds which role, and what changed on the way."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import ProgrammeItem
from terreau.commons.enums import College
from terreau.commons.licences import LICENCE_CHOICES, NOT_FOR_PUBLICATION
from terreau.commons.models import NamesAParty, Party, Place
from terreau.commons.tokens import new_token
from terreau.deliberate.enums import TAKING_PART, Eligibility, Power, Preset, State, StepKind
from terreau.deliberate.instants import said_beginning, said_dates


class Process(NamesAParty):
    """A public mandate and what is done under it. ``actions`` change it; nothing deletes one that was ever public.

    The mandate: ``subject``, what is open (``open_matters``) and what is not (``closed_matters``), who decides in
    law (``decider``, or ``decider_name`` outside the directory, with ``legal_basis``), by which ``method``, and the
    last day of the reply (``reply_by``). A result is consultative until ``deliberation_number`` is entered.
    ``colleges``: codes of ``College``, in the order shown. ``hides_results``: no count of votes or supports is shown
    to anybody before closing. ``asks_at_a_time``: how many statements are asked before the next "encore ?".
    """

    NAMED = {"decider": "decider_identity"}

    slug = models.SlugField(_("code"), unique=True, max_length=80)
    preset = models.CharField(_("sorte de démarche"), max_length=15, choices=Preset)
    title = models.CharField(_("titre"), max_length=200)
    subject = models.TextField(_("la question posée"), blank=True, max_length=3000)
    open_matters = models.TextField(_("ce qui est ouvert"), blank=True, max_length=3000)
    closed_matters = models.TextField(_("ce qui ne l’est pas"), blank=True, max_length=3000)
    decider = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="processes_decided"
    )
    decider_identity = models.CharField(_("identité"), max_length=200, blank=True, db_index=True)
    decider_name = models.CharField(_("qui décide, hors annuaire"), max_length=200, blank=True)
    legal_basis = models.CharField(_("en vertu de quoi"), max_length=500, blank=True)
    method = models.TextField(_("la méthode"), blank=True, max_length=3000)
    reply_by = models.DateField(_("réponse au plus tard le"), null=True, blank=True)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="processes"
    )
    items = models.ManyToManyField(ProgrammeItem, blank=True, related_name="processes")
    colleges = models.JSONField(_("collèges"), default=list)
    eligibility = models.CharField(
        _("qui peut prendre part"), max_length=10, choices=Eligibility, default=Eligibility.ANYONE
    )
    asks_college = models.BooleanField(_("demande le collège avant de prendre part"), default=False)
    hides_results = models.BooleanField(_("résultats cachés jusqu’à la clôture"), default=True)
    asks_at_a_time = models.PositiveSmallIntegerField(_("affirmations posées d’affilée"), default=5)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(_("publiée le"), null=True, blank=True)
    stopped_because = models.TextField(_("raison de l’arrêt"), blank=True, max_length=3000)
    deliberation_number = models.CharField(_("numéro de la délibération"), max_length=100, blank=True)
    deliberation_on = models.DateField(_("date de la délibération"), null=True, blank=True)
    deliberation_url = models.URLField(_("adresse de la délibération"), blank=True, max_length=500)
    licence = models.CharField(_("licence"), max_length=30, choices=LICENCE_CHOICES, default="etalab-2.0")
    is_demonstration = models.BooleanField(_("fictif, pour la démonstration"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("écrite le"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changée le"), auto_now=True)
    search_text = models.TextField(_("texte replié pour la recherche"), blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("démarche")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DRAFT)
                | (
                    Q(opened_at__isnull=False, reply_by__isnull=False)
                    & ~Q(subject="")
                    & ~Q(open_matters="")
                    & ~Q(closed_matters="")
                    & ~Q(method="")
                    & (Q(decider__isnull=False) | ~Q(decider_identity="") | ~Q(decider_name=""))
                    & ~Q(licence=NOT_FOR_PUBLICATION)
                ),
                name="process_public_has_a_whole_mandate",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.STOPPED) | ~Q(stopped_because=""), name="process_stopped_says_why"
            ),
            models.CheckConstraint(
                condition=Q(deliberation_number="") | Q(deliberation_on__isnull=False),
                name="process_deliberation_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(asks_at_a_time__gte=1, asks_at_a_time__lte=20), name="process_asks_one_to_twenty"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_consultative(self) -> bool:
        """Until the number of the deliberation is entered, what people said binds nobody in law."""
        return not self.deliberation_number

    def step_open_at(self, now: dt.datetime, *kinds: str) -> "Step | None":
        """The first step of these kinds that is open at this instant; none on a draft or a stopped process."""
        if self.state != State.OPEN:
            return None
        return next((step for step in self.steps.all() if step.kind in kinds and step.is_open_at(now)), None)

    @property
    def closes_at(self) -> dt.datetime | None:
        """The end of the last step in which people take part."""
        return max((step.ends_at for step in self.steps.all() if step.kind in TAKING_PART), default=None)

    def is_closed_at(self, now: dt.datetime) -> bool:
        """People no longer take part: stopped, or past the end of the last such step."""
        closes = self.closes_at
        return self.state == State.STOPPED or (closes is not None and now >= closes)

    def shows_results_at(self, now: dt.datetime) -> bool:
        """Whether counts of votes and supports may be said, to anybody at all (trap 10)."""
        return not self.hides_results or self.is_closed_at(now)


class Step(models.Model):
    """From ``starts_at`` up to but not including ``ends_at``: a vote that arrives at that instant is too late.

    ``seen``: college → people who took part, as the dump told it that this site was loaded from; empty where they did.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="steps")
    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    kind = models.CharField(_("sorte d’étape"), max_length=10, choices=StepKind)
    title = models.CharField(_("titre"), max_length=200, blank=True)
    words = models.TextField(_("ce qu’on y fait"), blank=True, max_length=2000)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    seen = models.JSONField(_("participants vus, selon un export"), default=dict, blank=True)

    class Meta:
        ordering = ["starts_at", "ends_at", "pk"]
        verbose_name = _("étape")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="step_ends_after_its_start"),
        ]

    def __str__(self) -> str:
        return self.title or str(StepKind(self.kind).label)

    @property
    def dates(self) -> str:
        return said_dates(self.starts_at, self.ends_at)

    @property
    def beginning(self) -> str:
        return said_beginning(self.starts_at)

    def is_open_at(self, now: dt.datetime) -> bool:
        return self.starts_at <= now < self.ends_at


class Attendance(models.Model):
    """How many people of a college were at a meeting of a step: counted in the room, by hand."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="attendances")
    college = models.CharField(_("collège"), max_length=15, choices=College)
    number = models.PositiveIntegerField(_("personnes présentes"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("présence")
        constraints = [models.UniqueConstraint(fields=["step", "college"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.college}: {self.number}"


class ProcessRole(models.Model):
    """A person's role on one process, public under ``shown_name``. Ended, it stays readable."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="process_roles"
    )
    power = models.CharField(_("rôle"), max_length=12, choices=Power)
    shown_name = models.CharField(_("nom affiché"), max_length=100)
    college = models.CharField(_("collège"), max_length=15, choices=College, blank=True)
    given_at = models.DateTimeField(_("depuis"), auto_now_add=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        verbose_name = _("rôle dans une démarche")
        constraints = [
            models.UniqueConstraint(
                fields=["process", "user", "power"],
                condition=Q(ended_at__isnull=True),
                name="process_role_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.process_id} {self.power}"


class ProcessChange(models.Model):
    """One public act on a process: what, why, and what the changed fields said before."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField(_("numéro"))
    at = models.DateTimeField(_("date"))
    verb = models.SlugField(_("acte"))
    reason = models.TextField(_("raison"), blank=True, max_length=3000)
    before = models.JSONField(_("avant"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["process", "number"]
        verbose_name = _("changement d’une démarche")
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="process_change_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.process_id}.{self.number} {self.verb}"
