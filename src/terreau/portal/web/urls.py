"""Addresses of the roof: the home page, the pages the law asks for, the choice of light or dark."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("mentions-legales/", views.words, {"name": "legal"}, name="legal"),
    path("donnees-personnelles/", views.words, {"name": "privacy"}, name="privacy"),
    path("accessibilite/", views.words, {"name": "accessibility"}, name="accessibility"),
    path("apparence/", views.choose_theme, name="theme"),
]
