"""The forms of those who hold a role on a public process."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.web.fields import date_field, long_text, time_field, web_address
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Process, Step

_REASON = _("Donnez la raison : elle est publique.")


def _reason() -> forms.CharField:
    return long_text(_("raison publique"), required=_REASON, rows=3)


class ReasonForm(forms.Form):
    reason = _reason()


class LastDayForm(forms.Form):
    last_day = date_field(
        _("nouveau dernier jour"),
        required=True,
        help_text=_("Il en fait partie, jusqu’à minuit si l’heure est vide."),
    )
    last_time = time_field(_("heure de fin (facultatif)"))
    reason = _reason()


class DeliberationForm(forms.Form):
    number = forms.CharField(
        label=_("numéro de la délibération"),
        max_length=100,
        error_messages={"required": _("Donnez le numéro de la délibération.")},
    )
    on = date_field(_("date de la délibération"), required=True)
    url = web_address(_("adresse de la délibération (facultatif)"))


def _college_field(process: Process) -> forms.ChoiceField:
    choices = [("", _("aucun")), *((code, College(code).label) for code in process.colleges)]
    return forms.ChoiceField(label=_("collège (facultatif)"), choices=choices, required=False)


class RoleForm(forms.Form):
    email = forms.EmailField(
        label=_("adresse de son compte"),
        error_messages={
            "required": _("Donnez l’adresse de son compte."),
            "invalid": _("Cette adresse n’est pas complète. Exemple : prenom@exemple.fr"),
        },
        help_text=_("Elle n’est pas publiée. La personne reçoit un courriel."),
    )
    power = forms.ChoiceField(label=_("rôle"), choices=Power.choices)
    shown_name = forms.CharField(
        label=_("nom affiché"),
        max_length=100,
        help_text=_("Public : « Prénom Nom, vice-présidente »."),
        error_messages={"required": _("Donnez le nom affiché : un rôle est public.")},
    )

    def __init__(self, *args: Any, process: Process, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["college"] = _college_field(process)


class InterestForm(forms.Form):
    """``file``: the whole process, a proposal or a text."""

    file = forms.ChoiceField(label=_("dans quel dossier"), required=False)
    words = forms.CharField(
        label=_("quel intérêt"),
        max_length=500,
        help_text=_("Public. Exemple : « Je siège au conseil de l’association candidate. »"),
        error_messages={"required": _("Dites quel intérêt, en quelques mots : c’est public.")},
    )

    def __init__(self, *args: Any, files: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["file"]
        field.choices = [("", _("toute la démarche")), *files]

    def file_of(self, process: Process) -> dict[str, Any]:
        kind, _colon, token = self.cleaned_data["file"].partition(":")
        if kind == "proposal":
            return {"proposal": process.proposals.get(token=token)}
        return {"text": process.texts.get(token=token)} if kind == "text" else {}


class AttendanceForm(forms.Form):
    """One number a college; nothing typed is nobody."""

    def __init__(self, *args: Any, process: Process, step: Step, **options: Any) -> None:
        super().__init__(*args, **options)
        now = dict(step.attendances.values_list("college", "number"))
        for code in process.colleges:
            self.fields[code] = forms.IntegerField(
                label=College(code).label,
                min_value=0,
                max_value=100_000,
                required=False,
                initial=now.get(code),
                error_messages={
                    "invalid": _("Un nombre de personnes, sans rien d’autre."),
                    "min_value": _("Un nombre de personnes n’est pas négatif."),
                    "max_value": _("C’est plus que ce qu’une salle contient : vérifiez."),
                },
            )

    def numbers(self) -> dict[str, int]:
        return {code: number or 0 for code, number in self.cleaned_data.items()}


class MotiveForm(forms.Form):
    motive = long_text(
        _("motif public"),
        required=_("Donnez le motif : il est public, et son auteur le reçoit."),
        length=1000,
        rows=3,
    )


class AppealForm(forms.Form):
    appeal = long_text(
        _("pourquoi ces mots doivent être publiés"),
        required=_("Dites pourquoi ces mots doivent être publiés."),
        length=1000,
        rows=4,
    )


class AnswerForm(forms.Form):
    answer = long_text(
        _("raisons publiques"), required=_("Donnez les raisons : elles sont publiques."), length=1000, rows=4
    )
