"""Pledges: an election or a consultation, the lists that answer, and the versions of what they say."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from terreau.commitments import electoral_calendar as law
from terreau.commitments.enums import Answer, BodyKind, Level, Phase
from terreau.commons.models import NamesAParty, Party, Place
from terreau.commons.tokens import new_token

from .commitments import Commitment
from .programmes import Programme, ProgrammeItem

MANDATE_YEARS = 6
WORDS_LENGTH = 1000
DELIVERABLE_LENGTH = 500
ELECTION_ORDER = (F("first_round_on").desc(nulls_last=True), "-created_at", "pk")


class Election(NamesAParty):
    """Lists, or bodies outside an election (no round then), are asked where they stand on a programme.

    Of the dates that the law gives, only those that a keeper moved are kept (``own_*``): they may lengthen a
    protected period, never shorten it.
    """

    NAMED = {"body": "body_identity"}

    slug = models.SlugField(_("code"), unique=True, max_length=80)
    title = models.CharField(_("titre"), max_length=200)
    body_kind = models.CharField(_("institution"), max_length=10, choices=BodyKind, default=BodyKind.OTHER)
    body_name = models.CharField(_("nom de l’institution"), max_length=200, blank=True)
    body = models.ForeignKey(Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    body_identity = models.CharField(_("identité"), max_length=200, blank=True)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="elections"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="elections", verbose_name=_("programme")
    )
    asked_by = models.CharField(_("qui pose la question"), max_length=200)
    presentation = models.TextField(_("présentation"), blank=True, max_length=3000)
    first_round_on = models.DateField(_("premier tour"), null=True, blank=True)
    second_round_on = models.DateField(_("second tour"), null=True, blank=True)
    answers_until = models.DateField(_("dernier jour pour répondre"), null=True, blank=True)
    own_reserve_start = models.DateField(_("réserve avancée au"), null=True, blank=True)
    own_reserve_end = models.DateField(_("réserve prolongée jusqu’au"), null=True, blank=True)
    own_freeze = models.DateField(_("gel avancé au"), null=True, blank=True)
    mandate_ends_on = models.DateField(_("fin du mandat"), null=True, blank=True)
    created_at = models.DateTimeField(_("ouverte le"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = [*ELECTION_ORDER]
        verbose_name = _("élection ou consultation")
        constraints = [
            models.CheckConstraint(
                condition=Q(second_round_on__isnull=True) | Q(second_round_on__gt=F("first_round_on")),
                name="election_second_round_after_first",
            ),
            models.CheckConstraint(
                condition=Q(first_round_on__isnull=False)
                | Q(
                    second_round_on__isnull=True,
                    own_reserve_start__isnull=True,
                    own_reserve_end__isnull=True,
                    own_freeze__isnull=True,
                ),
                name="consultation_has_no_electoral_date",
            ),
            models.CheckConstraint(
                condition=Q(own_freeze__isnull=True) | Q(own_freeze__lt=F("first_round_on")),
                name="election_freeze_before_first_round",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_consultation(self) -> bool:
        """Bodies take position outside an election: nothing of the electoral period applies."""
        return self.first_round_on is None

    @property
    def last_round_on(self) -> dt.date | None:
        return self.second_round_on or self.first_round_on

    @property
    def reserve_starts_on(self) -> dt.date | None:
        if self.first_round_on is None:
            return None
        legal = law.reserve_starts_on(self.first_round_on)
        return min(legal, self.own_reserve_start or legal)

    @property
    def reserve_ends_on(self) -> dt.date | None:
        """Its last day."""
        last = self.last_round_on
        return max(last, self.own_reserve_end or last) if last else None

    @property
    def freezes_on(self) -> dt.date | None:
        """From its first minute nothing changes any more."""
        if self.first_round_on is None:
            return None
        legal = law.freezes_on(self.first_round_on)
        return min(legal, self.own_freeze or legal)

    @property
    def last_day_to_answer(self) -> dt.date | None:
        """The deadline, or the eve of the freeze when it comes before."""
        eve = self.freezes_on - dt.timedelta(days=1) if self.freezes_on else None
        return min(day for day in (eve, self.answers_until) if day) if eve or self.answers_until else None

    @property
    def mandate_end(self) -> dt.date | None:
        """What a pledge without a date is due by."""
        if self.mandate_ends_on or self.last_round_on is None:
            return self.mandate_ends_on
        return law.years_after(self.last_round_on, MANDATE_YEARS)

    def phase_at(self, instant: dt.datetime) -> Phase:
        if self.last_round_on and instant >= law.end_of(self.last_round_on):
            return Phase.AFTER
        if self.freezes_on and instant >= law.start_of(self.freezes_on):
            return Phase.FROZEN
        last = self.last_day_to_answer
        return Phase.CLOSED if last and instant >= law.end_of(last) else Phase.OPEN

    def is_reserved_on(self, day: dt.date) -> bool:
        start, end = self.reserve_starts_on, self.reserve_ends_on
        return start is not None and end is not None and start <= day <= end


class Candidacy(NamesAParty):
    """A list, by its name, or a body. ``lot`` is drawn once: it gives the same order everywhere.

    It answers by a private link, of which only the digest is kept. ``draft`` is read by nobody else.
    """

    NAMED = {"party": "party_identity"}

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="candidacies")
    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    name = models.CharField(_("nom de la liste ou de l’organisme"), max_length=200)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="candidacies"
    )
    party_identity = models.CharField(_("identité"), max_length=200, blank=True)
    lot = models.BigIntegerField(_("rang tiré au sort"))
    secret_digest = models.CharField(_("empreinte du lien de réponse"), max_length=64, blank=True)
    linked_at = models.DateTimeField(_("lien donné le"), null=True, blank=True)
    draft = models.JSONField(_("brouillon"), default=dict, blank=True)
    withdrawn_on = models.DateField(_("retirée le"), null=True, blank=True)
    withdrawn_because = models.CharField(_("raison du retrait"), blank=True, max_length=300)
    elected_on = models.DateField(_("élue, noté le"), null=True, blank=True)
    elected_url = models.URLField(_("source du résultat"), blank=True, max_length=500)

    class Meta:
        ordering = ["lot", "pk"]
        verbose_name = _("liste ou organisme")
        constraints = [
            models.UniqueConstraint(fields=["election", "name"], name="candidacy_name_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_because=""),
                name="candidacy_withdrawn_says_why",
            ),
            models.CheckConstraint(
                condition=Q(elected_on__isnull=True) | ~Q(elected_url=""),
                name="candidacy_elected_says_the_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """One version of what a list says of a point. A new one is another row; nobody rewrites this one.

    ``source``: the document that a keeper copied it from; nothing when the list wrote it herself.
    ``commitment``: what it became once the list was elected.
    """

    candidacy = models.ForeignKey(Candidacy, on_delete=models.PROTECT, related_name="positions")
    item = models.ForeignKey(ProgrammeItem, on_delete=models.PROTECT, related_name="positions")
    number = models.PositiveSmallIntegerField(_("version"))
    is_current = models.BooleanField(_("en vigueur"), default=True)
    answer = models.CharField(_("réponse"), max_length=6, choices=Answer)
    level = models.CharField(_("niveau"), max_length=9, choices=Level, blank=True)
    words = models.TextField(_("ses propres mots"), blank=True, max_length=WORDS_LENGTH)
    due_on = models.DateField(_("au plus tard le"), null=True, blank=True)
    deliverable = models.CharField(_("ce qui sera livré"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("publiée le"))
    source = models.CharField(_("source"), max_length=500, blank=True)
    is_erased = models.BooleanField(_("mots effacés"), default=False)
    commitment = models.OneToOneField(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="pledge"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("position")
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "item", "number"], name="position_number_once"),
            models.UniqueConstraint(
                fields=["candidacy", "item"], condition=Q(is_current=True), name="position_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.NO, level="", due_on__isnull=True, deliverable="")
                | (~Q(answer=Answer.NO) & ~Q(level="")),
                name="position_level_of_a_yes",
            ),
            models.CheckConstraint(
                condition=Q(level__in=("", Level.PRINCIPLE)) | Q(due_on__isnull=False),
                name="position_dated_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(commitment__isnull=True) | (Q(is_current=True) & ~Q(answer=Answer.NO)),
                name="position_promised_is_a_yes_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy_id} {self.item_id}.{self.number} {self.answer}"

    @property
    def is_promise(self) -> bool:
        return self.answer != Answer.NO

    @property
    def source_url(self) -> str:
        return self.source if self.source.startswith(("http://", "https://")) else ""
