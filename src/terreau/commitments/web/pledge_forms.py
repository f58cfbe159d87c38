"""The answer of a list to each point, and the review of the commitment that it becomes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commitments.actions.pledges import Said, problems_of
from terreau.commitments.enums import Answer, Level
from terreau.commitments.models import Position, ProgrammeItem
from terreau.commitments.models.pledges import WORDS_LENGTH

FIELDS = ("answer", "level", "words", "due_on", "deliverable")
_TOO_LONG = gettext_lazy("%(limit_value)d signes au plus : vous en avez écrit %(show_value)d.")
_NO_SUCH_DAY = gettext_lazy("Cette date n’existe pas. Exemple : 2028-03-12")


class PositionForm(forms.Form):
    """One point. Without an answer nothing is published of it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("votre réponse"),
        choices=[*Answer.choices, ("", gettext_lazy("pas de réponse"))],
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("vos mots (facultatif)"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
        help_text=gettext_lazy("Mille signes au plus, sans nom de personne."),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("jusqu’où, si c’est oui ou en partie"),
        choices=Level.choices,
        required=False,
        initial=Level.PRINCIPLE,
    )
    due_on = forms.DateField(
        label=gettext_lazy("au plus tard le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _NO_SUCH_DAY},
    )
    deliverable = forms.CharField(
        label=gettext_lazy("ce qui sera livré (facultatif)"),
        required=False,
        max_length=500,
        error_messages={"max_length": _TOO_LONG},
    )

    def __init__(self, *args: Any, item: ProgrammeItem, **options: Any) -> None:
        options["prefix"] = f"p{item.pk}"
        super().__init__(*args, **options)
        self.item = item

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("answer"):
            for name, problem in problems_of(self.said, timezone.localdate()).items():
                if name not in self.errors:
                    self.add_error(name, problem)
        elif given.get("words", "").strip() or given.get("deliverable", "").strip() or given.get("due_on"):
            self.add_error("answer", _("Choisissez une réponse : vos mots ne paraissent pas sans elle."))
        return given

    @property
    def said(self) -> Said:
        given = self.cleaned_data
        return Said(
            answer=given.get("answer", ""),
            level=given.get("level", ""),
            words=given.get("words", "").replace("\r\n", "\n"),
            due_on=given.get("due_on"),
            deliverable=given.get("deliverable", ""),
        )

    @property
    def typed(self) -> dict[str, str]:
        """As it is in the fields, right or wrong, for a draft."""
        return {name: str(self[name].value() or "")[:5000] for name in FIELDS}


def position_forms(
    items: Iterable[ProgrammeItem],
    data: Any,
    current: Mapping[int, Position],
    draft: Mapping[str, Mapping[str, str]] = {},
) -> list[PositionForm]:
    """One form a point, with what was typed, else the draft, else what is published."""
    forms_of = []
    for item in items:
        initial: Mapping[str, Any] = draft.get(item.code) or {}
        if not initial and item.pk in current:
            initial = {name: getattr(current[item.pk], name) for name in FIELDS}
        forms_of.append(PositionForm(data, item=item, initial={n: v for n, v in initial.items() if v}))
    return forms_of


def said_in(filled: Iterable[PositionForm]) -> dict[str, Said]:
    """Code of the point → answer, of valid forms."""
    return {one.item.code: one.said for one in filled if one.said.answer}


class SourceForm(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("d’où vient cette réponse"),
        max_length=500,
        help_text=gettext_lazy("L’adresse d’un document, ou sa référence : titre, date, où le lire."),
        error_messages={
            "required": gettext_lazy("Dites d’où vient cette réponse : une adresse, ou un document."),
            "max_length": _TOO_LONG,
        },
    )


class PledgeCommitmentForm(forms.Form):
    """Fields are named as those of the action."""

    owner = forms.ChoiceField(label=gettext_lazy("qui s’engage"))
    title = forms.CharField(
        label=gettext_lazy("quoi"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Dites en une ligne ce qui est promis."),
            "max_length": _TOO_LONG,
        },
    )
    deliverable = forms.CharField(
        label=gettext_lazy("ce qui sera livré"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Dites ce qui sera livré : sans cela, nul ne saura si c’est tenu."),
            "max_length": _TOO_LONG,
        },
    )
    details = forms.CharField(
        label=gettext_lazy("précisions (facultatif)"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _TOO_LONG},
    )
    due_on = forms.DateField(
        label=gettext_lazy("échéance"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Donnez une échéance : la fin du mandat, à défaut d’autre date."),
            "invalid": _NO_SUCH_DAY,
        },
    )

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("Cette date est déjà passée : donnez-en une à venir."))
        return day
