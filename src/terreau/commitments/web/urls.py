"""Addresses of the register, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import changing, commitments, drafting, erasing, programmes

app_name = "commitments"
NAVIGATION = [("commitments:commitments", _("Engagements"))]

urlpatterns: list[URLPattern] = [
    path("engagements/", commitments.commitments, name="commitments"),
    path("engagements/nouveau/", drafting.draft_new, name="draft_new"),
    path("engagements/brouillons/", drafting.drafts, name="drafts"),
    path("engagements/a-publier/", drafting.drafts_waiting, name="drafts_waiting"),
    path("engagements/<slug:token>/", commitments.commitment, name="commitment"),
    path("engagements/<slug:token>/modifier/", drafting.draft, name="draft"),
    path("engagements/<slug:token>/effacer/", erasing.erase, name="erase"),
    path("engagements/<slug:token>/<slug:verb>/", changing.change, name="change"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("programmes/<slug:slug>/<str:code>/", programmes.programme_item, name="programme_item"),
]
