"""Pictures of organisations, each with author, rights holder, licence and source; and who agreed to be seen."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import LICENCE_CHOICES, LICENCES, NOT_FOR_PUBLICATION, Licence
from terreau.commons.models import NamesAParty, Party
from terreau.commons.rights import Release
from terreau.commons.tokens import new_token

LARGE, SMALL = 1600, 480  # pixels of the longer side, at most
SIZES = (LARGE, SMALL)


def fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """The size that fits in a square of ``most``, in the same proportions; never larger."""
    share = min(1.0, most / max(width, height, 1))
    return max(1, round(width * share)), max(1, round(height * share))


class Picture(NamesAParty):
    """``sha256``: of the larger file, which names both (``observe.pictures``); two pictures may share it.

    Its state is its licence, never stored twice: *shown* under one, *kept* when it is not for publication.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("montrée")
        KEPT = "kept", _("gardée hors publication")

    token = models.CharField(_("identifiant"), max_length=10, unique=True, default=new_token)
    party = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="pictures")
    identity = models.CharField(_("identité"), max_length=200, db_index=True)  # of the party
    sha256 = models.CharField(_("empreinte du fichier"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("largeur"))
    height = models.PositiveIntegerField(_("hauteur"))
    alt = models.CharField(_("description de l’image"), max_length=300)
    author_name = models.CharField(_("auteur à citer"), max_length=200)
    rights_holder = models.CharField(_("titulaire des droits"), max_length=200)
    licence = models.CharField(_("licence"), max_length=30, choices=LICENCE_CHOICES)
    source_address = models.URLField(
        _("adresse d’où elle vient (facultatif)"),
        blank=True,
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    taken_on = models.DateField(_("date de la prise de vue (facultatif)"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(
        _("Combien de personnes peut-on reconnaître ?"), default=0, validators=[MaxValueValidator(1000)]
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(_("ajoutée le"), default=timezone.now)

    class Meta:
        ordering = ["added_at", "token"]
        verbose_name = _("image")

    def __str__(self) -> str:
        return self.alt

    def clean(self) -> None:
        if self.taken_on and self.taken_on > timezone.localdate():
            raise ValidationError({"taken_on": _("Cette date n’est pas encore venue.")})

    @property
    def state(self) -> "Picture.State":
        return self.State.KEPT if self.licence == NOT_FOR_PUBLICATION else self.State.SHOWN

    @property
    def licence_terms(self) -> Licence:
        return LICENCES[self.licence]

    @property
    def year(self) -> str:
        return str(self.taken_on.year) if self.taken_on else ""

    @property
    def credit(self) -> str:
        """What a re-user copies beside it, in French whatever language the reader has."""
        with translation.override("fr"):
            licence = " ".join(filter(None, (str(self.licence_terms.title), self.licence_terms.url)))
        holder = self.rights_holder if self.rights_holder != self.author_name else ""
        return ", ".join(filter(None, (self.author_name, holder, self.year, licence, self.source_address)))

    @property
    def small_size(self) -> tuple[int, int]:
        return fitted(self.width, self.height, SMALL)


class PictureRelease(models.Model):
    """One person's written agreement to be seen. Who signed is on the paper alone: ``reference`` finds it again."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="releases")
    signed_on = models.DateField(_("signé le"))
    any_reuse = models.BooleanField(
        _("l’accord vaut pour tout usage, par n’importe qui, comme la licence libre le permet"), default=False
    )
    until = models.DateField(_("fin de l’accord (vide : sans fin)"), null=True, blank=True)
    reference = models.CharField(_("référence du papier signé"), max_length=60)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("accord d’une personne")

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        if self.signed_on and self.signed_on > timezone.localdate():
            raise ValidationError({"signed_on": _("Cette date n’est pas encore venue.")})
        if self.signed_on and self.until and self.until < self.signed_on:
            raise ValidationError({"until": _("Cette date est avant celle de la signature.")})

    @property
    def release(self) -> Release:
        return Release(self.signed_on, self.any_reuse, self.until)
