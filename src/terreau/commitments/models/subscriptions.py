"""Who wants to be told what falls due, and when an address was last written to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Party, Place
from terreau.commons.tokens import new_token

from .programmes import ProgrammeItem


class Subscription(models.Model):
    """To an address, or to that of an account. Scope: ``party``, ``place``, ``item``, ``is_own`` (the organisations
    for which the account speaks), or every commitment; or ``topic``, a thing of another room (``queries/topics.py``).
    Stopping deletes the row; so does a week without confirmation.
    """

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(ProgrammeItem, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    is_own = models.BooleanField(_("ce que je porte"), default=False)
    topic = models.CharField(_("autre chose"), max_length=100, blank=True, db_index=True)
    language = models.CharField(_("langue"), max_length=7, default="fr")
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("abonnement aux échéances")
        constraints = [
            models.CheckConstraint(
                condition=Q(email="", user__isnull=False) | (~Q(email="") & Q(user__isnull=True)),
                name="subscription_has_one_address",
            ),
            models.CheckConstraint(
                condition=Q(is_own=False)
                | Q(user__isnull=False, party__isnull=True, place__isnull=True, item__isnull=True),
                name="subscription_own_is_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(topic="")
                | Q(is_own=False, party__isnull=True, place__isnull=True, item__isnull=True),
                name="subscription_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.token

    @property
    def address(self) -> str:
        return self.user.email if self.user else self.email


class LastDigest(models.Model):
    """When an address was last written to. ``address_key`` is a keyed digest: it says nothing of the address, and
    holds although its subscriptions are stopped and asked for again.
    """

    address_key = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        verbose_name = _("dernier message à une adresse")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d}"
