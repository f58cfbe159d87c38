"""What else than commitments may be followed by mail: each room says of its own things, the portal registers it.

A subscription names one by ``topic``, ``kind:name``: ``process:halle-fictive``.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from terreau.commitments.models import Subscription

LinkTo = Callable[[str, str, tuple[str, ...]], str]
"""(language, route, its arguments) → absolute address."""


@dataclass(frozen=True)
class Letter:
    """What a room tells one reader: ``words`` under its own title; ``footer``, how she answers, is said once for
    several letters that have the same. ``reply_to``: where her answer is received.

    A reminder is given once: ``take`` says whether it still is to be sent, ``give_back`` that it did not leave.
    """

    words: str
    footer: str = ""
    reply_to: str = ""
    is_reminder: bool = False
    take: Callable[[], bool] = field(default=lambda: True)
    give_back: Callable[[], None] = field(default=lambda: None)


class Topic(Protocol):
    def label(self, name: str) -> str:
        """How it is called; empty: it is not shown, and nothing is said of it."""

    def news(self, subscription: Subscription, *, since: dt.datetime, link_to: LinkTo) -> Letter | None:
        """What happened since; None: nothing to tell."""

    def reminder(self, subscription: Subscription, *, link_to: LinkTo) -> Letter | None:
        """What ends soon without her."""


_topics: dict[str, Topic] = {}


def register_topic(kind: str, topic: Topic) -> None:
    _topics[kind] = topic


def topic_of(subscription: Subscription) -> Topic | None:
    return _topics.get(subscription.topic.partition(":")[0])


def name_of(subscription: Subscription) -> str:
    return subscription.topic.partition(":")[2]


def topic_label(subscription: Subscription) -> str:
    topic = topic_of(subscription)
    return topic.label(name_of(subscription)) if topic else ""
