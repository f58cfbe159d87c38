"""What changed, in plain words: revisions and differences between two versions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.enums import Diffusion, Nature, Perimeter
from terreau.commons.licences import LICENCES
from terreau.commons.models import Revision, Source
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import Scheme
from terreau.observe.queries.changes import Change, Said
from terreau.observe.queries.practices import state_in_words
from terreau.observe.web.values import field_label, show_value
from terreau.ui.templatetags.ui import euros, joined

#: Acts that make a revision. One that a later room invents shows as it is.
VERBS = {
    "harvest": gettext_lazy("lecture d’une source"),
    "publish-correction": gettext_lazy("correction publiée"),
    "accept-correction": gettext_lazy("correction acceptée"),
    "grant-appeal": gettext_lazy("correction acceptée sur recours"),
    "undo-correction": gettext_lazy("correction défaite"),
    "redo-correction": gettext_lazy("correction rétablie"),
    "erase-correction": gettext_lazy("correction effacée à la demande de son auteur"),
    "choose-value": gettext_lazy("choix entre plusieurs valeurs"),
    "undo-choice": gettext_lazy("choix défait"),
    "merge": gettext_lazy("fiches réunies"),
    "undo-merge": gettext_lazy("fiches séparées à nouveau"),
    "declare-practice": gettext_lazy("pratique déclarée"),
    "give-evidence": gettext_lazy("preuve d’une pratique"),
    "withdraw-practice": gettext_lazy("pratique retirée"),
    "confirm-practice": gettext_lazy("pratique confirmée par un pair"),
    "erase-practice": gettext_lazy("pratique effacée à la demande de son auteur"),
    "erase-confirmation": gettext_lazy("confirmation d’une pratique effacée à la demande de son auteur"),
    "erase-contradiction": gettext_lazy("contestation effacée à la demande de son auteur"),
    "withdraw-confirmation": gettext_lazy("confirmation d’une pratique retirée"),
    "contradict-practice": gettext_lazy("pratique contestée"),
    "close-contradiction": gettext_lazy("contestation d’une pratique tranchée"),
}
_SHOWN = {
    "name": gettext_lazy("nom montré"),
    "nature": gettext_lazy("statut montré"),
    "perimeter": gettext_lazy("périmètre de l’ESS"),
    "diffusion": gettext_lazy("diffusion"),
    "is_active": gettext_lazy("en activité"),
}
_LISTS = {
    "sites": gettext_lazy("lieux d’activité"),
    "schemes": gettext_lazy("dispositifs"),
    "fundings": gettext_lazy("argent public reçu"),
    "choices": gettext_lazy("valeurs choisies par les gardiens"),
    "practices": gettext_lazy("pratiques"),
    "sources": gettext_lazy("sources"),
}
_SITE = {"name": "site_name", "commune": "commune_name", "is_active": "site_active"}
_SOURCE = {
    "title": gettext_lazy("titre"),
    "publisher": gettext_lazy("éditeur"),
    "licence": gettext_lazy("licence"),
    "url": gettext_lazy("adresse"),
    "vintage": gettext_lazy("date des données"),
    "precedence": gettext_lazy("ordre de confiance"),
}
_CLOSED = {"nature": Nature, "perimeter": Perimeter, "diffusion": Diffusion}


@dataclass(frozen=True)
class ChangeRow:
    """``gone`` and ``new``: (value, titles of its sources)."""

    label: str
    gone: list[tuple[str, str]]
    new: list[tuple[str, str]]


def verb_label(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def who(revision: Revision, sources: dict[str, Source]) -> str:
    """Never the account of a person: the name that she asked to be credited by, the source, or the team."""
    if revision.credit:
        return revision.credit
    source = sources.get(revision.subject.removeprefix("source:"))
    if revision.subject.startswith("source:") and source:
        return _("source : %s") % source.title
    return _("l’équipe du site")


def sources_of(revisions: Iterable[Revision]) -> dict[str, Source]:
    codes = {one.subject.removeprefix("source:") for one in revisions if one.subject.startswith("source:")}
    return Source.objects.defer("covers").in_bulk(list(codes)) if codes else {}


def change_rows(changes: Iterable[Change]) -> list[ChangeRow]:
    return [
        ChangeRow(_label(change), [_said(change, one) for one in change.gone], _new(change))
        for change in changes
    ]


def _new(change: Change) -> list[tuple[str, str]]:
    return [_said(change, one) for one in change.new]


def _label(change: Change) -> str:
    if change.part == "shown":
        return str(_SHOWN[change.name])
    if change.part == "values":
        return field_label(change.name)
    if change.part == "site":
        return _("%(what)s de « %(where)s »") % {
            "what": field_label(_SITE.get(change.name, change.name)),
            "where": change.about,
        }
    if change.part == "source":
        return _("%(what)s de la source « %(title)s »") % {
            "what": _SOURCE[change.name],
            "title": change.about,
        }
    return str(_LISTS[change.part])


def _said(change: Change, said: Said) -> tuple[str, str]:
    return _text(change, said.value), joined(said.sources, " ; ")


def _text(change: Change, value: Any) -> str:
    if change.part == "shown" and change.name in _CLOSED:
        choices = _CLOSED[change.name]
        return str(choices(value).label) if value in choices.values else str(value)
    if change.part == "source" and change.name == "vintage":
        return date_format(dt.date.fromisoformat(value))
    if change.part == "source" and change.name == "licence":
        return str(LICENCES[value].title) if value in LICENCES else str(value)
    if change.part == "schemes":
        label = Scheme(value["scheme"]).label if value["scheme"] in Scheme.values else value["scheme"]
        return f"{label} ({value['detail']})" if value["detail"] else str(label)
    if change.part == "fundings":
        return joined([str(value["year"]), euros(value["amount_cents"]), value["purpose"]])
    if change.part == "choices":
        return f"{field_label(value['field'])} : {show_value(value['field'], value['value'])}"
    if change.part == "practices":
        theme = value["theme"]
        label = PracticeTheme(theme).label if theme in PracticeTheme.values else theme
        contradictions = [one["state"] for one in value["contradictions"]]
        state = state_in_words(bool(value["evidence"]), bool(value["confirmations"]), contradictions)
        return f"{label} : {value['text']} ({state})"
    return show_value(change.name, value)
