"""Who speaks for an organisation, and what it says of its practices. Status is not practice: no score, ever."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import NamesAParty, Party
from terreau.observe.enums import PracticeTheme

ERASED_WORDS = "[texte effacé]"
"""What stands, here and in history, in place of words that their author had erased."""


class Claim(NamesAParty):
    """A person asks to speak for an organisation, with a proof: a code sent to an e-mail address at its domain, or
    on paper to its address. Granted, she is its *custodian* (référente).
    """

    class Method(models.TextChoices):
        EMAIL = "email", _("un code envoyé à une adresse e-mail de l’organisation")
        PAPER = "paper", _("un code envoyé par courrier à son adresse")

    class State(models.TextChoices):
        OPEN = "open", _("code attendu")
        GRANTED = "granted", _("accordée")
        EXPIRED = "expired", _("code expiré")
        ENDED = "ended", _("terminée")

    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="claims")
    identity = models.CharField(_("identité"), max_length=200, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    method = models.CharField(_("preuve"), max_length=10, choices=Method)
    address = models.CharField(_("adresse du code"), max_length=300)  # emptied once the claim is granted
    code_digest = models.CharField(_("empreinte du code"), max_length=128, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    expires_at = models.DateTimeField(_("le code expire le"))
    sent_at = models.DateTimeField(_("courrier envoyé le"), null=True)
    answered_at = models.DateTimeField(_("accordée le"), null=True)  # it stays when the claim ends
    ended_at = models.DateTimeField(_("terminée le"), null=True)
    ended_because = models.TextField(_("raison de la fin"), blank=True, max_length=1000)

    class Meta:
        ordering = ["asked_at"]
        verbose_name = _("demande de référence")
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "user"],
                condition=Q(state__in=["open", "granted"]),
                name="one_live_claim",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.identity}: {self.state}"


class Practice(NamesAParty):
    """What an organisation says it does, under one theme. Declared → evidenced → confirmed by a peer."""

    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="practices")
    identity = models.CharField(_("identité"), max_length=200, db_index=True)
    theme = models.CharField(_("thème"), max_length=20, choices=PracticeTheme)
    text = models.TextField(_("ce que nous faisons"), max_length=1000)
    evidence = models.CharField(_("preuve"), max_length=500, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    declared_at = models.DateTimeField(_("déclarée le"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True)

    class Meta:
        ordering = ["theme", "pk"]
        verbose_name = _("pratique")

    def __str__(self) -> str:
        return f"{self.identity} {self.theme}"


class Confirmation(NamesAParty):
    """Another organisation has seen the practice at work. Never its own custodian, never the same organisation.

    Two peers that confirmed may be merged later: then it is shown once. A peer merged into the organisation itself
    no longer counts.
    """

    NAMED = {"peer": "peer_identity"}

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="confirmations")
    peer = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="+")
    peer_identity = models.CharField(_("identité du pair"), max_length=200, db_index=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    words = models.CharField(_("ce que nous avons vu"), max_length=500)
    confirmed_at = models.DateTimeField(_("date"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("confirmation par un pair")
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "peer_identity", "confirmed_at"], name="confirmed_once_a_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} ← {self.peer_identity}"


class Contradiction(models.Model):
    """Somebody says that the practice is not so. The organisation may reply; a steward closes with a reason."""

    class State(models.TextChoices):
        OPEN = "open", _("ouverte")
        UPHELD = "upheld", _("fondée")
        REJECTED = "rejected", _("non fondée")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="contradictions")
    reason = models.TextField(_("ce qui n’est pas exact"), max_length=1000)
    evidence = models.CharField(_("source donnée"), max_length=500, blank=True)
    contact = models.EmailField(_("adresse pour répondre"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reply = models.TextField(_("réponse de l’organisation"), blank=True, max_length=1000)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("ouverte le"), auto_now_add=True)
    closed_at = models.DateTimeField(_("close le"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(_("raison donnée"), blank=True, max_length=1000)

    class Meta:
        ordering = ["opened_at", "pk"]
        verbose_name = _("contradiction")

    def __str__(self) -> str:
        return f"{self.practice_id}: {self.state}"
