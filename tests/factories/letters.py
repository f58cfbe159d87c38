"""Who follows a process, and texts to tell her about."""

import datetime as dt
from typing import Any

from django.utils import timezone

from terreau.commitments.models import Subscription
from terreau.deliberate.models import Paragraph, Process, Text, TextVersion
from terreau.deliberate.queries.following import topic_of


def make_follower(process: Process, email: str = "a@exemple.invalid", **values: Any) -> Subscription:
    values = {"confirmed_at": timezone.now() - dt.timedelta(days=20), **values}
    if "user" in values:
        email = ""
    return Subscription.objects.create(email=email, topic=topic_of(process), **values)


def make_text(process: Process, title: str = "Texte fictif", **values: Any) -> Text:
    text = Text.objects.create(process=process, title=title, **values)
    make_version(text, "Un paragraphe fictif.")
    return text


def make_version(text: Text, *paragraphs: str, at: dt.datetime | None = None) -> TextVersion:
    number = text.versions.count() + 1
    version = TextVersion.objects.create(text=text, number=number, published_at=at or timezone.now())
    for rank, words in enumerate(paragraphs):
        Paragraph.objects.create(version=version, rank=rank, words=words)
    return version
