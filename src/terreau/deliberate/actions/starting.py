"""A process starts from a preset as a draft, and becomes public with a whole mandate."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from terreau.commitments.models import ProgrammeItem
from terreau.commons.actions import write_journal
from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party, User
from terreau.commons.search.fold import fold_for_search
from terreau.deliberate.enums import TAKING_PART, Power, Preset, State
from terreau.deliberate.instants import beginning, ending, last_day_before
from terreau.deliberate.models import Process, ProcessRole, Step
from terreau.deliberate.presets import PRESETS, dated_steps, reply_day
from terreau.deliberate.rules import may_facilitate, may_see, may_start
from terreau.lake.turn import take_turn

from .interests import write_interest
from .writing import NotAllowed, locked, subject_of, write_change

MANDATE = (
    "title",
    "subject",
    "open_matters",
    "closed_matters",
    "decider",
    "decider_name",
    "legal_basis",
    "method",
    "reply_by",
    "place",
    "colleges",
    "eligibility",
    "asks_college",
    "hides_results",
    "asks_at_a_time",
    "licence",
)
MOST_STEPS = 12
_MOST_SLUG = 60
_ASKED = {
    "subject": _("Dites quelle question est posée."),
    "open_matters": _("Dites ce qui est ouvert : ce que les gens peuvent changer."),
    "closed_matters": _("Dites ce qui ne l’est pas : ce qui est déjà décidé, ou ne dépend pas de cette démarche."),
    "method": _("Dites par quelle méthode."),
    "reply_by": _("Donnez la date de la réponse."),
}  # fmt: skip


@dataclass(frozen=True)
class StepTerms:
    """``first`` and ``last``: both are days of the step, whole without a time; ``last_time`` is the first instant
    after it. ``token``: of a step that is there already.
    """

    kind: str
    first: dt.date
    last: dt.date
    first_time: dt.time | None = None
    last_time: dt.time | None = None
    title: str = ""
    words: str = ""
    token: str = ""


@transaction.atomic
def start_process(
    *,
    preset: str,
    title: str,
    facilitator_name: str,
    first_day: dt.date,
    steps: Sequence[StepTerms] | None = None,
    items: Iterable[ProgrammeItem] = (),
    by: User,
    **values: Any,
) -> Process:
    """A draft, filled by its preset where ``values`` (of MANDATE) and ``steps`` say nothing; ``by`` facilitates it.

    Raises NotAllowed, ValidationError.
    """
    take_turn()  # else two of the same title would take the same address
    if not may_start(by):
        raise NotAllowed(_("Les animateurs du site et les gardiens des données ouvrent une démarche."))
    chosen = Preset(preset)
    if not facilitator_name.strip():
        raise ValidationError({"facilitator_name": _("Dites sous quel nom vous animez : il est public.")})
    filled = {**PRESETS[chosen].switches(), "reply_by": reply_day(chosen, first_day), **values}
    row = Process(preset=chosen, slug=free_slug(title), created_by=by)
    _set_values(row, {"title": title, **filled})
    row.save()
    row.items.set(items)
    set_steps(row, steps if steps is not None else _of_preset(chosen, first_day))
    ProcessRole.objects.create(
        process=row, user=by, power=Power.FACILITATOR, shown_name=facilitator_name.strip(), given_by=by
    )
    write_journal(verb="draft-process", subject=subject_of(row), by=by)
    return row


def _of_preset(preset: Preset, first_day: dt.date) -> list[StepTerms]:
    dated = dated_steps(preset, first_day)
    return [StepTerms(kind=one.kind, first=one.first, last=one.last, words=one.words) for one in dated]


def free_slug(title: str) -> str:
    """Of the title, with a hyphen at least: no page of the room is shadowed by a process called as it is."""
    base = slugify(title)[:_MOST_SLUG].strip("-") or "demarche"
    if "-" not in base:
        base = f"demarche-{base}"
    taken = set(Process.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)


@transaction.atomic
def change_draft(
    *,
    process: Process,
    steps: Sequence[StepTerms] | None = None,
    items: Iterable[ProgrammeItem] | None = None,
    by: User,
    **values: Any,
) -> Process:
    """What is not given stays. Raises NotAllowed, ValidationError."""
    row = _own_draft(process, by)
    _set_values(row, values)
    row.save()
    if items is not None:
        row.items.set(items)
    if steps is not None:
        set_steps(row, steps)
    write_journal(verb="change-process-draft", subject=subject_of(row), by=by)
    return row


@transaction.atomic
def discard_process_draft(*, process: Process, by: User) -> None:
    """Nothing of it stays. Raises NotAllowed."""
    row = _own_draft(process, by)
    subject = subject_of(row)
    row.delete()
    write_journal(verb="discard-process-draft", subject=subject, by=by)


@transaction.atomic
def open_process(*, process: Process, own_interest: str | None, by: User) -> Process:
    """Publish it. ``own_interest``: "" when she has none; None when she was not asked, which is refused.

    Raises NotAllowed, ValidationError: each problem at its field.
    """
    row = _own_draft(process, by)
    check_whole(row, own_interest)
    row.state, row.opened_at = State.OPEN, timezone.now()
    row.save()
    write_change(row, "open-process", by=by)
    if own_interest:
        held = row.roles.filter(user=by, ended_at__isnull=True).first()
        write_interest(row, words=own_interest, shown_name=held.shown_name if held else "", by=by)
    return row


def check_whole(row: Process, own_interest: str | None) -> None:
    """What a public process needs. Raises ValidationError."""
    problems = {name: said for name, said in _ASKED.items() if not getattr(row, name)}
    if not (row.decider or row.decider_identity or row.decider_name):
        problems["decider"] = _("Nommez qui décide en droit.")
    if row.licence == NOT_FOR_PUBLICATION:
        problems["licence"] = _("Une démarche publique se réutilise : choisissez une licence qui le permet.")
    if own_interest is None:
        problems["has_interest"] = _("Répondez par oui ou non ; si c’est oui, dites lequel.")
    taking_part = [step for step in row.steps.all() if step.kind in TAKING_PART]
    if not taking_part:
        problems["steps"] = _(
            "Il faut au moins une étape où l’on prend part : observer, proposer, discuter ou donner son avis."
        )
    elif row.closes_at and row.closes_at <= timezone.now():
        problems["steps"] = _("Toutes les étapes où l’on prend part sont passées : changez leurs dates.")
    if not row.roles.filter(power=Power.FACILITATOR, ended_at__isnull=True).exists():
        problems["facilitator_name"] = _("Il faut au moins un animateur nommé.")
    if problems:
        raise ValidationError(problems)
    check_reply_day(row)


def check_reply_day(row: Process) -> None:
    """Nobody owes a reply before people have finished. Raises ValidationError."""
    closes = row.closes_at
    if closes is not None and row.reply_by is not None and row.reply_by < last_day_before(closes):
        raise ValidationError(
            {"reply_by": _("La réponse serait due avant la fin des étapes : changez l’une des dates.")}
        )


def set_steps(row: Process, steps: Sequence[StepTerms]) -> None:
    """Those of a draft, all at once: what is not named goes. Raises ValidationError."""
    if len(steps) > MOST_STEPS:
        raise ValidationError({"steps": _("Douze étapes au plus.")})
    kept = {step.token: step for step in row.steps.all()}
    named = {terms.token for terms in steps}
    row.steps.filter(token__in=[token for token in kept if token not in named]).delete()
    for terms in steps:
        starts_at, ends_at = beginning(terms.first, terms.first_time), ending(terms.last, terms.last_time)
        if ends_at <= starts_at:
            raise ValidationError({"steps": _("Une étape finit avant de commencer : corrigez ses dates.")})
        step = kept.get(terms.token) or Step(process=row)
        step.kind, step.title, step.words = terms.kind, terms.title, terms.words
        step.starts_at, step.ends_at = starts_at, ends_at
        step.full_clean(exclude=["process"], validate_constraints=False)
        step.save()
    row._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def _own_draft(process: Process, by: User) -> Process:
    row = locked(process)
    if not may_see(by, row):
        raise NotAllowed(_("Ce brouillon est privé."))
    if not row.is_draft:
        raise NotAllowed(
            _(
                "Cette démarche est publique : son mandat ne change plus. Ses étapes changent avec une raison publique."
            )
        )
    if not may_facilitate(by, row):
        raise NotAllowed(_("Un brouillon est changé et publié par ses animateurs."))
    return row


def _set_values(row: Process, values: dict[str, Any]) -> None:
    """Raises ValidationError."""
    unknown = values.keys() - set(MANDATE)
    if unknown:
        raise TypeError(f"not a part of a mandate: {sorted(unknown)}")
    for name, value in values.items():
        if name == "decider":
            _set_decider(row, value)
        else:
            setattr(row, name, value)
    if row.decider and row.decider_name:
        raise ValidationError(
            {"decider": _("Choisissez une organisation de l’annuaire ou écrivez un nom, pas les deux.")}
        )
    row.search_text = fold_for_search(f"{row.title} {row.subject} {row.open_matters}")
    row.full_clean(exclude=["decider", "place", "slug"], validate_constraints=False)


def _set_decider(row: Process, party: Party | None) -> None:
    row.decider, row.decider_identity = party, party.identity if party else ""
