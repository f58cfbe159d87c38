"""Places and the zonings that group communes. Zonings are data with versions, never code."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .sources import Source


class Zoning(models.Model):
    """One version of one way to cut the territory: ``bassin_de_vie`` of 2012 and of 2022 are two rows.

    ``level`` orders zonings from the smallest (commune = 1) to the largest (région).
    """

    code = models.SlugField(_("code"), primary_key=True)  # "bassin_de_vie_2022"
    kind = models.SlugField(_("famille"))  # "bassin_de_vie"
    version = models.CharField(_("version"), max_length=10)  # "2022"
    title = models.CharField(_("nom"), max_length=100)
    title_plural = models.CharField(_("nom au pluriel"), max_length=100)
    level = models.PositiveSmallIntegerField(_("rang"))
    is_current = models.BooleanField(_("version en usage"), default=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="zonings")

    class Meta:
        ordering = ["level", "-version"]
        verbose_name = _("zonage")
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="zoning_kind_version")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Place(models.Model):
    """A commune, or a zone of a zoning. A zone may lie partly in the region: then its communes outside are
    known (name, population) but no organisation is collected there.
    """

    zoning = models.ForeignKey(Zoning, on_delete=models.PROTECT, related_name="places")
    code = models.CharField(_("code"), max_length=9)  # official: INSEE code, SIREN of the EPCI…
    name = models.CharField(_("nom"), max_length=200)
    search_text = models.CharField(_("nom replié pour la recherche"), max_length=200, db_index=True)
    population = models.PositiveIntegerField(_("population"), null=True)
    population_in_region = models.PositiveIntegerField(_("population dans la région"), null=True)
    communes_total = models.PositiveIntegerField(_("communes"), default=1)
    communes_in_region = models.PositiveIntegerField(_("communes dans la région"), default=0)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    communes = models.ManyToManyField(
        "self",
        symmetrical=False,
        through="Membership",
        through_fields=("place", "commune"),
        related_name="zones",
    )

    class Meta:
        ordering = ["search_text", "name", "pk"]  # folded: É sorts with E
        verbose_name = _("territoire")
        constraints = [
            models.UniqueConstraint(fields=["zoning", "code"], name="place_zoning_code"),
            models.CheckConstraint(
                condition=Q(communes_in_region__lte=F("communes_total")), name="place_communes_in_region"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_partial(self) -> bool:
        """Whether some of its communes are in another region."""
        return 0 < self.communes_in_region < self.communes_total


class Membership(models.Model):
    """A commune belongs to a zone (of one version of one zoning)."""

    commune = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="memberships")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="members")

    class Meta:
        verbose_name = _("appartenance")
        constraints = [models.UniqueConstraint(fields=["commune", "place"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.commune_id} ∈ {self.place_id}"


class PostCode(models.Model):
    code = models.CharField(_("code postal"), max_length=5, db_index=True)
    commune = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="post_codes")

    class Meta:
        ordering = ["code"]
        verbose_name = _("code postal")
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="post_code_once")]

    def __str__(self) -> str:
        return self.code


class PopulationCount(models.Model):
    """Municipal population of a commune, in today's boundaries, on 1 January of a year."""

    commune = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="population_counts")
    year = models.PositiveSmallIntegerField(_("année"))
    population = models.PositiveIntegerField(_("population"))

    class Meta:
        ordering = ["year"]
        verbose_name = _("population")
        constraints = [models.UniqueConstraint(fields=["commune", "year"], name="population_once_a_year")]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.year}: {self.population}"


class CommuneChange(models.Model):
    """A merge, a split, a renaming: what became of the commune ``code_before`` on ``date``.

    A split gives several rows with the same ``code_before`` and ``date``.
    """

    class Kind(models.TextChoices):
        RENAME = "rename", _("changement de nom")
        MERGE = "merge", _("fusion")
        SPLIT = "split", _("scission ou rétablissement")
        MOVE = "move", _("changement de code")

    date = models.DateField(_("date"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    code_before = models.CharField(_("code avant"), max_length=5, db_index=True)
    name_before = models.CharField(_("nom avant"), max_length=200)
    code_after = models.CharField(_("code après"), max_length=5, db_index=True)
    name_after = models.CharField(_("nom après"), max_length=200)

    class Meta:
        ordering = ["-date", "code_before"]
        verbose_name = _("changement de commune")
        constraints = [
            models.UniqueConstraint(
                fields=["date", "code_before", "code_after", "kind"], name="commune_change_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.code_before} → {self.code_after}"
