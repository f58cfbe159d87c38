"""The three ways to start a process, in plain French. Each fills what a facilitator would have to know by heart."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import College
from terreau.deliberate.enums import Eligibility, Preset, StepKind


@dataclass(frozen=True)
class StepModel:
    """``days``: how long, from the end of the one before. ``title``: where its kind does not tell it from another."""

    kind: StepKind
    words: Promise
    days: int
    title: Promise | str = ""


@dataclass(frozen=True)
class PresetModel:
    """``serves``: when to choose it. ``reply_days``: of the reply, from the end of the last step of people."""

    serves: Promise
    method: Promise
    steps: tuple[StepModel, ...]
    reply_days: int
    asks_college: bool
    colleges: tuple[str, ...] = tuple(College.values)
    eligibility: Eligibility = Eligibility.ANYONE
    hides_results: bool = True
    asks_at_a_time: int = 5

    def switches(self) -> dict[str, Any]:
        """What it fills, under the names of the columns of a process."""
        return {
            "method": str(self.method),
            "colleges": list(self.colleges),
            "eligibility": self.eligibility,
            "asks_college": self.asks_college,
            "hides_results": self.hides_results,
            "asks_at_a_time": self.asks_at_a_time,
        }


PRESETS: Mapping[Preset, PresetModel] = {
    Preset.CONSULTATION: PresetModel(
        serves=_(
            "Une question, trois semaines : chacun donne son avis sur de courtes affirmations et en écrit ; "
            "les propositions qui en sortent reçoivent une réponse."
        ),
        method=_(
            "Chacun donne son avis sur de courtes affirmations, et peut en écrire. Ce qui unit les groupes et les "
            "collèges est publié à la clôture. Les propositions adoptées en réunion reçoivent une réponse motivée."
        ),
        steps=(
            StepModel(
                StepKind.VOTE, _("Donner son avis sur des affirmations, en écrire d’autres, en discuter."), 21
            ),
            StepModel(
                StepKind.DECIDE,  # after the closing: what unites is known
                _("La réunion : tirer des propositions de ce qui rassemble, et les adopter à main levée."),
                14,
                title=_("La réunion"),
            ),
            StepModel(
                StepKind.DECIDE,
                _("Celui qui décide répond à chaque proposition adoptée, avec ses raisons."),
                60,
                title=_("Les réponses"),
            ),
        ),
        reply_days=74,
        asks_college=False,
    ),
    Preset.CONFERENCE: PresetModel(
        serves=_(
            "La conférence que la loi du 31 juillet 2014 demande à la Région tous les deux ans : orientations, "
            "moyens, résultats."
        ),
        method=_(
            "Les collèges contribuent avant la conférence. L’ordre du jour a trois parties : orientations, moyens, "
            "résultats. Les propositions y sont adoptées à main levée, collège par collège, et reçoivent une "
            "réponse motivée. Le compte rendu est public."
        ),
        steps=(
            StepModel(
                StepKind.OBSERVE,
                _("Lire l’observation régionale, et ce que sont devenus les engagements."),
                30,
            ),
            StepModel(StepKind.PROPOSE, _("Contributions et propositions de chaque collège."), 45),
            StepModel(StepKind.DISCUSS, _("La conférence : débattre, et adopter des propositions."), 2),
            StepModel(StepKind.DECIDE, _("La Région répond à chaque proposition adoptée."), 90),
            StepModel(StepKind.FOLLOW_UP, _("Suivre les engagements, jusqu’à la conférence suivante."), 540),
        ),
        reply_days=90,
        asks_college=True,
    ),
    Preset.POLICY: PresetModel(
        serves=_(
            "Un texte (plan, règlement, convention) écrit à plusieurs, paragraphe par paragraphe, en plusieurs "
            "versions."
        ),
        method=_(
            "Une première version est publiée. Chacun contribue à un paragraphe. Chaque contribution reçoit une "
            "suite : gardée, gardée en partie ou pas gardée, avec une raison. Les versions et ce qui les sépare "
            "restent publics. La dernière va à celui qui décide."
        ),
        steps=(
            StepModel(
                StepKind.OBSERVE, _("Partir de ce qui existe : constats, chiffres, textes en vigueur."), 21
            ),
            StepModel(
                StepKind.PROPOSE, _("Contribuer à la première version, paragraphe par paragraphe."), 42
            ),
            StepModel(StepKind.DISCUSS, _("Discuter la deuxième version, et ce qui n’a pas été gardé."), 28),
            StepModel(StepKind.VOTE, _("Donner son avis sur les points qui divisent encore."), 14),
            StepModel(
                StepKind.DECIDE, _("Celui qui décide adopte, change ou rejette, avec ses raisons."), 60
            ),
            StepModel(StepKind.FOLLOW_UP, _("Suivre les engagements pris dans le texte."), 365),
        ),
        reply_days=60,
        asks_college=True,
    ),
}

TAKING_PART_LAST = {
    preset: max(
        n for n, step in enumerate(model.steps) if step.kind not in (StepKind.DECIDE, StepKind.FOLLOW_UP)
    )
    for preset, model in PRESETS.items()
}


@dataclass(frozen=True)
class DatedStep:
    """``first`` and ``last``: both are days of the step."""

    kind: str
    title: str
    words: str
    first: dt.date
    last: dt.date


def dated_steps(preset: Preset, first_day: dt.date) -> list[DatedStep]:
    """The steps of a preset, one after the other from a day."""
    dated = []
    day = first_day
    for step in PRESETS[preset].steps:
        last = day + dt.timedelta(days=step.days - 1)
        dated.append(DatedStep(step.kind.value, str(step.title), str(step.words), day, last))
        day = last + dt.timedelta(days=1)
    return dated


def reply_day(preset: Preset, first_day: dt.date) -> dt.date:
    """The last day of the reply."""
    last = dated_steps(preset, first_day)[TAKING_PART_LAST[preset]].last
    return last + dt.timedelta(days=PRESETS[preset].reply_days)
