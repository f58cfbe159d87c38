"""What allauth asks of the site."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """An account has no user name: its e-mail address is enough."""

    def send_account_already_exists_mail(self, email: str) -> None:
        """Point to the sign-in page; allauth would point to a page about passwords, which we have not."""
        login_url = context.request.build_absolute_uri(reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"login_url": login_url})
