from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm, LoginForm
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


class _CodeOfDigits:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"  # type: ignore[attr-defined]


class SignInCodeForm(_CodeOfDigits, ConfirmLoginCodeForm):
    """The keyboard of digits on a phone; the dash need not be typed."""


class SignUpCodeForm(_CodeOfDigits, ConfirmEmailVerificationCodeForm):
    """The same, at sign-up."""


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("Nom affiché")}
        help_texts = {"name": _("Facultatif. C’est ce que les autres voient de vous.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
