"""The report of what a harvest did not take, as a file that a spreadsheet opens."""

import csv
import datetime as dt
from pathlib import Path

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from terreau.observe.enums import reason_label

#: A cell that starts so is a formula to a spreadsheet; a quote before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_path(source: str, day: dt.date) -> Path:
    return Path(settings.DATA_DIR) / "reports" / f"{source}-{day:%Y-%m-%d}.csv"


def write_report(source: str, rejects: pl.DataFrame, day: dt.date) -> Path:
    """One line per reject, in order of line. A report of the same day is replaced."""
    path = report_path(source, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            [_("ligne"), _("champ"), _("valeur"), _("raison"), _("explication"), _("ligne entière")]
        )
        for line, field, value, reason, whole_row in rejects.iter_rows():
            is_whole = _("oui") if whole_row else _("non")
            writer.writerow([line, field, as_text(value), reason, reason_label(reason), is_whole])
    return path


def as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
