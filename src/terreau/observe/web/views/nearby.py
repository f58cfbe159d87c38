"""Who works within so many kilometres of a commune or of a point."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commitments.queries.listing import commitments_near
from terreau.commitments.words import section_of
from terreau.commons.enums import Perimeter
from terreau.commons.models import Place
from terreau.commons.queries.places import FoundCommune
from terreau.observe.models import Scheme
from terreau.observe.queries.directory import DirectoryFilter
from terreau.observe.queries.nearby import entries, neighbours
from terreau.observe.queries.places import search_places

PAGE_SIZE = 30
NEAR_ME = 5  # commitments
DISTANCES = (5, 10, 20, 30, 50, 100)  # km
USUAL_DISTANCE = 30


class NearbyForm(forms.Form):
    """A commune by its name, post code or INSEE code, or a point; and whom to look for around it.

    A wrong value says what is expected.
    """

    q = forms.CharField(label=_("Commune ou code postal"), required=False, max_length=100)
    commune = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    km = forms.TypedChoiceField(
        label=_("Distance"),
        coerce=int,
        required=False,
        choices=[(km, f"{km}\u00a0km") for km in DISTANCES],
        error_messages={"invalid_choice": _("Choisissez une distance de la liste.")},
    )
    mots = forms.CharField(label=_("Nom ou activité (facultatif)"), required=False, max_length=200)
    dispositif = forms.ChoiceField(
        label=_("Dispositif"), required=False, choices=[("", _("tous")), *Scheme.choices]
    )
    ess = forms.BooleanField(label=_("Seulement le périmètre de l’ESS"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.candidates: list[FoundCommune] = []

    def clean(self) -> dict[str, Any]:
        """Adds ``centre``: the commune found, when one and only one answers."""
        given = super().clean() or {}
        if given.get("commune"):
            given["centre"] = Place.objects.filter(zoning="commune", code=given["commune"]).first()
            if given["centre"] is None:
                self.add_error(None, _("Aucune commune n’a ce code."))
        elif given.get("q"):
            self._search(given)
        elif (given.get("lon") is None) != (given.get("lat") is None):
            self.add_error(None, _("Un point a une longitude et une latitude : il en manque une."))
        return given

    def _search(self, given: dict[str, Any]) -> None:
        found = search_places(given["q"])
        self.candidates = [*found.communes, *found.outside]
        exact = [one for one in self.candidates if one.commune.name.casefold() == given["q"].casefold()]
        if len(self.candidates) == 1 or len(exact) == 1:
            given["centre"] = (exact or self.candidates)[0].commune
        elif not self.candidates:
            self.add_error("q", _("Aucune commune connue n’a ce nom ou ce code postal."))

    @property
    def asked(self) -> DirectoryFilter:
        """Whom to look for, wherever they are; call after ``is_valid()``."""
        given = self.cleaned_data
        return DirectoryFilter(
            text=" ".join(given["mots"].split()),
            schemes=(given["dispositif"],) if given["dispositif"] else (),
            perimeters=(Perimeter.IN.value,) if given["ess"] else (),
        )

    @property
    def point(self) -> tuple[float, float] | None:
        """(longitude, latitude) to measure from; call after ``is_valid()``."""
        centre = self.cleaned_data.get("centre")
        lon, lat = (
            (centre.lon, centre.lat)
            if centre
            else (self.cleaned_data.get("lon"), self.cleaned_data.get("lat"))
        )
        return None if lon is None or lat is None else (lon, lat)


def nearby(request: HttpRequest) -> HttpResponse:
    form = NearbyForm(request.GET)
    context: dict[str, Any] = {"form": form, "km": USUAL_DISTANCE}
    if form.is_valid():
        km = form.cleaned_data["km"] or USUAL_DISTANCE
        centre = form.cleaned_data.get("centre")
        context |= {
            "km": km,
            "centre": centre,
            "candidates": [] if centre else form.candidates,
            "point": form.point,
            "is_narrowed": form.asked != DirectoryFilter(),
        }
        if centre:
            context["commitments"] = section_of(commitments_near(centre), timezone.localdate(), most=NEAR_ME)
        if form.point:
            found = neighbours(*form.point, km, form.asked.parties())
            page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
            context |= {"page": page, "entries": entries(list(page))}
    return render(request, "observe/nearby.html", context)
