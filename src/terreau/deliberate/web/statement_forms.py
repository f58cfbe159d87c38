"""Forms of statements and of who takes part."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.commons.web.choosing import PlaceField
from terreau.commons.web.fields import long_text
from terreau.deliberate.enums import Channel
from terreau.deliberate.models import Process, Statement

_NOTHING = "x"
LETTERS = {"a": 1, "d": -1, "p": 0, "+": 1, "-": -1, "−": -1, "0": 0, "1": 1}
_LONGEST_PASTE = 20_000


class StatementForm(forms.Form):
    """The action says what is wrong with the words: a paste that is too long comes back whole."""

    words = long_text(
        _("votre affirmation"),
        required=_("Écrivez une phrase avec laquelle on peut être d’accord ou non."),
        length=_LONGEST_PASTE,
        rows=3,
        help_text=_("Une seule idée, 280 signes au plus, sans nommer de personne."),
    )


class SeedsForm(forms.Form):
    words = long_text(
        _("affirmations de départ, une par ligne"),
        required=_("Écrivez au moins une affirmation, une par ligne."),
        length=_LONGEST_PASTE * 2,
        rows=10,
        help_text=_("280 signes au plus pour chacune. Elles seront marquées « de départ »."),
    )


class SameForm(forms.Form):
    """``other``: its number, or nothing to say that they no longer say the same."""

    other = forms.IntegerField(
        label=_("dit la même chose que l’affirmation n°"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Vide : elle ne renvoie plus à aucune autre."),
    )
    because = long_text(_("pourquoi"), length=300, rows=2)


class WhoForm(forms.Form):
    college = forms.ChoiceField(label=_("vous êtes plutôt"), required=False)
    place = PlaceField(
        label=_("votre territoire (facultatif)"), required=False, help_text=_("Une commune, un code postal.")
    )

    def __init__(self, *args: Any, process: Process, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["college"]
        field.choices = [("", _("je ne le dis pas")), *college_choices(process)]
        if process.asks_college:
            field.required = True
            field.choices[0] = ("", _("choisissez"))
            field.error_messages["required"] = _(
                "Cette démarche compte les avis par collège : choisissez le vôtre."
            )


def college_choices(process: Process) -> list[tuple[str, Any]]:
    return [(code, College(code).label) for code in process.colleges if code in College.values]


class DeskForm(forms.Form):
    """One sheet, or one call: its number, a letter for each statement, and the statement that she wrote or told."""

    channel = forms.ChoiceField(
        label=_("par quelle voie"),
        choices=[(code, Channel(code).label) for code in (Channel.PAPER, Channel.PHONE)],
        initial=Channel.PAPER,
    )
    number = forms.IntegerField(
        label=_("numéro de la feuille"),
        required=False,
        min_value=1,
        max_value=999_999,
        help_text=_("Vide, par téléphone : une personne qui appelle pour la première fois."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )
    college = forms.ChoiceField(label=_("collège, s’il est coché"), required=False)
    words = long_text(
        _("son affirmation, si elle en a écrit ou dit une"),
        length=_LONGEST_PASTE,
        rows=2,
        help_text=_(
            "Ses mots à elle, sans les corriger, 280 signes au plus. Un modérateur les relit d’abord."
        ),
    )

    def __init__(self, *args: Any, process: Process, statements: Iterable[Statement], **options: Any) -> None:
        super().__init__(*args, **options)
        college: Any = self.fields["college"]
        college.choices = [("", _("rien de coché")), *college_choices(process)]
        self.statements = list(statements)
        for statement in self.statements:
            self.fields[statement.token] = forms.CharField(
                label=f"{statement.number}. {statement.words}",
                required=False,
                widget=forms.TextInput(attrs={"size": 2, "autocomplete": "off", "autocapitalize": "none"}),
            )

    def boxes(self) -> list[forms.BoundField]:
        return [self[statement.token] for statement in self.statements]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for statement in self.statements:
            typed = given.get(statement.token, "").strip().lower()
            if typed and typed != _NOTHING and typed not in LETTERS:
                self.add_error(statement.token, _("Tapez a, d, p ou x, ou laissez vide."))
        return given

    def values(self) -> dict[Statement, int | None]:
        """None: nothing is ticked there, and what was typed by mistake goes."""
        typed = {one: self.cleaned_data[one.token].strip().lower() for one in self.statements}
        return {statement: LETTERS.get(letter) for statement, letter in typed.items() if letter}


class PrintForm(forms.Form):
    first = forms.IntegerField(label=_("de la feuille n°"), min_value=1, max_value=9999, initial=1)
    last = forms.IntegerField(label=_("à la feuille n°"), min_value=1, max_value=9999, initial=25)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not first <= last < first + 100:
            self.add_error("last", _("Cent feuilles au plus à la fois, de la première à la dernière."))
        return given
