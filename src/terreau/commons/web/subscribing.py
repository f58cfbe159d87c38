"""Asking for an address where mail will be sent, for every page on which one subscribes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """``fax`` is a trap for robots: people do not see it."""

    email = forms.EmailField(
        label=_("Votre adresse e-mail"),
        max_length=254,
        error_messages={
            "required": _("Donnez l’adresse où recevoir le message."),
            "invalid": _("Cette adresse n’est pas complète : elle ressemble à nom@exemple.fr."),
        },
    )
    fax = forms.CharField(label=_("Ne remplissez pas ce champ"), required=False)
