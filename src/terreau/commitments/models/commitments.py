"""The commitment (*engagement*): who promised what to whom, by when, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments.enums import ENDED, Basis, State
from terreau.commons.licences import LICENCE_CHOICES, NOT_FOR_PUBLICATION
from terreau.commons.models import NamesAParty, Party, Place
from terreau.commons.tokens import new_token

from .programmes import ProgrammeItem

_MEASURED = Q(target__isnull=False)


class Commitment(NamesAParty):
    """A promise. ``actions`` change it; nothing deletes one that was ever open.

    ``owner``: who promises; ``owner_identity`` outlives a party that leaves the directory, ``owner_name`` says a
    group that is not in it. ``beneficiary``: to whom, the same way; nothing at all means everyone.
    A measure (``unit``, ``baseline`` at ``starts_on``, ``target`` at ``due_on``) or a ``deliverable``, or both.
    ``successor``: the commitment that replaces a renegotiated one. ``result``: what came of a kept one, ``reason``:
    why another one ended. What is late, soon due or without owner is computed (``queries/clock.py``).
    """

    NAMED = {"owner": "owner_identity", "beneficiary": "beneficiary_identity"}

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    title = models.CharField(_("quoi"), max_length=200)
    details = models.TextField(_("précisions"), blank=True, max_length=3000)
    owner = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    owner_identity = models.CharField(_("identité"), max_length=200, blank=True, db_index=True)
    owner_name = models.CharField(_("qui promet, hors annuaire"), max_length=200, blank=True)
    beneficiary = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments_received"
    )
    beneficiary_identity = models.CharField(_("identité"), max_length=200, blank=True, db_index=True)
    beneficiary_name = models.CharField(_("à qui, hors annuaire"), max_length=200, blank=True)
    deliverable = models.CharField(_("ce qui sera livré"), max_length=500, blank=True)
    unit = models.CharField(_("unité"), max_length=60, blank=True)
    baseline = models.DecimalField(
        _("point de départ"), max_digits=15, decimal_places=3, null=True, blank=True
    )
    target = models.DecimalField(_("cible"), max_digits=15, decimal_places=3, null=True, blank=True)
    starts_on = models.DateField(_("début"), null=True, blank=True)
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    basis = models.CharField(_("origine"), max_length=15, choices=Basis, default=Basis.OWN_INITIATIVE)
    basis_words = models.CharField(_("référence de l’origine"), max_length=300, blank=True)
    basis_url = models.URLField(_("adresse de l’origine"), blank=True, max_length=500)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    items = models.ManyToManyField(ProgrammeItem, blank=True, related_name="commitments")
    state = models.CharField(_("état"), max_length=12, choices=State, default=State.DRAFT)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    result = models.TextField(_("résultat"), blank=True, max_length=3000)
    result_url = models.URLField(_("preuve du résultat"), blank=True, max_length=500)
    reason = models.TextField(_("raison"), blank=True, max_length=3000)
    opened_on = models.DateField(_("publié le"), null=True, blank=True)
    ended_on = models.DateField(_("terminé le"), null=True, blank=True)
    licence = models.CharField(_("licence"), max_length=30, choices=LICENCE_CHOICES, default="etalab-2.0")
    is_demonstration = models.BooleanField(_("fictif, pour la démonstration"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("écrit le"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changé le"), auto_now=True)
    search_text = models.TextField(_("texte replié pour la recherche"), blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("engagement")
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["changed_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="commitment_due_after_start",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True, baseline__isnull=True, unit="")
                | (_MEASURED & Q(baseline__isnull=False) & ~Q(unit="") & ~Q(target=F("baseline"))),
                name="commitment_whole_measure",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT)
                | (
                    Q(due_on__isnull=False, starts_on__isnull=False, opened_on__isnull=False)
                    & (_MEASURED | ~Q(deliverable=""))
                    & ~Q(licence=NOT_FOR_PUBLICATION)
                ),
                name="commitment_open_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_on__isnull=False)
                | Q(state__in=(State.DRAFT, State.OPEN), ended_on__isnull=True),
                name="commitment_ended_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RENEGOTIATED, successor__isnull=False)
                | (~Q(state=State.RENEGOTIATED) & Q(successor__isnull=True)),
                name="commitment_renegotiated_has_a_successor",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.RENEGOTIATED, State.ABANDONED)) | ~Q(reason=""),
                name="commitment_ended_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.KEPT) | ~Q(result=""), name="commitment_kept_says_the_result"
            ),
            models.CheckConstraint(condition=~Q(successor=F("pk")), name="commitment_not_its_own_successor"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def has_measure(self) -> bool:
        return self.target is not None


class Fulfilment(models.Model):
    """A step of what was promised, on a day. ``amount``, in the unit of the commitment, adds up to its measure; it is
    negative when something was undone. Withdrawn, it stays readable with its reason and no longer counts.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="fulfilments")
    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    on = models.DateField(_("date"))
    amount = models.DecimalField(_("quantité"), max_digits=15, decimal_places=3, null=True, blank=True)
    words = models.TextField(_("ce qui a été fait"), max_length=2000)
    evidence_url = models.URLField(_("adresse de la preuve"), blank=True, max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(_("noté le"), auto_now_add=True)
    withdrawn_on = models.DateField(_("retiré le"), null=True, blank=True)
    withdrawn_because = models.TextField(_("raison du retrait"), blank=True, max_length=1000)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("réalisation")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_because=""),
                name="fulfilment_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.on}"


class Change(models.Model):
    """One change of a commitment since it is public: what was done, why, and what the changed fields said before.

    ``log_index``: its entry in the public log, which stays its proof when what the entry was made of is erased.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField(_("numéro"))
    at = models.DateTimeField(_("date"))
    verb = models.SlugField(_("acte"))
    reason = models.TextField(_("raison"), blank=True, max_length=3000)
    before = models.JSONField(_("avant"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    log_index = models.BigIntegerField(_("numéro au journal public"), null=True)

    class Meta:
        ordering = ["commitment", "number"]
        verbose_name = _("changement d’un engagement")
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="commitment_change_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}.{self.number} {self.verb}"
