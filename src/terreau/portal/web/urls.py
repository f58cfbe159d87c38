"""Addresses of the roof: the home page, the pages the law asks for, the choice of light or dark."""

from django.urls import path

from . import log, search, views, workshops

urlpatterns = [
    path("", views.home, name="home"),
    path("chercher/", search.search_page, name="search"),
    path("mentions-legales/", views.words, {"name": "legal"}, name="legal"),
    path("donnees-personnelles/", views.words, {"name": "privacy"}, name="privacy"),
    path("accessibilite/", views.words, {"name": "accessibility"}, name="accessibility"),
    path("journal-public/", log.public_log, name="public_log"),
    path("journal-public/checkpoint", log.checkpoint_file, name="public_log_checkpoint"),
    path("journal-public/keys", log.keys_file, name="public_log_keys"),
    path("journal-public/tile/<path:name>", log.tile_file, name="public_log_tile"),
    path("journal-public/<int:index>/", log.public_act, name="public_act"),
    path("journal-public/<int:index>/preuve", log.proof_file, name="public_act_proof"),
    path("atelier/", workshops.workshop_enter, name="workshop_enter"),
    path("atelier/<slug:code>/", workshops.workshop_door, name="workshop_door"),
    path("ateliers/", workshops.workshop_list, name="workshops"),
    path("ateliers/<slug:code>/", workshops.workshop, name="workshop"),
    path("apparence/", views.choose_theme, name="theme"),
]
