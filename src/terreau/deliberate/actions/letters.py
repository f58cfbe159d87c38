"""What a process tells by mail to one who follows it: in the weekly mail, and once before a step ends without her.

No count of votes or supports is ever in a mail: it may be read after results are hidden again. Nothing either of a
file that an interest of the reader locks.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import Answer
from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import ANSWER, address_key, reader_of, secret_of
from terreau.commitments.queries.topics import Letter, LinkTo
from terreau.commons.models import User
from terreau.deliberate.enums import TAKING_PART, Outcome, ParagraphKind, StepKind
from terreau.deliberate.instants import said_instant
from terreau.deliberate.models import (
    Contribution,
    Participant,
    Process,
    Proposal,
    Reminder,
    Step,
    TextVersion,
)
from terreau.deliberate.queries import find_process, news
from terreau.deliberate.queries.following import (
    followed_process,
    has_acted,
    is_put_forward,
    mail_secret,
    participants_of,
    reply_address,
    steps_that_end,
)
from terreau.deliberate.rules import is_locked

from .participating import digest_of

LONGEST_TEXT = 20_000
LONGEST_WORDS = 1_000
MOST_ROWS = 20


@dataclass(frozen=True)
class _Reading:
    """One mail being written: of which process, to whom, since when."""

    process: Process
    subscription: Subscription
    reader: User | None
    since: dt.datetime
    now: dt.datetime
    page: str

    @property
    def participants(self) -> "QuerySet[Participant]":
        digest = digest_of(self.process, mail_secret(self.subscription))
        return participants_of(self.process, reader=self.reader, secret_digest=digest)


class ProcessLetters:
    """Registered by the portal for the subscriptions to a process."""

    def label(self, name: str) -> str:
        process = find_process(name)
        if process is None or process.is_draft:
            return ""
        return _("la démarche « %s »") % _one_line(process.title)

    def news(self, subscription: Subscription, *, since: dt.datetime, link_to: LinkTo) -> Letter | None:
        reading = _reading(subscription, since, link_to)
        if reading is None:
            return None
        parts = [
            _changed(reading),
            _versions(reading),
            _statements(reading),
            _proposals(reading),
            _replies(reading),
            _outcomes(reading),
            _reviewed(reading),
        ]
        told = [line for part in parts for line in part]
        if not told and not _has_moved(reading):
            return None
        now_open = [
            _("À faire maintenant :"),
            *map(_step_line, news.open_steps(reading.process, reading.now)),
        ]
        lines = [*_heading(reading), *(now_open if len(now_open) > 1 else []), *told]
        return _letter(reading, lines, link_to)

    def reminder(self, subscription: Subscription, *, link_to: LinkTo) -> Letter | None:
        reading = _reading(subscription, timezone.now(), link_to)
        if reading is None:
            return None
        key = address_key(subscription.address)
        reminded = Reminder.objects.filter(step__process=reading.process, address_key=key)
        known = set(reminded.values_list("step_id", flat=True))
        steps = [one for one in steps_that_end(reading.process, reading.now) if one.pk not in known]
        steps = [one for one in steps if not has_acted(reading.participants, one)]
        if not steps:
            return None
        lines = [*_heading(reading), _("Cela se termine bientôt :"), *map(_step_line, steps)]
        lines.append(
            _("Si vous l’avez fait depuis un autre appareil sans compte, ne tenez pas compte de ce rappel.")
        )
        return replace(
            _letter(reading, lines, link_to),
            is_reminder=True,
            take=partial(_take_reminders, steps, key),
            give_back=partial(_give_back_reminders, steps, key),
        )


def _reading(subscription: Subscription, since: dt.datetime, link_to: LinkTo) -> _Reading | None:
    """None: this mail says nothing of the process."""
    process, now = followed_process(subscription), timezone.now()
    if process is None or not is_put_forward(process, timezone.localdate(now)):
        return None
    reader = reader_of(subscription)
    if is_locked(reader, process):
        return None
    began = subscription.confirmed_at
    if began is not None and began > since:  # the first mail tells what is there
        since = process.opened_at or began
    page = link_to(subscription.language, "deliberate:process", (process.slug,))
    return _Reading(process, subscription, reader, since - dt.timedelta(microseconds=1), now, page)


@transaction.atomic
def _take_reminders(steps: list[Step], key: str) -> bool:
    Reminder.objects.filter(step__ends_at__lt=timezone.now()).delete()
    taken = [Reminder.objects.get_or_create(step=step, address_key=key)[1] for step in steps]
    return any(taken)


@transaction.atomic
def _give_back_reminders(steps: list[Step], key: str) -> None:
    Reminder.objects.filter(step__in=steps, address_key=key).delete()


def _letter(reading: _Reading, lines: list[str], link_to: LinkTo) -> Letter:
    process, subscription = reading.process, reading.subscription
    address, footer = "", list[str]()
    if process.step_open_at(reading.now, *TAKING_PART):
        secret = secret_of(ANSWER, subscription.token)
        link = link_to(subscription.language, "deliberate:answer", (process.slug, subscription.token, secret))
        address = reply_address(subscription)
        footer = [_("Répondre, par votre lien personnel : %s") % link]
        if process.step_open_at(reading.now, StepKind.VOTE):
            footer = [_("Donner votre avis, ou écrire, par votre lien personnel : %s") % link]
        if address:
            footer.append(_("Ou par courriel, à cette adresse qui n’est qu’à vous : %s") % address)
    return Letter("\n".join(lines), "\n".join(footer), reply_to=address)


def _heading(reading: _Reading) -> list[str]:
    title = _("Démarche « %s »") % _one_line(reading.process.title)
    return [title, reading.page, ""]


def _one_line(words: str, longest: int = LONGEST_WORDS) -> str:
    words = " ".join(words.split())
    return words if len(words) <= longest else f"{words[:longest]}…"


def _step_line(step: Step) -> str:
    return _("- %(step)s, jusqu’au %(end)s") % {
        "step": _one_line(str(step)),
        "end": said_instant(step.ends_at),
    }


def _has_moved(reading: _Reading) -> bool:
    """A step began or the process closed since: worth a mail by itself."""
    began = any(reading.since < step.starts_at <= reading.now for step in reading.process.steps.all())
    closes = reading.process.closes_at
    return began or (closes is not None and reading.since < closes <= reading.now)


def _part(title: str, lines: Iterable[str]) -> list[str]:
    told = list(lines)
    return ["", title, *told] if told else []


def _cut(lines: list[str], reading: _Reading) -> list[str]:
    return [*lines[:MOST_ROWS], _("La suite : %s") % reading.page] if len(lines) > MOST_ROWS else lines


def _changed(reading: _Reading) -> list[str]:
    changes = news.changes_since(reading.process, reading.since)
    lines = [f"- {said_instant(one.at)} : {_one_line(one.reason)}" for one in changes[: MOST_ROWS + 1]]
    closes = reading.process.closes_at
    if closes is not None and reading.since < closes <= reading.now:
        lines.append(
            _("- Close le %s. Ce qui en ressort est sur la page de la démarche.") % said_instant(closes)
        )
    return _part(_("Ce qui change dans la démarche :"), _cut(lines, reading))


def _versions(reading: _Reading) -> list[str]:
    lines: list[str] = []
    for version in news.versions_since(reading.process, reading.since):
        if not is_locked(reading.reader, reading.process, text=version.text):
            title = _("Texte « %(title)s », version %(number)d :") % {
                "title": _one_line(version.text.title),
                "number": version.number,
            }
            lines += ["", title, "", _text_of(version, reading)]
    return lines


def _text_of(version: TextVersion, reading: _Reading) -> str:
    marks = {ParagraphKind.ITEM: "- "}
    paragraphs = version.paragraphs.all()
    text = "\n\n".join(marks.get(ParagraphKind(one.kind), "") + one.words.strip() for one in paragraphs)
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + "…\n\n" + _("La suite : %s") % reading.page
    return text


def _statements(reading: _Reading) -> list[str]:
    rows = news.statements_since(reading.process, reading.since)[: MOST_ROWS + 1]
    return _part(_("Nouvelles affirmations :"), _cut([f"- {_one_line(one.words)}" for one in rows], reading))


def _proposals(reading: _Reading) -> list[str]:
    rows = news.proposals_since(reading.process, reading.since)[: MOST_ROWS + 1]
    lines = [
        f"- {_called(one)}"
        for one in rows
        if not is_locked(reading.reader, reading.process, proposal=one) and one.versions.all()
    ]
    return _part(_("Nouvelles propositions :"), _cut(lines, reading))


def _called(proposal: Proposal) -> str:
    last = list(proposal.versions.all())[-1]
    return f"{proposal.number}. {_one_line(last.title)}. {_one_line(last.words)}"


def _replies(reading: _Reading) -> list[str]:
    lines = []
    for reply in news.replies_since(reading.process, reading.since)[: MOST_ROWS + 1]:
        proposal = reply.proposal
        if is_locked(reading.reader, reading.process, proposal=proposal) or not proposal.versions.all():
            continue
        lines.append(
            _("- À la proposition %(number)d, « %(title)s » : %(answer)s. %(reasons)s")
            % {
                "number": proposal.number,
                "title": _one_line(list(proposal.versions.all())[-1].title),
                "answer": Answer(reply.answer).label,
                "reasons": _one_line(reply.reasons),
            }
        )
    return _part(_("Ce qui a été répondu :"), _cut(lines, reading))


def _outcomes(reading: _Reading) -> list[str]:
    lines = []
    for one in news.outcomes_since(reading.participants, reading.since)[: MOST_ROWS + 1]:
        if not is_locked(reading.reader, reading.process, text=one.text):
            values = {
                "title": _one_line(one.text.title),
                "outcome": Outcome(one.outcome).label,
                "why": _one_line(one.outcome_reason),
            }
            lines.append(_("- Sur « %(title)s » : %(outcome)s, parce que : %(why)s") % values)
    return _part(_("Ce que sont devenues vos contributions :"), _cut(lines, reading))


def _reviewed(reading: _Reading) -> list[str]:
    lines = []
    for row in news.reviewed_since(reading.participants, reading.since):
        if isinstance(row, Contribution) and is_locked(reading.reader, reading.process, text=row.text):
            continue
        said = _one_line(row.words, 100)
        if row.is_published:
            lines.append(_("- « %s » est publié.") % said)
        else:
            values = {"words": said, "motive": _one_line(row.motive)}
            lines.append(_("- « %(words)s » n’est pas publié. Motif : %(motive)s") % values)
    return _part(_("Ce que vous avez écrit :"), _cut(lines, reading))
