"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import following, processes

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    # Mail
    path("demarches/<slug:slug>/suivre/", following.follow, name="follow"),
    path("demarches/<slug:slug>/repondre/<slug:token>/<slug:secret>/", following.answer, name="answer"),
]
