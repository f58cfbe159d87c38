"""What is typed about a text: to add one, to contribute, to answer, to publish its next version."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.web.fields import date_field, long_text
from terreau.deliberate.enums import Outcome
from terreau.deliberate.models import Participant, Process
from terreau.deliberate.models.texts import CONTRIBUTION_LENGTH


class _TitleForm(forms.Form):
    title = forms.CharField(
        label=_("titre du texte"), max_length=200, error_messages={"required": _("Donnez un titre au texte.")}
    )
    origin = forms.CharField(
        label=_("d’où il vient (facultatif)"),
        required=False,
        max_length=300,
        help_text=_("Par exemple : « proposé par l’atelier du 3 mars »."),
    )


class PasteForm(_TitleForm):
    words = long_text(
        _("texte"),
        required=_("Collez le texte : il est vide."),
        length=10_000_000,  # its own limits are said by ``importing``, in plain words
        rows=16,
        help_text=_(
            "Une ligne vide sépare deux paragraphes. Une ligne qui commence par « # » est un titre, par « - » un "
            "élément de liste."
        ),
    )
    is_markdown = forms.BooleanField(label=_("ce texte est en Markdown"), required=False)


class FileForm(_TitleForm):
    file = forms.FileField(
        label=_("fichier DOCX, Markdown ou texte"),
        help_text=_("5 Mo au plus. Seuls les mots sont gardés : ni images, ni couleurs, ni commentaires."),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.md,.markdown,.txt"}),
    )

    use_required_attribute = False


class WhoForm(forms.Form):
    """Who speaks: her college, and the name that she wants shown. ``website`` is a trap for robots."""

    college = forms.ChoiceField(label=_("vous prenez part en tant que"), required=False)
    shown_name = forms.CharField(
        label=_("nom à afficher (facultatif)"),
        required=False,
        max_length=100,
        help_text=_("Sans nom, on lira « une personne »."),
    )
    website = forms.CharField(label=_("Ne remplissez pas ce champ"), required=False)

    def __init__(
        self, *given: Any, process: Process, participant: Participant | None, **options: Any
    ) -> None:
        super().__init__(*given, **options)
        college: Any = self.fields["college"]
        choices = [(code, str(College(code).label).capitalize()) for code in process.colleges]
        if not choices:
            del self.fields["college"]
        else:
            college.choices = [("", _("je ne le dis pas")), *choices]
            college.initial = participant.college if participant else ""
            if process.asks_college:
                college.choices = [("", "—"), *choices]
                college.required = True
                college.error_messages["required"] = _(
                    "Cette démarche demande votre collège : choisissez-le."
                )
        if participant is not None:
            self.fields["shown_name"].initial = participant.shown_name

    def who(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in ("college", "shown_name")}


class ContributionForm(WhoForm):
    words = long_text(_("mots proposés"), length=CONTRIBUTION_LENGTH, rows=6)
    why = long_text(_("pourquoi (facultatif)"), length=2000, rows=3)
    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("words", "why", "college", "shown_name", "website", "version")


class AnswerForm(WhoForm):
    words = long_text(_("votre réponse"), required=_("Écrivez votre réponse."), length=CONTRIBUTION_LENGTH)

    field_order = ("words", "college", "shown_name", "website")


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("ce qui en est gardé"),
        choices=[(value, str(label).capitalize()) for value, label in Outcome.choices if value],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez : gardée, gardée en partie ou pas gardée.")},
    )
    reason = long_text(
        _("parce que"),
        required=_("Donnez la raison : elle est publique, et son auteur la reçoit."),
        length=2000,
    )
    is_in_current = forms.BooleanField(
        label=_("la version en vigueur porte déjà ce qui en est gardé"), required=False
    )


class ReasonForm(forms.Form):
    reason = long_text(_("raison"), required=_("Donnez la raison : elle est publique."), length=1000, rows=2)


class AdoptionForm(forms.Form):
    on = date_field(_("adopté le"), required=True)
