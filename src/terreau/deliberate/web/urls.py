"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import changing, drafting, following, moderation, presence, processes, roles

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    # Mandate, steps, roles, review of words
    path("demarches/nouvelle/", drafting.start, name="start"),
    path("demarches/relectures/", moderation.words_waiting, name="words_waiting"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    path("demarches/<slug:slug>/modifier/", drafting.draft, name="draft"),
    path("demarches/<slug:slug>/etapes/<slug:token>/presents/", changing.attendance, name="attendance"),
    path("demarches/<slug:slug>/etapes/<slug:token>/<slug:verb>/", changing.step, name="step"),
    path("demarches/<slug:slug>/arreter/", changing.stop, name="stop"),
    path("demarches/<slug:slug>/deliberation/", changing.deliberation, name="deliberation"),
    path("demarches/<slug:slug>/roles/", roles.roles, name="roles"),
    path("demarches/<slug:slug>/interets/", roles.interests, name="interests"),
    path("demarches/<slug:slug>/presences.csv", presence.presence_file, name="presence_file"),
    path("demarches/<slug:slug>/relectures/", moderation.refusals, name="refusals"),
    path("demarches/<slug:slug>/mots/<slug:token>/", moderation.words, name="words"),
    path("demarches/<slug:slug>/mots/<slug:token>/modifier/", moderation.rewrite, name="rewrite"),
    # Mail
    path("demarches/<slug:slug>/suivre/", following.follow, name="follow"),
    path("demarches/<slug:slug>/repondre/<slug:token>/<slug:secret>/", following.answer, name="answer"),
]
