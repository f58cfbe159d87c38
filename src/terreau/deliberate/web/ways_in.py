"""Where somebody goes from the page of a process: to take part while it is open, to prepare it while it is a draft."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from terreau.deliberate.actions.proposals import WRITING
from terreau.deliberate.actions.statements import asks_opinions
from terreau.deliberate.enums import StepKind
from terreau.deliberate.models import Process

Way = tuple[str, str]
"""Words and an address."""


def ways_in(process: Process, now: dt.datetime) -> list[Way]:
    """What the steps that are open ask for: the first one is what most people come for."""
    ways = []
    if process.step_open_at(now, StepKind.VOTE) is not None:
        ways.append((_("Donner mon avis"), reverse("deliberate:vote", args=[process.slug])))
    if process.step_open_at(now, *WRITING) is not None:
        texts = list(process.texts.filter(is_open=True).values_list("token", flat=True)[:2])
        if len(texts) == 1:
            address = reverse("deliberate:text", args=[process.slug, texts[0]])
            ways.append((_("Lire le texte et y contribuer"), address))
        elif texts:
            address = reverse("deliberate:texts", args=[process.slug])
            ways.append((_("Lire les textes et y contribuer"), address))
        ways.append((_("Faire une proposition"), reverse("deliberate:proposal_new", args=[process.slug])))
    return ways


def prepared(draft: Process) -> list[Way]:
    """What waits for the opening, seen from the page of a draft."""
    seeds = draft.statements.count()
    found = []
    if seeds:
        words = _("Affirmations de départ : %d") % seeds
        found.append((words, reverse("deliberate:statements", args=[draft.slug])))
    for text in draft.texts.all():
        words = _("Texte : %s") % text.title
        found.append((words, reverse("deliberate:text", args=[draft.slug, text.token])))
    return found


def lacks_seeds(draft: Process) -> bool:
    """People are to be asked, and nothing is there to ask them."""
    return asks_opinions(draft) and not draft.statements.exists()
