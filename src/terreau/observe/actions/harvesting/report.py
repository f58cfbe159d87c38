"""Reports of what harvests did not take: a file for each source and day, and the same rows for the page of the source.

A value that was rejected is a piece of a row. When that row is of a masked party, the piece is taken out too.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.observe.enums import reason_label
from terreau.observe.models import Reject, SourceRecord

#: A cell that starts so is a formula to a spreadsheet; a quote before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NAMES = ("name", "brand", "site_name", "acronym")
_NUMBERS = ("siren", "siret", "rna")
_SHORTEST = 4  # letters of a name: shorter, it would be found everywhere
_VALUE = 2  # the column of values in a file


def report_path(source: str, day: dt.date) -> Path:
    return Path(settings.DATA_DIR) / "reports" / f"{source}-{day:%Y-%m-%d}.csv"


def write_report(source: str, rejects: Iterable[Reject], day: dt.date) -> Path:
    """One line per reject, in the order given. A report of the same day is replaced."""
    head = [_("ligne"), _("champ"), _("valeur"), _("raison"), _("explication"), _("ligne entière")]
    lines = (
        [
            str(one.line),
            one.field,
            as_text(one.value),
            one.reason,
            reason_label(one.reason),
            _("oui") if one.whole_row else _("non"),
        ]
        for one in rejects
    )
    path = report_path(source, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, [head, *lines])
    return path


def as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _write(path: Path, lines: Iterable[list[str]]) -> None:
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    draft.replace(path)


def hide_values_of_masked(source: str) -> None:
    """After a harvest of ``source``: empty the rejected values that are of masked parties."""
    for party in Party.objects.filter(diffusion=Diffusion.MASKED, records__source=source).distinct():
        _empty_values(party)


def hide_values_of(party: Party) -> None:
    """Of a party that has just been masked, also in the files written before."""
    _empty_values(party)
    words = _words_of(party)
    for path in (Path(settings.DATA_DIR) / "reports").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, delimiter=";"))
        told = [line for line in lines if len(line) > _VALUE and _holds(line[_VALUE], words)]
        for line in told:
            line[_VALUE] = ""
        if told:
            _write(path, lines)


def _empty_values(party: Party) -> None:
    of_party = Q()
    for word in _words_of(party):
        of_party |= Q(value__icontains=word)
    records = SourceRecord.objects.filter(party=party).order_by()
    for source in records.values_list("source", flat=True).distinct():
        own = records.filter(source=source)
        in_row = Q(line__in=own.values("line")) | Q(value__in=own.values("key"))
        of_party |= Q(harvest__source=source) & in_row
    Reject.objects.filter(of_party).exclude(value="").update(value="")


def _words_of(party: Party) -> set[str]:
    """Every name and number that sources give it."""
    values = [record.values for record in party.records.only("values")]
    values.append({"name": party.name, "acronym": party.acronym, "siren": party.siren, "rna": party.rna})
    names = {str(one.get(field) or "") for one in values for field in _NAMES}
    numbers = {str(one.get(field) or "") for one in values for field in _NUMBERS}
    return {name for name in names if len(name) >= _SHORTEST} | numbers - {""}


def _holds(value: str, words: set[str]) -> bool:
    return any(word.casefold() in value.casefold() for word in words)
