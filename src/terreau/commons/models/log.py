"""The public log: one row for each public act. Files are made from these rows; the row is the acknowledgement."""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.log.entries import Entry


class LogEntry(models.Model):
    """``second`` (since 1970, never backwards), ``verb``, ``subject`` and ``digest`` are public for ever.

    ``salt``, ``content`` and ``about`` are not in the log: what the digest was made of, and whom it is about.
    Erasing them leaves a log that is verified as before and says nothing of anybody.
    """

    index = models.BigIntegerField(_("numéro"), primary_key=True)
    second = models.BigIntegerField(_("date"))
    verb = models.SlugField(_("acte"))
    subject = models.CharField(_("objet"), max_length=200, blank=True)
    digest = models.CharField(_("empreinte"), max_length=64)  # in hexadecimal, as the salt
    salt = models.CharField(_("sel"), max_length=64, blank=True)
    content = models.TextField(_("contenu"), blank=True)
    about = models.CharField(_("à propos de"), max_length=200, blank=True, db_index=True)

    class Meta:
        ordering = ["-index"]
        verbose_name = _("entrée du journal public")
        constraints = [
            models.CheckConstraint(condition=models.Q(index__gte=0), name="log_index_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.verb}"

    @property
    def is_erased(self) -> bool:
        return not self.salt

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)

    def to_entry(self) -> Entry:
        return Entry(self.index, self.second, self.verb, self.subject, self.digest)
