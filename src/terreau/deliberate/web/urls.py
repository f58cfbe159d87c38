"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import processes, sheets, statements, voting

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    # statements
    path("demarches/<slug:slug>/affirmations/", statements.statements, name="statements"),
    path("demarches/<slug:slug>/affirmations/nouvelle/", statements.statement_new, name="statement_new"),
    path("demarches/<slug:slug>/affirmations/depart/", statements.statement_seeds, name="statement_seeds"),
    path("demarches/<slug:slug>/affirmations/<slug:token>/", statements.statement, name="statement"),
    path("demarches/<slug:slug>/avis/", voting.vote, name="vote"),
    path("demarches/<slug:slug>/avis/miens/", voting.my_votes, name="my_votes"),
    path("demarches/<slug:slug>/feuilles/", sheets.sheets, name="sheets"),
    path("demarches/<slug:slug>/feuilles/saisie/", sheets.sheet_desk, name="sheet_desk"),
    path("demarches/<slug:slug>/feuille/<int:number>/<slug:secret>/", voting.sheet_vote, name="sheet_vote"),
    path("demarches/<slug:slug>/ecran/", sheets.screen, name="screen"),
]
