"""Pictures as answers: what a re-user needs to show one with its credit. Those kept out of publication are nowhere."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from ninja import Field, Schema

from terreau.observe.models import Picture
from terreau.observe.models.pictures import LARGE


class PictureOut(Schema):
    """A picture that is shown: its author gave the licence, and the people in it agreed."""

    token: str = Field(description="Identifier of the picture")
    file: str = Field(
        description="Address of the file, in WebP; it answers 404 once the picture is withdrawn"
    )
    width: int = Field(description="Of the file, in pixels")
    height: int = Field(description="Of the file, in pixels")
    alt: str = Field(description="What one sees, in French: the alternative text")
    author: str = Field(description="To be named")
    rights_holder: str
    licence: str = Field(description="Code of the licence")
    licence_url: str | None
    credit: str = Field(description="The line to copy beside the picture, in French")
    source_address: str | None = Field(description="Where it comes from")
    taken_on: dt.date | None
    sha256: str = Field(description="Digest of the file")


def pictures_told(pictures: Iterable[Picture]) -> list[dict[str, Any]]:
    return [_picture(picture) for picture in pictures]


def _picture(picture: Picture) -> dict[str, Any]:
    same = ("token", "width", "height", "alt", "rights_holder", "licence", "credit", "taken_on", "sha256")
    return {name: getattr(picture, name) for name in same} | {
        "file": reverse("observe:picture_file", args=[picture.sha256, LARGE]),
        "author": picture.author_name,
        "licence_url": picture.licence_terms.url or None,
        "source_address": picture.source_address or None,
    }
