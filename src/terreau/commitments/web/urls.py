"""Addresses of the register, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .views import (
    changing,
    commitments,
    drafting,
    election_keeping,
    elections,
    erasing,
    feeds,
    pledges,
    programmes,
    subscriptions,
)

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
    path("echeances.ics", feeds.agenda, name="agenda"),
    path("echeances.atom", feeds.agenda_feed, name="agenda_feed"),
    path("echeances/abonnement/", subscriptions.subscribe_page, name="subscribe"),
    path("echeances/abonnement/<slug:token>/<slug:secret>/", subscriptions.confirm, name="confirm"),
    path("echeances/arret/<slug:token>/<slug:secret>/", subscriptions.stop, name="stop"),
    # Elections, pledges and the electoral reserve
    path("elections/", elections.elections, name="elections"),
    path("elections/nouvelle/", election_keeping.election_new, name="election_new"),
    path("elections/repondre/<slug:token>/<str:secret>/", pledges.reply, name="reply"),
    path("elections/<slug:slug>/", elections.election, name="election"),
    path("elections/<slug:slug>/modifier/", election_keeping.election_edit, name="election_edit"),
    path("elections/<slug:slug>/positions.csv", elections.election_csv, name="election_csv"),
    path("elections/<slug:slug>/points/<str:code>/", elections.election_item, name="election_item"),
    path("elections/<slug:slug>/listes/", election_keeping.candidacies, name="candidacies"),
    path("elections/<slug:slug>/listes/<slug:token>/", elections.candidacy, name="candidacy"),
    path(
        "elections/<slug:slug>/listes/<slug:token>/tenir/",
        election_keeping.candidacy_keep,
        name="candidacy_keep",
    ),
    path(
        "elections/<slug:slug>/listes/<slug:token>/saisir/", pledges.candidacy_enter, name="candidacy_enter"
    ),
    path(
        "elections/<slug:slug>/listes/<slug:token>/<str:code>/engagement/",
        pledges.pledge_commitment,
        name="pledge_commitment",
    ),
    path("reserve-electorale/", elections.reserve, name="reserve"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("programmes/<slug:slug>/<str:code>/", programmes.programme_item, name="programme_item"),
]
