"""One mail a week at most to each address: what falls due, what changed since the last one, what other rooms tell.
A reminder of what ends soon does not wait for its turn.

At most once: the week is taken before the mail leaves. A command killed in between has not sent it, and the next
one does not send it again; only a mail that the server refused gives its week back.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from terreau.commitments.enums import State
from terreau.commitments.models import LastDigest, Subscription
from terreau.commitments.queries.asking import commitments_asked
from terreau.commitments.queries.reserve import without_promotion
from terreau.commitments.queries.subscriptions import (
    STOP,
    address_key,
    asked_by,
    last_digest,
    scope_label,
    secret_of,
    subscriptions_by_address,
)
from terreau.commitments.queries.topics import Letter, LinkTo, topic_of
from terreau.commitments.rules import spoken_for
from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import send_once
from terreau.commons.models import User

from .subscribing import forget_unconfirmed

A_WEEK = dt.timedelta(days=7)
AHEAD = dt.timedelta(days=14)
LONGEST_BACK = dt.timedelta(days=31)
MOST_LINES = 50


@dataclass
class Digest:
    """What one mail tells, by parts: of commitments, then of what other rooms say."""

    due: list[Any] = field(default_factory=list)
    passed: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    @property
    def has_commitments(self) -> bool:
        return bool(self.due or self.passed or self.changed)

    @property
    def is_empty(self) -> bool:
        return not (self.has_commitments or self.letters)


def send_digests(*, link_to: LinkTo, by: User | None) -> int:
    """Write to every address whose turn has come and for which there is something to tell. Returns how many went.

    May be run as often as one likes, and twice at once.
    """
    forget_unconfirmed(by=by)
    groups = subscriptions_by_address()
    _forget_old_weeks(set(map(address_key, groups)))
    sent = sum(_send_to(address, rows, link_to) for address, rows in sorted(groups.items()))
    with transaction.atomic():
        write_journal(verb="send-digests", by=by, sent=sent)
    return sent


def _send_to(address: str, subscriptions: list[Subscription], link_to: LinkTo) -> bool:
    now = timezone.now()
    last = last_digest(address)
    with override(subscriptions[0].language):
        reminders = _reminders(subscriptions, link_to)
        if last is not None and last.sent_at > now - A_WEEK:  # also when the clock went back
            return _remind(address, subscriptions, reminders, link_to)
        since = max(last.sent_at if last else now - A_WEEK, now - LONGEST_BACK)
        digest = compose(subscriptions, since=since, link_to=link_to)
        if (digest.is_empty and not reminders) or not _take_week(address, now):
            return False
        if _remind(address, subscriptions, reminders, link_to, digest):
            return True
    _give_week_back(address, last)
    return False


def _remind(
    address: str,
    subscriptions: list[Subscription],
    reminders: list[Letter],
    link_to: LinkTo,
    digest: Digest | None = None,
) -> bool:
    """Send those that nobody else sends, with the digest if its turn has come."""
    taken = [one for one in reminders if one.take()]
    digest = digest or Digest()
    digest.letters[:0] = taken
    went = not digest.is_empty and _send(address, subscriptions, digest, link_to)
    if not went:
        for one in taken:
            one.give_back()
    return went


def _send(address: str, subscriptions: list[Subscription], digest: Digest, link_to: LinkTo) -> bool:
    token, language = subscriptions[0].token, subscriptions[0].language
    stop = link_to(language, "commitments:stop", (token, secret_of(STOP, token)))
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    answered_at = {one.reply_to for one in digest.letters if one.reply_to}
    if len(answered_at) == 1:  # else each part says where it is answered
        headers["Reply-To"] = answered_at.pop()
    return send_once(
        to=address,
        subject=_subject(digest),
        body=words_of(digest, subscriptions, link_to, stop),
        headers=headers,
        by=None,
    )


def _subject(digest: Digest) -> str:
    if not digest.letters:
        return _("Engagements : ce qui arrive à échéance")
    if not digest.has_commitments and all(one.is_reminder for one in digest.letters):
        return _("Rappel : une étape se termine sans vous")
    return _("Votre lettre de la semaine : ce que vous suivez")


@transaction.atomic
def _take_week(address: str, now: dt.datetime) -> bool:
    """Whether the week is ours: of two commands at once, one only has it."""
    row, is_new = LastDigest.objects.get_or_create(
        address_key=address_key(address), defaults={"sent_at": now}
    )
    free = LastDigest.objects.filter(pk=row.pk, sent_at__lte=now - A_WEEK)
    return is_new or bool(free.update(sent_at=now))


@transaction.atomic
def _give_week_back(address: str, last: LastDigest | None) -> None:
    rows = LastDigest.objects.filter(address_key=address_key(address))
    if last is None:
        rows.delete()
    else:
        rows.update(sent_at=last.sent_at)


@transaction.atomic
def _forget_old_weeks(followed: set[str]) -> None:
    """Of addresses that follow nothing any more, once the week is over."""
    LastDigest.objects.filter(sent_at__lt=timezone.now() - A_WEEK).exclude(address_key__in=followed).delete()


def compose(subscriptions: list[Subscription], *, since: dt.datetime, link_to: LinkTo) -> Digest:
    """Each commitment once: due within two weeks, date passed since the last mail, or changed since. Then what other
    rooms tell of theirs.
    """
    today, last_day = timezone.localdate(), timezone.localdate(since)
    found: dict[str, Any] = {}
    for one in (one for one in subscriptions if not one.topic):
        for row in _followed(one).filter(_news(today, since)).order_by("due_on", "token")[:MOST_LINES]:
            found.setdefault(row.token, row)
    digest = Digest()
    for row in sorted(found.values(), key=lambda row: (row.due_on, row.token)):
        if row.state == State.OPEN and today <= row.due_on <= today + AHEAD:
            digest.due.append(row)
        elif row.state == State.OPEN and last_day <= row.due_on < today:
            digest.passed.append(row)
        else:
            digest.changed.append(row)
    for one in subscriptions:
        topic = topic_of(one)
        letter = topic.news(one, since=since, link_to=link_to) if topic else None
        digest.letters += [letter] if letter else []
    return digest


def _reminders(subscriptions: list[Subscription], link_to: LinkTo) -> list[Letter]:
    found = [topic.reminder(one, link_to=link_to) for one in subscriptions if (topic := topic_of(one))]
    return [letter for letter in found if letter]


def _news(today: dt.date, since: dt.datetime) -> Q:
    falls_due = Q(state=State.OPEN, due_on__gte=timezone.localdate(since), due_on__lte=today + AHEAD)
    return falls_due | Q(changes__at__gt=since)


def _followed(subscription: Subscription) -> "QuerySet[Any]":
    rows = commitments_asked(asked_by(subscription)).filter(is_demonstration=False)
    if subscription.is_own:  # what she answers for herself: to be reminded of it promotes nobody
        return rows.filter(owner__in=spoken_for(subscription.user)).distinct()
    return without_promotion(rows, timezone.localdate()).distinct()


def words_of(digest: Digest, subscriptions: list[Subscription], link_to: LinkTo, stop: str) -> str:
    parts = [
        (_("Bientôt dus"), digest.due),
        (_("Date passée, où en est-on ?"), digest.passed),
        (_("Ce qui a changé"), digest.changed),
    ]
    lines = []
    for title, rows in parts:
        if rows:
            lines += [title, ""]
            lines += [_line(row, link_to, subscriptions[0].language) for row in rows]
    for number, letter in enumerate(digest.letters):
        is_last = letter.footer not in {one.footer for one in digest.letters[number + 1 :]}
        lines += [letter.words, "", *([letter.footer, ""] if letter.footer and is_last else [])]
    followed = ", ".join(dict.fromkeys(map(scope_label, subscriptions)))
    lines += [
        _("Vous suivez : %s. Un message par semaine au plus, et aucun quand il n’y a rien à dire.")
        % followed,
        _("Ne plus rien recevoir : %s") % stop,
    ]
    return "\n".join(lines) + "\n"


def _line(row: Any, link_to: LinkTo, language: str) -> str:
    address = link_to(language, "commitments:commitment", (row.token,))
    title = " ".join(row.title.split())
    return f"- {date_format(row.due_on)} : {title} ({State(row.state).label})\n  {address}\n"
