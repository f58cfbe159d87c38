"""Addresses of the observatory."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import datasets, map, map_files

app_name = "observe"

# What the header of every page offers, in this order.
NAVIGATION = (
    ("observe:directory", _("Annuaire")),
    ("observe:map", _("Carte")),
    ("observe:places", _("Territoires")),
    ("observe:datasets", _("Données")),
    ("observe:sources", _("Sources")),
)

urlpatterns: list[URLPattern] = [
    path("donnees/", datasets.datasets, name="datasets"),
    path("donnees/<slug:name>/", datasets.dataset, name="dataset"),
    path("donnees/<slug:name>.<slug:file_format>", datasets.dataset_file, name="dataset_file"),
    path("carte/", map.map_page, name="map"),
    path("carte/tuiles/<int:z>/<int:x>/<int:y>.mvt", map_files.tile_file, name="tile"),
    path("carte/contours/<slug:zoning_code>.geojson", map_files.boundaries_file, name="boundaries"),
]
