"""Addresses of the observatory."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import (
    catalogue,
    changes,
    contents,
    corrections,
    datasets,
    directory,
    history,
    licences,
    map,
    map_files,
    masking,
    merges,
    nearby,
    places,
    sources,
)

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
    path("annuaire/", directory.directory, name="directory"),
    path("acteurs/<slug:public_id>/", corrections.offered(history.party), name="party"),
    path("acteurs/<slug:public_id>/corriger/", corrections.correct_party, name="correct_party"),
    path("acteurs/<slug:public_id>/choisir/", corrections.choose, name="choose_value"),
    path("acteurs/<slug:public_id>/historique/", history.party_history, name="party_history"),
    path("acteurs/<slug:public_id>/historique.atom", changes.PartyChanges(), name="party_feed"),
    path("acteurs/<slug:public_id>/version/<int:number>/", history.party_version, name="party_version"),
    path("changements/", changes.changes, name="changes"),
    path("changements.atom", changes.Changes(), name="changes_feed"),
    path("acteurs/<slug:public_id>/masquer/", masking.mask_request, name="mask_request"),
    path("masquages/", masking.mask_requests, name="mask_requests"),
    path("fusions/", merges.merges, name="merges"),
    path("fusions/examen/", merges.review, name="merge_review"),
    path("fusions/nouvelle/", merges.merge_new, name="merge_new"),
    path("fusions/<int:key>/defaire/", merges.merge_undo, name="merge_undo"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:code>/", sources.source, name="source"),
    path("contenus-finances/", contents.funded_contents, name="funded_contents"),
    path("contenus-finances.atom", contents.LateContents(), name="funded_contents_feed"),
    path("contenus-finances/nouveau/", contents.funded_content_new, name="funded_content_new"),
    path("contenus-finances/<slug:token>/", contents.funded_content_edit, name="funded_content"),
    path("licences/", licences.licences, name="licences"),
    path("perimetre-ess/", sources.perimeter, name="perimeter"),
    path("territoires/", places.places, name="places"),
    path("territoires/recherche/", places.place_search, name="place_search"),
    path("territoires/<slug:zoning_code>/<str:code>/", corrections.offered(places.place), name="place"),
    path(
        "territoires/<slug:zoning_code>/<str:code>/corriger/",
        corrections.correct_place,
        name="correct_place",
    ),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<slug:token>/<str:secret>/", corrections.correction, name="correction"),
    path("autour/", nearby.nearby, name="nearby"),
    path("donnees/", datasets.datasets, name="datasets"),
    path("donnees/catalogue.jsonld", catalogue.catalogue_json_ld, name="catalogue_json_ld"),
    path("donnees/catalogue.ttl", catalogue.catalogue_turtle, name="catalogue_turtle"),
    path("donnees/elements.json", catalogue.elements, name="elements"),
    path("donnees/<slug:name>/", datasets.dataset, name="dataset"),
    path("donnees/<slug:name>.<slug:file_format>", datasets.dataset_file, name="dataset_file"),
    path(
        "donnees/<slug:name>/version/<int:number>/<slug:file>.<slug:file_format>",
        datasets.dataset_version_file,
        name="dataset_version_file",
    ),
    path("carte/", map.map_page, name="map"),
    path("carte/tuiles/<int:z>/<int:x>/<int:y>.mvt", map_files.tile_file, name="tile"),
    path("carte/contours/<slug:zoning_code>.geojson", map_files.boundaries_file, name="boundaries"),
]
