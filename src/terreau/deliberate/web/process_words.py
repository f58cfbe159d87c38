"""How a process, its steps and its history are said."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.acts import PUBLIC_ACTS
from terreau.commons.enums import College
from terreau.commons.models import LogEntry
from terreau.deliberate.enums import Power, Standing, State
from terreau.deliberate.instants import said_beginning, said_instant
from terreau.deliberate.models import Process, ProcessChange, Step
from terreau.deliberate.queries.processes import Story


@dataclass(frozen=True)
class DatedStep:
    """``when``: past, now or ahead. ``said``: until when it is open, or since when it is not."""

    step: Step
    when: str
    said: str


def timeline_of(process: Process, now: dt.datetime) -> list[DatedStep]:
    steps = []
    for step in process.steps.all():
        if process.is_draft:
            when, said = "ahead", _("une fois la démarche publiée")
        elif process.state == State.STOPPED and step.ends_at > now:
            when, said = "past", _("n’aura pas lieu : la démarche est arrêtée")
        elif now < step.starts_at:
            when, said = "ahead", _("commence le %(day)s") % {"day": said_beginning(step.starts_at)}
        elif step.is_open_at(now):
            when, said = "now", _("en cours, jusqu’au %(day)s") % {"day": said_instant(step.ends_at)}
        else:
            when, said = "past", _("finie le %(day)s") % {"day": said_instant(step.ends_at)}
        steps.append(DatedStep(step, when, said))
    return steps


def where_now(process: Process, now: dt.datetime) -> str:
    """One sentence: what is going on today."""
    if process.is_draft:
        return _("Brouillon : rien n’est ouvert.")
    if process.state == State.STOPPED:
        return _("Arrêtée : plus personne ne prend part.")
    steps = list(process.steps.all())
    here = [step for step in steps if step.is_open_at(now)]
    if here:
        told = _(", puis ").join(
            _("« %(step)s » jusqu’au %(day)s") % {"step": step, "day": said_instant(step.ends_at)}
            for step in here
        )
        return _("En ce moment : %(steps)s.") % {"steps": told}
    ahead = [step for step in steps if now < step.starts_at]
    if ahead:
        return _("Prochaine étape : « %(step)s », le %(day)s.") % {
            "step": ahead[0],
            "day": said_beginning(ahead[0].starts_at),
        }
    if process.reply_by and process.reply_by >= timezone.localdate(now):
        return _("Les étapes sont finies ; les réponses sont attendues au plus tard le %(day)s.") % {
            "day": date_format(process.reply_by)
        }
    return _("Toutes les étapes sont finies.")


def line_sentence(row: Any) -> str:
    """Of a row of ``queries.processes.listed``: why it is where it is in the list."""
    if row.state == State.STOPPED:
        return _("arrêtée")
    if row.standing == Standing.SOON.value:
        return _("commence le %(day)s") % {"day": said_beginning(row.begins)}
    if row.standing == Standing.OPEN.value:
        return _("ouverte jusqu’au %(day)s") % {"day": said_instant(row.closes)}
    if row.standing == Standing.REPLIES.value:
        if row.reply_by < timezone.localdate():
            return _("réponses dues depuis le %(day)s") % {"day": date_format(row.reply_by)}
        return _("réponses attendues au plus tard le %(day)s") % {"day": date_format(row.reply_by)}
    return _("terminée le %(day)s") % {"day": said_instant(row.closes)} if row.closes else _("terminée")


_LABELS = {
    "ends_at": gettext_lazy("Fin de l’étape, avant"),
    "power": gettext_lazy("Rôle"),
    "numbers": gettext_lazy("Présents comptés, avant"),
    "deliberation_number": gettext_lazy("Numéro, avant"),
    "deliberation_on": gettext_lazy("Date de la délibération, avant"),
    "deliberation_url": gettext_lazy("Adresse de la délibération, avant"),
}


@dataclass(frozen=True)
class Told:
    """``step``: the one that it is about. ``before``: label and what it said."""

    change: ProcessChange
    title: str
    step: Step | None
    before: list[tuple[str, str]]
    act: LogEntry | None


def told_story(process: Process, story: Story) -> list[Told]:
    steps = {step.token: step for step in process.steps.all()}
    return [
        Told(
            change=change,
            title=str(PUBLIC_ACTS[change.verb].title) if change.verb in PUBLIC_ACTS else change.verb,
            step=steps.get(str(change.before.get("step", ""))),
            before=[
                (str(_LABELS[name]), _said(name, value))
                for name, value in change.before.items()
                if name in _LABELS and value
            ],
            act=story.acts.get(change.number),
        )
        for change in story.changes
    ]


def _said(name: str, value: Any) -> str:
    if name == "ends_at":
        return said_instant(dt.datetime.fromisoformat(value))
    if name == "power":
        return str(Power(value).label)
    if name == "deliberation_on":
        return date_format(dt.date.fromisoformat(value))
    if name == "numbers":
        return ", ".join(f"{College(code).label} : {number}" for code, number in value.items())
    return str(value)
