"""Who follows a process by mail, as whom she takes part, and where her answer is received."""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from terreau.commitments.models import Subscription
from terreau.commitments.queries.reserve import reserve_on
from terreau.commitments.queries.subscriptions import TAKE_PART, find_subscription, secret_of
from terreau.commitments.queries.topics import name_of
from terreau.commons.enums import Nature, PartyKind
from terreau.commons.models import User
from terreau.deliberate.enums import StepKind
from terreau.deliberate.models import Participant, Process, Step

from .processes import find_process, visible_processes

KIND = "process"
REPLY = "reply"
REMINDED = (StepKind.PROPOSE, StepKind.DISCUSS, StepKind.VOTE)
REMINDED_BEFORE = dt.timedelta(days=3)
_SECRET_LENGTH = 20  # with the token and its address, within the 64 characters that a mailbox name may have


def topic_of(process: Process) -> str:
    return f"{KIND}:{process.slug}"


def followed_process(subscription: Subscription) -> Process | None:
    """None when it may not be shown any more."""
    process = find_process(name_of(subscription)) if subscription.topic.startswith(f"{KIND}:") else None
    return None if process is None or process.is_draft else process


def is_put_forward(process: Process, day: dt.date) -> bool:
    """Whether a mail may speak of it. During an electoral reserve, of nothing that a public body decides where one
    votes; a decider outside the directory is taken for one, as those that decide in law mostly are.
    """
    if process.is_demonstration:
        return False
    reserve = reserve_on(day)
    if reserve is None:
        return True
    public = Q(decider__kind=PartyKind.PUBLIC_BODY) | Q(decider__nature=Nature.PUBLIC)
    kept_out = (public | Q(decider__isnull=True)) & reserve.voting()
    return not visible_processes().filter(pk=process.pk).filter(kept_out).exists()


def mail_secret(subscription: Subscription) -> str:
    """What stands for the cookie of a browser when she answers by mail: the same person each time."""
    return secret_of(TAKE_PART, subscription.token)


def participants_of(process: Process, *, reader: User | None, secret_digest: str) -> "QuerySet[Participant]":
    """Herself, by her account or by her mail: two at most. What a browser did that told no mail is unknown here."""
    known = Q(secret_digest=secret_digest)
    return process.participants.filter(known | Q(user=reader) if reader else known)


def has_acted(participants: "QuerySet[Participant]", step: Step) -> bool:
    """In this step, or by a vote or a support, which have no date, at any time."""
    spoken = any(
        participants.filter(**{f"{words}__at__gte": step.starts_at}).exists()
        for words in ("statements", "contributions", "proposals")
    )
    if step.kind == StepKind.VOTE:
        return spoken or participants.filter(votes__isnull=False).exists()
    supported = Q(text_supports__isnull=False) | Q(proposal_supports__isnull=False)
    return spoken or participants.filter(supported).exists()


def steps_that_end(process: Process, now: dt.datetime) -> list[Step]:
    """Open ones in which one acts, and that end within three days."""
    if process.is_closed_at(now):
        return []
    return [
        step
        for step in process.steps.all()
        if step.kind in REMINDED and step.is_open_at(now) and step.ends_at <= now + REMINDED_BEFORE
    ]


def reply_address(subscription: Subscription) -> str:
    """Where she answers by mail; empty where the site receives none."""
    local, at, domain = settings.REPLY_ADDRESS.rpartition("@")
    if not (local and at and domain):
        return ""
    secret = secret_of(REPLY, subscription.token)[:_SECRET_LENGTH]
    return f"{local}+{subscription.token}-{secret}@{domain}"


def subscription_answered(address: str) -> Subscription | None:
    """The one whose address this is. Who writes to it does not matter: its secret does."""
    local, _at, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    name, _at, where = address.strip().lower().rpartition("@")
    base, _plus, tag = name.partition("+")
    token, _dash, secret = tag.partition("-")
    if not local or (base, where) != (local, domain) or not secret.isascii():
        return None
    if not constant_time_compare(secret_of(REPLY, token)[:_SECRET_LENGTH], secret):
        return None
    found = find_subscription(token)
    return found if found is not None and found.confirmed_at is not None else None
