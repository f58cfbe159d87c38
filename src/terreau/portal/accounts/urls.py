"""Signing in, one's account, and the people of the site.

Of allauth's addresses, only those of the sign-in by code: nothing about passwords is reachable.
"""

from allauth.account import views as allauth_views
from django.urls import path

from . import people, views

urlpatterns = [
    path("compte/", views.account, name="account"),
    path("compte/", views.account, name="account_email"),  # the name by which allauth links to the account
    path("compte/export/", views.export_account, name="account_export"),
    path("compte/supprimer/", views.erase, name="account_erase"),
    path("compte/connexion/", allauth_views.login, name="account_login"),
    path("compte/connexion/code/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("compte/inscription/", allauth_views.signup, name="account_signup"),
    path(
        "compte/inscription/code/",
        allauth_views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("compte/deconnexion/", allauth_views.logout, name="account_logout"),
    path("compte/inactif/", allauth_views.account_inactive, name="account_inactive"),
    path("personnes/", people.people_page, name="people"),
    path("personnes/<int:pk>/role/", people.change_role, name="change_role"),
    path("journal/", people.journal_page, name="journal"),
]
