"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import processes, results

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    path("demarches/<slug:slug>/resultats/", results.results, name="results"),
    path("demarches/<slug:slug>/resultats/publier/", results.result_publish, name="result_publish"),
    path("demarches/<slug:slug>/resultats/<str:name>", results.result_file, name="result_file"),
    path("demarches/<slug:slug>/affirmations/<slug:token>/", results.statement, name="statement"),
]
