"""A field that asks « which one? » without a script: words are typed, the form comes back with choices."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.models import Party, Place
from terreau.commons.queries.choosing import find_parties, find_places, party_called, place_called

FREE = "free"
LONGEST = 200


@dataclass(frozen=True)
class Typed:
    """``choice`` answers to ``asked``: it no longer counts once other words are typed."""

    text: str = ""
    asked: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Chosen:
    """A row of the database, or a ``name`` that is in none, or nothing."""

    row: Any = None
    name: str = ""


class ChoosingWidget(forms.Widget):
    template_name = "commons/choosing.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices: list[tuple[str, str]] = []
        self.selected = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        parts = (data.get(name + part, "") for part in ("", "_asked", "_choice"))
        return Typed(*(" ".join(part.split()) for part in parts))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["typed"] = value or Typed()
        context |= {"choices": self.choices, "selected": self.selected}
        return context


class ChoosingField(ABC, forms.Field):
    """``may_be_free``: a name that no row has is an answer too."""

    widget = ChoosingWidget
    may_be_free = False
    nothing: Any = ""

    @abstractmethod
    def find(self, typed: str) -> tuple[list[Any], bool]:
        """The rows that these words may mean, and whether there is no doubt."""

    @abstractmethod
    def get(self, key: str) -> Any:
        """The row of a choice; None when it is not there any more."""

    @abstractmethod
    def key(self, row: Any) -> str:
        """How a choice names its row."""

    def name(self, row: Any) -> str:
        return row.name

    def label_of(self, row: Any) -> str:
        return self.name(row)

    def start_with(self, row: Any, name: str = "") -> None:
        """What is chosen already."""
        text = self.name(row) if row else name
        if text:
            self.initial = Typed(text, text, self.key(row) if row else FREE)
            self._offer([row] if row else [], text, self.initial.choice)

    def _offer(self, rows: list[Any], text: str, selected: str = "") -> None:
        choices = [(self.key(row), self.label_of(row)) for row in rows]
        if self.may_be_free:
            choices.append((FREE, _("« %(name)s », hors de l’annuaire") % {"name": text}))
        widget: Any = self.widget
        widget.choices, widget.selected = choices, selected

    def clean(self, value: Typed) -> Chosen:
        text = value.text
        if not text:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return Chosen()
        if len(text) > LONGEST:
            raise forms.ValidationError(_("200 caractères au plus."), code="max_length")
        if value.choice and value.asked == text:
            if value.choice == FREE and self.may_be_free:
                self._offer([], text, FREE)
                return Chosen(name=text)
            if row := self.get(value.choice):
                self._offer([row], text, self.key(row))
                return Chosen(row)
        return self._searched(text)

    def _searched(self, text: str) -> Chosen:
        found, is_sure = self.find(text)
        is_free = self.may_be_free and not found
        self._offer(found, text, self.key(found[0]) if is_sure else FREE if is_free else "")
        if is_sure:
            return Chosen(found[0])
        if found:
            raise forms.ValidationError(
                _("Dites de qui ou de quoi il s’agit : choisissez dans la liste."), code="choose"
            )
        if is_free:
            return Chosen(name=text)
        raise forms.ValidationError(self.nothing % {"typed": text}, code="nothing")


class DirectoryField(ChoosingField):
    """An organisation of the directory."""

    nothing = gettext_lazy("Aucune fiche de l’annuaire ne répond à « %(typed)s ».")

    def find(self, typed: str) -> tuple[list[Any], bool]:
        found, is_sure = find_parties(typed)
        return list(found), is_sure

    def get(self, key: str) -> Party | None:
        return party_called(key)

    def key(self, row: Party) -> str:
        return row.public_id

    def label_of(self, row: Party) -> str:
        """Two organisations may have one name: what tells them apart."""
        communes = {site.commune.name for site in row.sites.all() if site.commune and site.is_active}
        siren = [_("SIREN %(number)s") % {"number": row.siren}] if row.siren else []
        return ", ".join([row.name, str(row.get_nature_display()), *sorted(communes)[:2], *siren])


class PartyField(DirectoryField):
    """An organisation of the directory, or the name of a group that is not in it."""

    may_be_free = True


class PlaceField(ChoosingField):
    nothing = gettext_lazy(
        "Aucun territoire de la région ne répond à « %(typed)s » : essayez un code postal."
    )

    def find(self, typed: str) -> tuple[list[Any], bool]:
        found, is_sure = find_places(typed)
        return list(found), is_sure

    def get(self, key: str) -> Place | None:
        return place_called(key)

    def key(self, row: Place) -> str:
        return f"{row.zoning_id}:{row.code}"

    def label_of(self, row: Place) -> str:
        return f"{row.name} ({row.code}), {row.zoning.title}"
