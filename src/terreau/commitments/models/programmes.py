"""Programmes: the texts that commitments serve. The thirteen propositions are one, a regional strategy is another."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from terreau.commitments.enums import ItemKind, Modal
from terreau.commons.licences import LICENCE_CHOICES
from terreau.commons.models import NamesAParty, Party


class _Translated(models.Model):
    """``translations``: ``{"en": {"title": …}}``; a word that has none is shown in French."""

    translations = models.JSONField(_("traductions"), default=dict, blank=True)

    class Meta:
        abstract = True

    def said(self, name: str) -> str:
        words = self.translations.get(get_language() or "", {})
        return words.get(name) or getattr(self, name)


class Programme(NamesAParty, _Translated):
    """A text with items, loaded from a file (see ``actions.load_programme``). ``is_main``: shown on the home page.

    ``party``: its author, when the directory has it: who speaks for it says what its actions serve.
    """

    NAMED = {"party": "party_identity"}

    slug = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("titre"), max_length=300)
    author = models.CharField(_("auteur"), max_length=300)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="programmes"
    )
    party_identity = models.CharField(_("identité"), max_length=200, blank=True)
    adopted_on = models.DateField(_("date"), null=True, blank=True)
    presentation = models.TextField(_("présentation"), blank=True, max_length=3000)
    url = models.URLField(_("adresse du texte"), blank=True, max_length=500)
    licence = models.CharField(_("licence"), max_length=30, choices=LICENCE_CHOICES)
    rights_holder = models.CharField(_("titulaire des droits"), max_length=200)
    is_main = models.BooleanField(_("montré à l’accueil"), default=False)

    class Meta:
        ordering = ["-is_main", "slug"]
        verbose_name = _("programme")

    def __str__(self) -> str:
        return self.title


class ProgrammeItem(_Translated):
    """A proposition, a measure or a strategic axis. ``code`` is its number in the text: ``"9"``, ``"2.1"``."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(_("numéro"), max_length=20)
    kind = models.CharField(_("sorte"), max_length=12, choices=ItemKind, default=ItemKind.PROPOSITION)
    part = models.CharField(_("partie"), max_length=300, blank=True)
    title = models.CharField(_("titre"), max_length=300)
    aim = models.TextField(_("ce que l’on demande"), blank=True, max_length=2000)
    modal = models.CharField(_("doit ou peut"), max_length=5, choices=Modal, blank=True)
    rank = models.PositiveSmallIntegerField(_("rang"))
    is_withdrawn = models.BooleanField(_("retiré du programme"), default=False)

    class Meta:
        ordering = ["programme", "rank"]
        verbose_name = _("point d’un programme")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programme_item_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"
