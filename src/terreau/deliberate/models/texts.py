"""A text written together: versions, paragraphs with a stable identifier, contributions, supports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.tokens import new_token
from terreau.deliberate.enums import ContributionKind, Outcome, ParagraphKind
from terreau.deliberate.importing import PARAGRAPH_LENGTH

from .participants import Moderated, Participant
from .processes import Process, Step

CONTRIBUTION_LENGTH = 5_000


class Text(models.Model):
    """``is_open``: contributions are taken. ``adopted_on``: the version in force was adopted that day."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="texts")
    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    title = models.CharField(_("titre"), max_length=200)
    origin = models.CharField(_("d’où il vient"), max_length=300, blank=True)
    is_open = models.BooleanField(_("contributions ouvertes"), default=True)
    adopted_on = models.DateField(_("adopté le"), null=True, blank=True)

    class Meta:
        ordering = ["process", "pk"]
        verbose_name = _("texte")

    def __str__(self) -> str:
        return self.title


class TextVersion(models.Model):
    """The text as it was on a day: its paragraphs are ``paragraphs``, in order. Nobody rewrites one."""

    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField(_("publiée le"))
    words = models.TextField(_("ce qui change"), blank=True, max_length=2000)
    step = models.ForeignKey(Step, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["text", "number"]
        verbose_name = _("version d’un texte")
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="text_version_number_once")]

    def __str__(self) -> str:
        return f"{self.text_id} v{self.number}"


class Paragraph(models.Model):
    """One paragraph of one version. ``key`` names it in every version, wherever it moves."""

    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="paragraphs")
    key = models.CharField(_("identifiant du paragraphe"), max_length=10, default=new_token, db_index=True)
    rank = models.PositiveIntegerField(_("rang"))
    kind = models.CharField(_("sorte"), max_length=10, choices=ParagraphKind, default=ParagraphKind.PARAGRAPH)
    words = models.TextField(_("texte"), max_length=PARAGRAPH_LENGTH)

    class Meta:
        ordering = ["version", "rank"]
        verbose_name = _("paragraphe")
        constraints = [
            models.UniqueConstraint(fields=["version", "rank"], name="paragraph_rank_once"),
            models.UniqueConstraint(fields=["version", "key"], name="paragraph_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.key}"


class Contribution(Moderated):
    """What somebody proposes for a paragraph of ``version``; an addition comes after it (at the top without one).

    ``college``: of its author when she wrote it. ``words``: the new text, or the comment; ``why``: her reason.
    ``outcome``: what was kept of it, always with ``outcome_reason``; ``kept_in``: the version that first carries it, in
    the paragraph ``kept_key``. ``answers``: the contribution of whose thread it is. ``withdrawn_at``: its author took
    it back; it is read, and counts no longer.
    """

    college = models.CharField(_("collège de l’auteur"), max_length=15, choices=College, blank=True)
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="contributions")
    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="contributions")
    paragraph_key = models.CharField(_("identifiant du paragraphe"), max_length=10, blank=True, db_index=True)
    kind = models.CharField(_("ce qui est proposé"), max_length=10, choices=ContributionKind)
    words = models.TextField(_("mots proposés"), blank=True, max_length=CONTRIBUTION_LENGTH)
    why = models.TextField(_("pourquoi"), blank=True, max_length=2000)
    answers = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="thread"
    )
    outcome = models.CharField(
        _("suite donnée"), max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True
    )
    outcome_reason = models.TextField(_("parce que"), blank=True, max_length=2000)
    kept_in = models.ForeignKey(
        TextVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="kept_contributions"
    )
    kept_key = models.CharField(_("paragraphe qui la porte"), max_length=10, blank=True)
    outcome_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    outcome_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    class Meta(Moderated.Meta):
        ordering = ["at", "pk"]
        verbose_name = _("contribution")
        constraints = [
            *Moderated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(outcome="") | ~Q(outcome_reason=""), name="contribution_outcome_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind=ContributionKind.DELETE) | Q(is_erased=True) | ~Q(words=""),
                name="contribution_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.kind} {self.token}"


class Support(models.Model):
    """A participant supports one version of a text: when it changes she is told, and supports the new one or not."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="text_supports")
    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="supports")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("soutien à un texte")
        constraints = [models.UniqueConstraint(fields=["participant", "version"], name="text_support_once")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.version_id}"
