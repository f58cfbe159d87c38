"""What sources say of a party."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Party, Place, Site, Source


class SourceRecord(models.Model):
    """What one source says of one party: the normalised values of one row, as read.

    ``key``: the row's stable identifier in its source. ``values``: field → value, only those that were given.
    ``identity``: whom the row by itself speaks of; ``party`` may be another one, into which it was merged.
    ``digest`` of ``values`` makes a second harvest of the same file change nothing.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="records")
    key = models.CharField(_("clé"), max_length=200)
    identity = models.CharField(_("identité"), max_length=200, db_index=True, blank=True)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="records")
    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="records")
    line = models.PositiveIntegerField(_("ligne"))
    observed_on = models.DateField(_("date de la valeur"), null=True)
    values = models.JSONField(_("valeurs"))
    digest = models.CharField(_("empreinte"), max_length=32)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("fiche de source")
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="record_once_in_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.key}"


class Scheme(models.TextChoices):
    """A public scheme or a kind of place that a source attests: a fact, never a judgment."""

    WORK_INTEGRATION = "work_integration", _("insertion par l’activité économique")
    DIGITAL_MEDIATION = "digital_mediation", _("médiation numérique")
    FRANCE_SERVICES = "france_services", _("France services")
    FONJEP = "fonjep", _("poste FONJEP")
    ADULTE_RELAIS = "adulte_relais", _("poste adulte-relais")
    STATE_GRANT = "state_grant", _("subvention de l’État")
    THIRD_PLACE = "third_place", _("tiers-lieu")
    DIGITAL_ESS = "digital_ess", _("numérique de l’ESS")


class SchemeMember(models.Model):
    """A party takes part in a scheme, says a source. ``detail``: e.g. EI, ACI, AI, ETTI, EA, GEIQ."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="schemes")
    scheme = models.CharField(_("dispositif"), max_length=30, choices=Scheme)
    detail = models.CharField(_("précision"), max_length=60, blank=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["scheme", "detail"]
        verbose_name = _("dispositif")
        indexes = [models.Index(fields=["scheme"])]
        constraints = [
            models.UniqueConstraint(fields=["party", "scheme", "detail", "source"], name="scheme_once")
        ]

    def __str__(self) -> str:
        return self.get_scheme_display()


class Funding(models.Model):
    """Public money that a source says a party received in a year. ``amount_cents``: euros × 100.

    The place is the finest one the source gives: a commune, else a département, else none.
    """

    record = models.OneToOneField(SourceRecord, on_delete=models.CASCADE, related_name="funding")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="fundings")
    year = models.PositiveSmallIntegerField(_("année"))
    amount_cents = models.BigIntegerField(_("montant en centimes"))
    posts = models.PositiveSmallIntegerField(_("postes"), default=0)
    purpose = models.CharField(_("objet"), max_length=300, blank=True)
    commune = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    departement = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-year", "pk"]
        verbose_name = _("financement")

    def __str__(self) -> str:
        return f"{self.year}: {self.amount_cents / 100:.2f} €"
