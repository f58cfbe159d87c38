"""The register of funded content: what was paid for with public money, and whether all may use it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import LICENCE_CHOICES, NOT_FOR_PUBLICATION
from terreau.commons.models import NamesAParty, Party
from terreau.commons.tokens import new_token


class FundedContent(NamesAParty):
    """A study, a data set, a film… paid in whole or part by ``funder``. Its state is computed, never stored:
    *due*, *late* (from the day after ``due_on``), *published freely*, *published, not freely*.
    """

    NAMED = {"producer_party": "producer_identity"}

    class Kind(models.TextChoices):
        STUDY = "study", _("étude")
        DATA = "data", _("données")
        SOFTWARE = "software", _("logiciel")
        TRAINING = "training", _("support de formation")
        PICTURE = "picture", _("images ou film")
        OTHER = "other", _("autre contenu")

    class State(models.TextChoices):
        DUE = "due", _("à publier")
        LATE = "late", _("en retard")
        FREE = "free", _("publié librement")
        NOT_FREE = "not_free", _("publié, mais pas librement")

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    title = models.CharField(_("titre"), max_length=300)
    kind = models.CharField(_("sorte"), max_length=10, choices=Kind)
    funder = models.CharField(_("financeur"), max_length=200)
    producer = models.CharField(_("réalisé par"), max_length=200)
    producer_party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    producer_identity = models.CharField(
        _("identité de qui l’a réalisé"), max_length=200, blank=True, db_index=True
    )
    amount_cents = models.BigIntegerField(_("montant en centimes"), null=True, blank=True)
    funded_on = models.DateField(_("date du financement"), null=True, blank=True)
    due_on = models.DateField(_("à publier au plus tard le"))
    published_on = models.DateField(_("publié le"), null=True, blank=True)
    url = models.URLField(_("adresse"), blank=True, max_length=500)
    licence = models.CharField(_("licence"), max_length=30, choices=LICENCE_CHOICES, blank=True)
    rights_holder = models.CharField(_("titulaire des droits"), max_length=200, blank=True)
    reason = models.TextField(_("pourquoi pas librement"), blank=True, max_length=1000)

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("contenu financé")
        constraints = [
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | ~Q(url=""), name="published_content_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_free(self) -> bool:
        return self.licence not in {"", NOT_FOR_PUBLICATION}

    def state_on(self, day: dt.date) -> "FundedContent.State":
        """``queries.contents`` says the same in SQL; a test holds them together."""
        if self.published_on is not None and self.published_on <= day:
            return self.State.FREE if self.is_free else self.State.NOT_FREE
        return self.State.LATE if day > self.due_on else self.State.DUE

    def clean(self) -> None:
        problems = {}
        if self.funded_on and self.due_on and self.due_on < self.funded_on:
            problems["due_on"] = _("Cette date est avant celle du financement.")
        if self.published_on and self.published_on > timezone.localdate():
            problems["published_on"] = _("Cette date n’est pas encore venue.")
        if self.published_on and not self.url:
            problems["url"] = _("Un contenu publié a une adresse où le lire.")
        if self.published_on and not self.is_free and not self.reason.strip():
            problems["reason"] = _("Donnez la licence libre, ou dites pourquoi il n’y en a pas.")
        if problems:
            raise ValidationError(problems)
