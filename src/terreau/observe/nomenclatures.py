"""The official names of legal categories and activities, read once from ``data/nomenclatures/*.csv``."""

import csv
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from terreau.commons.enums import Nature


@dataclass(frozen=True)
class LegalCategory:
    """INSEE level III category. ``nature`` and ``named_by_law`` are our reading of it: see ``perimeter``."""

    code: str
    label: str
    nature: Nature
    named_by_law: bool


@dataclass(frozen=True)
class Section:
    """One of the 21 sections of the NAF: the activities whose code starts with one of ``divisions``."""

    letter: str
    label: str
    divisions: tuple[str, ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (settings.SHIPPED_DATA / "nomenclatures" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def legal_categories() -> dict[str, LegalCategory]:
    return {
        row["code"]: LegalCategory(
            row["code"], row["label"], Nature(row["nature"]), row["named_by_law"] == "1"
        )
        for row in _rows("legal_categories.csv")
    }


@cache
def naf_labels() -> dict[str, str]:
    """Labels by code with its point, as the models hold it: ``"88.99B"``."""
    return {row["code"]: row["label"] for row in _rows("naf.csv")}


@cache
def naf_sections() -> dict[str, Section]:
    sections = {}
    for row in _rows("naf_sections.csv"):
        first, last = int(row["first_division"]), int(row["last_division"])
        divisions = tuple(f"{division:02}" for division in range(first, last + 1))
        sections[row["section"]] = Section(row["section"], row["label"], divisions)
    return sections


@cache
def section_of_division() -> dict[str, str]:
    return {division: section.letter for section in naf_sections().values() for division in section.divisions}


def legal_category_label(code: str) -> str:
    category = legal_categories().get(code)
    return category.label if category else ""


def naf_label(code: str) -> str:
    return naf_labels().get(code, "")
