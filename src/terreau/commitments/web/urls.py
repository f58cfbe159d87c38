"""Addresses of the register, and its main pages."""

from django.urls import URLPattern, path

from .views import election_keeping, elections, pledges

app_name = "commitments"
NAVIGATION: list[tuple[str, object]] = []
urlpatterns: list[URLPattern] = [
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
]
