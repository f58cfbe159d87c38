"""Parties: whoever can promise, decide, pay or receive. And the sites where organisations work."""

import base64
import hashlib
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import Diffusion, Nature, PartyKind, Perimeter, PerimeterBasis

from .places import Place
from .revisions import Revision


def public_id(identity: str) -> str:
    """Ten letters and digits that depend on ``identity`` alone (50 bits: 1 M parties collide once in 2,000)."""
    digest = hashlib.blake2b(identity.encode(), digest_size=7).digest()
    return base64.b32encode(digest).decode().lower()[:10]


class Party(models.Model):
    """An organisation, a group without legal personality, a public body or a person.

    The columns hold the value shown; every value that a source gives, with its date and licence, is in the
    source records (``observe.SourceRecord``), from which the shown one is chosen by precedence.
    ``identity``: what makes two records the same party — ``siren:…``, ``rna:…``, or ``local:<source>:…``.
    ``public_id``: a short digest of it, so that a permalink is the same on every instance.
    """

    identity = models.CharField(_("identité"), max_length=200, unique=True)
    public_id = models.CharField(_("identifiant public"), max_length=10, unique=True)
    kind = models.CharField(_("sorte"), max_length=20, choices=PartyKind, default=PartyKind.ORGANISATION)
    name = models.CharField(_("nom"), max_length=300)
    acronym = models.CharField(_("sigle"), max_length=60, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, null=True, unique=True)  # noqa: DJ001  (absent many times, else unique)
    rna = models.CharField(_("numéro RNA"), max_length=10, null=True, unique=True)  # noqa: DJ001  (absent many times, else unique)
    nature = models.CharField(_("statut"), max_length=20, choices=Nature, default=Nature.UNKNOWN)
    legal_category = models.CharField(_("catégorie juridique"), max_length=4, blank=True)
    naf = models.CharField(_("activité principale (NAF)"), max_length=6, blank=True)  # "88.99B"
    description = models.TextField(_("description"), blank=True)
    website = models.CharField(_("site web"), max_length=500, blank=True)
    perimeter = models.CharField(_("périmètre"), max_length=10, choices=Perimeter, default=Perimeter.UNKNOWN)
    perimeter_basis = models.CharField(
        _("raison"), max_length=20, choices=PerimeterBasis, default=PerimeterBasis.NO_SOURCE
    )
    diffusion = models.CharField(_("diffusion"), max_length=10, choices=Diffusion, default=Diffusion.OPEN)
    is_active = models.BooleanField(_("en activité"), default=True)
    search_text = models.TextField(_("texte replié pour la recherche"), blank=True)
    revision = models.ForeignKey(
        Revision, null=True, on_delete=models.PROTECT, related_name="+"
    )  # last change

    class Meta:
        ordering = ["search_text", "name", "pk"]  # folded: É sorts with E
        verbose_name = _("acteur")
        indexes = [
            models.Index(fields=["nature"]),
            models.Index(fields=["perimeter"]),
            models.Index(fields=["naf"]),
            models.Index(fields=["name"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(siren__isnull=True) | Q(siren__regex=r"^[0-9]{9}$"), name="party_siren_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def web_address(self) -> str:
        """Its website when a browser may be sent there, else nothing."""
        return self.website if self.website.startswith(("http://", "https://")) else ""


class NamesAParty(models.Model):
    """A row about a party that outlives it. When no source names the party any more, its key becomes null; its identity
    stays: by it the row finds the party that is back (``observe/actions/returning.py``). NAMED: key → identity.
    """

    NAMED: ClassVar[dict[str, str]] = {"party": "identity"}

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        for key, identity in self.NAMED.items():
            party = getattr(self, key)
            if party is not None and not getattr(self, identity):
                setattr(self, identity, party.identity)
        super().save(*args, **options)

    @property
    def its_party(self) -> Party:
        """For a row that was found through a party that is there."""
        party: Party | None = getattr(self, next(iter(self.NAMED)))
        if party is None:
            raise LookupError(f"{self} waits for its party")
        return party


class Site(models.Model):
    """Where a party works: an establishment with its SIRET, or an address that a source gives.

    ``commune`` is empty when no source says it; then ``departement`` may still be known.
    """

    identity = models.CharField(_("identité"), max_length=200, unique=True)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="sites")
    siret = models.CharField(_("SIRET"), max_length=14, null=True, unique=True)  # noqa: DJ001  (absent many times, else unique)
    name = models.CharField(_("nom du lieu"), max_length=300, blank=True)
    address = models.CharField(_("adresse"), max_length=300, blank=True)
    post_code = models.CharField(_("code postal"), max_length=5, blank=True)
    commune = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="sites")
    departement = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    is_active = models.BooleanField(_("en activité"), default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("lieu d’activité")
        constraints = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="site_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^[0-9]{14}$"), name="site_siret_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.address or self.identity
