"""The directory: a form that needs no script, facets with their counts, a list, a permanent address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from terreau.commons.enums import Nature, Perimeter
from terreau.commons.models import Party, Place
from terreau.observe.models import Scheme
from terreau.observe.nomenclatures import naf_sections
from terreau.observe.queries.directory import SORTS, DirectoryFilter, list_entries
from terreau.observe.queries.facets import Facets, look_up
from terreau.observe.queries.sources import coverage
from terreau.observe.web.forms import DirectoryForm

from .directory_past import directory_past

PAGE_SIZE = 25
#: Parameter of the address → field of the filter, in the order of the permanent address.
FACETS = {
    "statut": "natures",
    "activite": "sections",
    "dispositif": "schemes",
    "perimetre": "perimeters",
    "source": "sources",
}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass(frozen=True)
class Chip:
    """An active filter, with the address of the list without it. ``short``: its value alone, for the title."""

    label: str
    short: str
    address: str


def directory(request: HttpRequest) -> HttpResponse:
    if request.GET.get("au", "").strip():
        return directory_past(request)
    form = DirectoryForm(request.GET)
    is_valid = form.is_valid()
    asked = form.to_filter()
    pairs = address_pairs(asked)
    if is_valid and _is_not_canonical(request, pairs):
        number = request.GET.get("page", "1")
        pairs += [("page", number)] if number.isdecimal() and number != "1" else []
        return HttpResponseRedirect(_address(pairs))
    answer = look_up(asked)
    page = Paginator(answer.keys, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = [int(key) for key in page.object_list]
    parties = Party.objects.defer("search_text", "description").in_bulk(keys)
    context = {
        "form": form,
        "asked": asked,
        "total": answer.total,
        "page": page,
        "entries": list_entries(parties[key] for key in keys if key in parties),
        "facets": _facets(form, asked, answer.facets),
        "departements": _departements(asked, answer.facets),
        "zonings": _zones_by_zoning(),
        "chips": _chips(form, asked),
        "has_more": bool(form.errors.keys() - {"q", "commune"})
        or asked != DirectoryFilter(text=asked.text, place=_commune(asked)),
        "coverage": coverage(asked.place),
        "in_perimeter": _in_perimeter(asked, answer.facets),
        "possible_communes": [
            (place, _with_place(asked, place))
            for place in form.possible_communes
            if len(form.possible_communes) > 1
        ],
        "nothing_collected": not answer.total and not pairs and not Party.objects.exists(),
    }
    return render(request, "observe/directory.html", context)


def address_pairs(asked: DirectoryFilter) -> list[tuple[str, str]]:
    """The one query string of a filter: same order, no empty value, no default."""
    pairs = [("q", asked.text)] if asked.text else []
    if asked.place:
        pairs.append(("territoire", f"{asked.place.zoning_id}:{asked.place.code}"))
    for parameter, name in FACETS.items():
        pairs += [(parameter, value) for value in sorted(set(getattr(asked, name)))]
    if asked.with_closed:
        pairs.append(("fermees", "on"))
    if asked.sort and asked.sort != DirectoryFilter(text=asked.text).effective_sort:
        pairs.append(("tri", asked.sort))
    return pairs


def _address(pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return reverse("observe:directory") + (f"?{query}" if query else "")


def _is_not_canonical(request: HttpRequest, pairs: list[tuple[str, str]]) -> bool:
    given = [(name, value) for name, values in request.GET.lists() for value in values if name != "page"]
    return given != pairs


def _with_place(asked: DirectoryFilter, place: Place | None) -> str:
    return _address(address_pairs(replace(asked, place=place)))


def _facets(form: DirectoryForm, asked: DirectoryFilter, counts: Facets) -> list[Facet]:
    """The values that would give someone something, the most frequent first, and those already chosen."""
    facets = []
    for parameter, name in FACETS.items():
        choices: Any = form.fields[parameter].choices  # type: ignore[attr-defined]
        counted, chosen = getattr(counts, name), getattr(asked, name)
        options = [
            Option(value, str(label), counted[value], value in chosen)
            for value, label in choices
            if counted[value] or value in chosen
        ]
        options.sort(key=lambda option: -option.count)
        facets.append(Facet(parameter, str(form.fields[parameter].label), options))
    return facets


def _departements(asked: DirectoryFilter, counts: Facets) -> list[tuple[Place, int, str]]:
    places = Place.objects.filter(zoning="departement", communes_in_region__gt=0).select_related("zoning")
    counted = [(place, counts.departements[place.code], _with_place(asked, place)) for place in places]
    return [line for line in counted if line[1]]


def _in_perimeter(asked: DirectoryFilter, counts: Facets) -> tuple[int, str] | None:
    """How many of those found are in the ESS, and the address of these alone; None when already asked."""
    count = counts.perimeters[Perimeter.IN.value]
    if asked.perimeters or not count:
        return None
    return count, _address(address_pairs(replace(asked, perimeters=(Perimeter.IN.value,))))


def _zones_by_zoning() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone with a part in the region, by zoning: what the list of territories offers."""
    groups: dict[str, list[tuple[str, str]]] = {}
    zones = Place.objects.filter(communes_in_region__gt=0).exclude(zoning__in=["commune", "region"])
    rows = zones.order_by("-zoning__level", "-zoning__version", "search_text")
    for title, version, zoning, code, name in rows.values_list(
        "zoning__title_plural", "zoning__version", "zoning", "code", "name"
    ):
        groups.setdefault(f"{title} ({version})", []).append((f"{zoning}:{code}", name))
    return list(groups.items())


def _chips(form: DirectoryForm, asked: DirectoryFilter) -> list[Chip]:
    pairs = address_pairs(asked)
    labels: dict[str, Any] = {
        "statut": dict(Nature.choices),
        "activite": {section.letter: section.label for section in naf_sections().values()},
        "dispositif": dict(Scheme.choices),
        "perimetre": dict(Perimeter.choices),
        "source": dict(form.fields["source"].choices),  # type: ignore[attr-defined]
        "tri": SORTS,
    }
    chips = []
    for parameter, value in pairs:
        if parameter == "q":
            label = short = f"« {value} »"
        elif parameter == "territoire":
            short = asked.place.name if asked.place else value
            label = f"{asked.place.zoning.title} : {short}" if asked.place else value
        elif parameter == "fermees":
            label = short = str(form.fields["fermees"].label)
        else:
            short = str(labels[parameter][value])
            label = f"{form.fields[parameter].label} : {short}"
        chips.append(Chip(label, short, _address(pair for pair in pairs if pair != (parameter, value))))
    return chips


def _commune(asked: DirectoryFilter) -> Place | None:
    return asked.place if asked.place and asked.place.zoning_id == "commune" else None
