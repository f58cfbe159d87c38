"""What an archive says of itself on each page: that it is one, of which day, under which licence, whom to credit."""

import datetime as dt

from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from terreau.commons.dumped import credit_all
from terreau.commons.licences import IncompatibleLicences
from terreau.commons.queries.places import site_name


def credit() -> tuple[str, str]:
    """The licence of the whole and the sentence that credits every source; empty when no licence covers it."""
    try:
        return credit_all()
    except IncompatibleLicences:
        return "", ""


class Words:
    """In one language. ``live``: where the same page is on the site, None when nobody knows it."""

    def __init__(self, language: str, on: dt.date) -> None:
        with translation.override(language):
            date = date_format(on, "DATE_FORMAT")
            self._what = _("Archive de %(site)s, figée au %(date)s.") % {"site": site_name(), "date": date}
            self._lacks = _(
                "Rien n’y change plus ; chercher, écrire et voir la carte dessinée demandent le site."
            )
            self._form = _("Cette archive est figée au %s : chercher ou écrire demande le site.") % date
            self._open = _("Ouvrir cette page sur le site")
            self._label = _("Archive")
            self._credit_title = _("Licence et sources à citer")
            self._each = _(
                "Chaque valeur porte sa source et la licence de cette source : aucune ne couvre l’ensemble."
            )
        self._attribution = credit()[1]

    def banner(self, live: str | None) -> str:
        credited = (
            format_html('<span lang="fr">{}</span>', self._attribution) if self._attribution else self._each
        )
        link = format_html(' <a href="{}">{}</a>', live, self._open) if live else ""
        return format_html(
            '<aside class="container" aria-label="{}"><div class="note"><p><strong>{}</strong> {}{}</p>'
            "<details><summary>{}</summary><p>{}</p></details></div></aside>\n",
            self._label, self._what, self._lacks, link, self._credit_title, credited,
        )  # fmt: skip

    def instead_of_form(self) -> str:
        return format_html('<p class="notice">{}</p>', self._form)
