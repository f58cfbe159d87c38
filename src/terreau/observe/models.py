"""What was read from sources, and what was computed from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Party, Place, Site, Source


class Harvest(models.Model):
    """One reading of one source. ``read = kept + rejected`` always: nothing is lost silently."""

    class Status(models.TextChoices):
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminée")
        FAILED = "failed", _("échouée")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="harvests")
    started_at = models.DateTimeField(_("début"), auto_now_add=True)
    ended_at = models.DateTimeField(_("fin"), null=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.RUNNING)
    message = models.TextField(_("message"), blank=True)
    rows_read = models.PositiveIntegerField(_("lignes lues"), default=0)
    rows_out_of_region = models.PositiveIntegerField(_("lignes hors de la région"), default=0)
    rows_rejected = models.PositiveIntegerField(_("lignes rejetées"), default=0)
    rows_repeated = models.PositiveIntegerField(_("lignes répétées"), default=0)
    added = models.PositiveIntegerField(_("ajoutés"), default=0)
    changed = models.PositiveIntegerField(_("modifiés"), default=0)
    unchanged = models.PositiveIntegerField(_("inchangés"), default=0)
    removed = models.PositiveIntegerField(_("retirés"), default=0)
    unmapped_columns = models.JSONField(_("colonnes non reprises"), default=list)

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("moisson")

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d}"


class Reject(models.Model):
    """A row that was not taken, with its line in the file and the reason; or a value left out of a kept row."""

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField(_("ligne"))
    field = models.CharField(_("champ"), max_length=60, blank=True)
    value = models.CharField(_("valeur"), max_length=200, blank=True)
    reason = models.SlugField(_("raison"))
    whole_row = models.BooleanField(_("ligne entière"), default=True)

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("rejet")

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class SourceRecord(models.Model):
    """What one source says of one party: the normalised values of one row, as read.

    ``key``: the row's stable identifier in its source. ``values``: field → value, only those that were given.
    ``digest`` of ``values`` makes a second harvest of the same file change nothing.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="records")
    key = models.CharField(_("clé"), max_length=200)
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


class IndicatorValue(models.Model):
    """A published figure: one indicator, one place, one period.

    ``value`` empty means *not measured*; it is never written 0 for want of a source. ``unplaced``: how many
    units of the level above could not be placed more finely, so a reader sees what the figure misses.
    """

    indicator = models.SlugField(_("indicateur"))
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="indicator_values")
    period = models.CharField(_("période"), max_length=10)  # "2022", "2022-01"
    value = models.FloatField(_("valeur"), null=True)
    unplaced = models.PositiveIntegerField(_("non localisés"), default=0)

    class Meta:
        ordering = ["indicator", "period"]
        verbose_name = _("valeur d’indicateur")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "place", "period"], name="indicator_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.place_id} {self.period}"


class MaskRequest(models.Model):
    """An organisation asks not to be shown. Granted by a steward with a reason; undone the same way."""

    class State(models.TextChoices):
        OPEN = "open", _("à traiter")
        GRANTED = "granted", _("accordée")
        REFUSED = "refused", _("refusée")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="mask_requests")
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(_("motif de la demande"), max_length=1000)
    contact = models.EmailField(_("adresse pour répondre"), blank=True)
    asked_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("répondue le"), null=True)
    answer = models.TextField(_("réponse"), blank=True, max_length=1000)

    class Meta:
        ordering = ["asked_at"]
        verbose_name = _("demande de masquage")

    def __str__(self) -> str:
        return f"{self.party_id}: {self.state}"
