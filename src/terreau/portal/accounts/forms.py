from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import User


class SignInForm(LoginForm):
    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        # allauth proves an address only if it has a row of its own; an account made by `terreau administrator` has
        # none yet. Without it the person would be sent two codes, one to enter and one to prove the address.
        user: Any = self.user
        if user:
            EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
        return super().login(request, redirect_url)


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("Nom affiché")}
        help_texts = {"name": _("Facultatif. C’est ce que les autres voient de vous.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
