"""What is typed to speak for an organisation, to declare its practices, to confirm or contest them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Site
from terreau.observe.enums import PracticeTheme

_WITHOUT_REASON = {"required": gettext_lazy("Une décision sans raison n’est pas enregistrée.")}


def _long(label: Any, required: Any = "", length: int = 1000, **options: Any) -> forms.CharField:
    """A text area, with what to do when it is empty or too long."""
    too_long = gettext_lazy("Le texte est trop long : %(limit_value)d signes au plus, %(show_value)d écrits.")
    errors = {"max_length": too_long} | ({"required": required} if required else {})
    return forms.CharField(
        label=label,
        max_length=length,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=errors,
        **options,
    )


class EvidenceField(forms.CharField):
    """A web address, or the reference of a document in words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=500,
            help_text=gettext_lazy("Une adresse web, ou un document : titre, date, où le lire."),
            **options,
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip()
        if "://" in text and len(text.split()) == 1:
            try:
                URLValidator(schemes=["http", "https"])(text)
            except ValidationError:
                raise ValidationError(
                    _("Cette adresse web n’est pas complète. Exemple : https://exemple.fr/statuts.pdf")
                ) from None
        return text


class MailProofForm(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("Adresse e-mail de l’organisation"),
        max_length=254,
        help_text=gettext_lazy("Elle est effacée dès que le code est recopié."),
        error_messages={
            "required": gettext_lazy("Écrivez l’adresse où envoyer le code."),
            "invalid": gettext_lazy("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class LetterForm(forms.Form):
    """The sites where a letter may go. Of an organisation of partial diffusion, only the commune is said."""

    site = forms.ChoiceField(
        label=gettext_lazy("Où envoyer la lettre"),
        error_messages={
            "required": gettext_lazy("Choisissez où envoyer la lettre."),
            "invalid_choice": gettext_lazy("Ce lieu n’est plus proposé : choisissez-en un autre."),
        },
    )

    def __init__(self, *args: Any, party: Party, sites: Iterable[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(site.pk), _name_of(party, site)) for site in sites]
        self.fields["site"].choices = choices  # type: ignore[attr-defined]


def _name_of(party: Party, site: Site) -> str:
    commune = site.commune.name if site.commune else site.post_code
    if party.diffusion == Diffusion.PARTIAL:
        return _("adresse du répertoire SIRENE, %(commune)s") % {"commune": commune}
    return ", ".join(filter(None, (site.name, site.address, f"{site.post_code} {commune}".strip())))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code reçu"),
        max_length=20,
        error_messages={"required": gettext_lazy("Recopiez les huit chiffres du code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class EndForm(forms.Form):
    """By a steward."""

    claim = forms.IntegerField(widget=forms.HiddenInput)
    reason = _long(gettext_lazy("Raison (envoyée à la personne)"), required=_WITHOUT_REASON["required"])


class PracticeForm(forms.Form):
    theme = forms.ChoiceField(
        label=gettext_lazy("Thème"),
        choices=[("", gettext_lazy("Choisissez un thème")), *PracticeTheme.choices],
        error_messages={"required": gettext_lazy("Choisissez un thème.")},
    )
    text = _long(
        gettext_lazy("Ce que vous faites"),
        required=gettext_lazy("Dites ce que vous faites, en quelques phrases."),
        help_text=gettext_lazy("Des faits, sans nom de personne. Mille signes au plus."),
    )
    evidence = EvidenceField(label=gettext_lazy("Preuve (facultative)"), required=False)


class EvidenceForm(forms.Form):
    practice = forms.IntegerField(widget=forms.HiddenInput)
    evidence = EvidenceField(label=gettext_lazy("Preuve"), required=False)


class ReplyForm(forms.Form):
    contradiction = forms.IntegerField(widget=forms.HiddenInput)
    reply = _long(
        gettext_lazy("Votre réponse"), required=gettext_lazy("Écrivez votre réponse avant de l’envoyer.")
    )


class ConfirmationForm(forms.Form):
    peer = forms.ChoiceField(
        label=gettext_lazy("Vous parlez pour"),
        error_messages={
            "required": gettext_lazy("Choisissez l’organisation qui confirme."),
            "invalid_choice": gettext_lazy("Vous ne parlez pas pour cette organisation."),
        },
    )
    words = _long(
        gettext_lazy("Ce que vous avez vu"),
        required=gettext_lazy("Dites ce que vous avez vu."),
        length=500,
        help_text=gettext_lazy("Ce que votre organisation a constaté, sans nom de personne."),
    )

    def __init__(self, *args: Any, peers: Iterable[Party], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["peer"].choices = [(peer.public_id, peer.name) for peer in peers]  # type: ignore[attr-defined]


class ContradictionForm(forms.Form):
    """Anyone may contest, without an account. ``website`` is a trap for robots: people do not see it."""

    reason = _long(
        gettext_lazy("Ce qui n’est pas exact"), required=gettext_lazy("Dites ce qui n’est pas exact.")
    )
    evidence = EvidenceField(
        label=gettext_lazy("D’où vous le savez"),
        error_messages={"required": gettext_lazy("Donnez votre source : une adresse web, ou un document.")},
    )
    contact = forms.EmailField(
        label=gettext_lazy("Adresse e-mail pour la réponse (facultative)"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Elle ne sert qu’à vous répondre, n’est jamais publiée, puis est effacée."),
        error_messages={
            "invalid": gettext_lazy("Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr")
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(label=gettext_lazy("Ne remplissez pas ce champ"), required=False)


class CloseForm(forms.Form):
    contradiction = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("uphold", ""), ("reject", "")])
    answer = _long(gettext_lazy("Raison (publiée)"), required=_WITHOUT_REASON["required"])
