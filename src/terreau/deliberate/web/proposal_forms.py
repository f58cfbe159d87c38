"""What a person types to propose, to draw a proposal from statements, or to note what a meeting decided."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.web.fields import date_field, long_text
from terreau.deliberate.actions.judging import MOST_HANDS, Hands
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Process, ProposalVersion
from terreau.deliberate.models.proposals import TITLE_LENGTH, WORDS_LENGTH

COUNTS = ("in_favour", "against", "abstained")


class ProposalForm(forms.Form):
    """``asks_college``: she has not said hers, and the mandate asks for it."""

    title = forms.CharField(
        label=_("en une phrase"),
        max_length=TITLE_LENGTH,
        help_text=_("Ce qui serait fait : « Ouvrir la halle deux soirs par semaine »."),
        error_messages={"required": _("Dites en une phrase ce que vous proposez.")},
    )
    words = long_text(
        _("ce que vous proposez"), required=_("Expliquez ce que vous proposez."), length=WORDS_LENGTH, rows=8
    )

    def __init__(
        self, *args: Any, asks_college: Process | None = None, like: Any = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if isinstance(like, ProposalVersion):
            self.fields["title"].initial, self.fields["words"].initial = like.title, like.words
        if asks_college is not None:
            self.fields["college"] = college_field(asks_college)


def college_field(process: Process) -> forms.ChoiceField:
    choices = [
        (code, str(College(code).label).capitalize()) for code in process.colleges if code in College.values
    ]
    return forms.ChoiceField(
        label=_("votre collège"),
        choices=[("", "–"), *choices],
        error_messages={"required": _("Dites de quel collège vous êtes.")},
    )


class StatementsField(forms.ModelMultipleChoiceField):
    """``standings``: by number, what people said of a statement, where it may be shown."""

    standings: Mapping[str, str]

    def label_from_instance(self, obj: Any) -> str:
        standing = self.standings.get(str(obj.number))
        return f"{obj.number}. {obj.words}" + (f" ({standing})" if standing else "")


class DrawForm(ProposalForm):
    """``standings``: what people said of each statement, in the order to read them; empty while it is hidden."""

    def __init__(
        self, *args: Any, process: Process, standings: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        standings = standings or {}
        statements = process.statements.filter(moderation=Moderation.PUBLISHED, is_erased=False)
        ranks = [When(number=int(number), then=rank) for rank, number in enumerate(standings)]
        field = StatementsField(
            statements.order_by(*([Case(*ranks, default=len(ranks))] if ranks else []), "number"),
            label=_("affirmations dont elle est tirée"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choisissez au moins une affirmation publiée.")},
        )
        field.standings = standings
        self.fields["statements"] = field
        self.order_fields(["statements", "title", "words"])


class ReasonForm(forms.Form):
    reason = long_text(
        _("raison"), required=_("Dites pourquoi : la raison est publique."), length=1000, rows=3
    )


class JudgeForm(forms.Form):
    """Counts of the whole room (``all-…``) or of each college (``<code>-…``)."""

    is_adopted = forms.ChoiceField(
        label=_("la réunion"),
        choices=[("yes", _("l’a adoptée")), ("no", _("ne l’a pas adoptée"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites ce que la réunion a décidé.")},
    )
    judged_on = date_field(_("date de la réunion"), required=True)
    meeting = forms.CharField(
        label=_("quelle réunion"),
        max_length=300,
        help_text=_("Son nom et son lieu : « Assemblée plénière, salle des fêtes »."),
        error_messages={"required": _("Dites à quelle réunion : son nom, ou son lieu.")},
    )

    def __init__(self, *args: Any, process: Process, is_correction: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.process = process
        self.fields["judged_on"].initial = timezone.localdate()
        for key, _label in self.groups():
            for count in COUNTS:
                self.fields[f"{key}-{count}"] = forms.IntegerField(
                    label=_COUNT_LABELS[count],
                    required=False,
                    min_value=0,
                    max_value=MOST_HANDS,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )
        if is_correction:
            self.fields["reason"] = long_text(
                _("ce que vous corrigez, et pourquoi"),
                required=_("Ce vote est déjà noté : dites ce que vous corrigez, et pourquoi."),
                length=1000,
                rows=3,
            )

    def groups(self) -> list[tuple[str, str]]:
        """(key, label) of each group of counts."""
        colleges = [
            (one, str(College(one).label).capitalize()) for one in self.process.colleges if one in College
        ]
        return [("all", str(_("Toute la salle"))), *colleges]

    def counted(self) -> list[tuple[str, list[Any]]]:
        """(label, its three fields), for the page."""
        return [(label, [self[f"{key}-{count}"] for count in COUNTS]) for key, label in self.groups()]

    def has_colleges(self) -> bool:
        """Whether what is folded away was filled."""
        return any(bound.value() for _label, fields in self.counted()[1:] for bound in fields)

    def plain_fields(self) -> list[Any]:
        return [bound for bound in self if "-" not in bound.name]

    def hands(self) -> list[Hands]:
        """Only what was typed."""
        found = []
        for key, _label in self.groups():
            numbers = [self.cleaned_data.get(f"{key}-{count}") for count in COUNTS]
            if any(number is not None for number in numbers):
                in_favour, against, abstained = (number or 0 for number in numbers)
                found.append(Hands(in_favour, against, abstained, "" if key == "all" else key))
        return found


_COUNT_LABELS = {"in_favour": _("pour"), "against": _("contre"), "abstained": _("abstentions")}
