"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import contribution, contributions, processes, text_writing, texts

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    # Texts written together
    path("demarches/<slug:slug>/textes/", texts.texts, name="texts"),
    path("demarches/<slug:slug>/textes/nouveau/", text_writing.text_new, name="text_new"),
    path("demarches/<slug:slug>/textes/<slug:token>/", texts.text, name="text"),
    path("demarches/<slug:slug>/textes/<slug:token>/ecrire/", text_writing.text_edit, name="text_edit"),
    path("demarches/<slug:slug>/textes/<slug:token>/versions/", texts.versions, name="text_versions"),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/versions/<int:old>-<int:new>/",
        texts.difference,
        name="text_difference",
    ),
    path("demarches/<slug:slug>/textes/<slug:token>/empreinte/", texts.footprint, name="text_footprint"),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/contributions/",
        contributions.contributions,
        name="text_contributions",
    ),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/paragraphes/<slug:key>/",
        contributions.paragraph,
        name="paragraph",
    ),
    path("demarches/<slug:slug>/contributions/<slug:token>/", contribution.contribution, name="contribution"),
]
