"""Adding and withdrawing pictures of organisations, under the rule of ``commons.rights``: who made it, who is in it."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party, User
from terreau.commons.rights import Release, may_publish_picture
from terreau.lake.turn import take_turn
from terreau.observe.models import Picture, PictureRelease
from terreau.observe.models.pictures import SIZES
from terreau.observe.pictures import StoredPicture, folder, picture_path
from terreau.observe.queries import visible_parties
from terreau.observe.queries.documents import subject_of
from terreau.observe.queries.pictures import digests_in_use, may_change_pictures, pictures, releases_of

UNUSED_FOR = 24 * 3600  # seconds that a file waits for the form to be sent again, or for its row


class PictureRefused(ValueError):
    """The message says why, in French, and what to do. ``may_be_kept``: out of publication, it would be taken."""

    def __init__(self, message: str, *, may_be_kept: bool = False) -> None:
        super().__init__(message)
        self.may_be_kept = may_be_kept


def add_picture(*, party: Party, stored: StoredPicture, by: User, **values: Any) -> Picture:
    """Show it under its licence, or keep it out of publication (NOT_FOR_PUBLICATION).

    Raises PictureRefused, or ValidationError with the field.
    """
    with transaction.atomic():
        take_turn()  # else the file could be removed as unused meanwhile
        owner = visible_parties().filter(pk=party.pk).first()
        if owner is None:
            raise PictureRefused(_("Cette organisation n’est plus ici."))
        if not all(path.is_file() for path in _paths(stored.sha256)):
            raise PictureRefused(_("Le fichier a trop attendu. Choisissez-le de nouveau."))
        if Picture.objects.filter(party=owner, sha256=stored.sha256).exists():
            raise PictureRefused(_("Cette organisation a déjà cette image."))
        picture = Picture(party=owner, identity=owner.identity, added_by=by, **vars(stored), **values)
        picture.full_clean()
        _refuse_unpublishable(picture.licence, picture.people, [])
        picture.save()
        _journal("add-picture", picture, by, licence=picture.licence, people=picture.people)
    _forget_unused_files()
    return picture


@transaction.atomic
def add_release(*, picture: Picture, by: User, **values: Any) -> PictureRelease:
    """One more person agreed. The picture stays kept until its licence is changed. Raises ValidationError."""
    picture = _locked(picture)
    release = PictureRelease(picture=picture, **values)
    release.full_clean()
    release.save()
    _journal("add-picture-release", picture, by, releases=picture.releases.count())
    return release


@transaction.atomic
def withdraw_release(*, release: PictureRelease, by: User) -> Picture:
    """A person no longer agrees, or the paper was wrong. A picture that lacks it is no longer shown."""
    picture = _locked(release.picture)
    PictureRelease.objects.filter(pk=release.pk).delete()
    if not may_publish_picture(picture.licence, picture.people, releases_of(picture)).allowed:
        picture.licence = NOT_FOR_PUBLICATION
        picture.save(update_fields=["licence"])
    _journal(
        "withdraw-picture-release",
        picture,
        by,
        releases=picture.releases.count(),
        licence=picture.licence,
    )
    return picture


@transaction.atomic
def change_licence(*, picture: Picture, licence: str, by: User) -> Picture:
    """Show it under ``licence``, or keep it out of publication. Raises PictureRefused."""
    picture = _locked(picture)
    if picture.state == Picture.State.KEPT and not may_change_pictures(by):
        raise PictureRefused(
            _("Cette image est gardée hors publication : seul un gardien des données peut la montrer.")
        )
    _refuse_unpublishable(licence, picture.people, releases_of(picture))
    picture.licence = licence
    picture.save(update_fields=["licence"])
    _journal("change-picture-licence", picture, by, licence=licence)
    return picture


def withdraw_picture(*, picture: Picture, by: User) -> None:
    """It is nowhere any more; neither are its files, unless another picture is the same.

    Of a masked organisation too: it would come back with it.
    """
    with transaction.atomic():
        picture = _locked(picture, among=Picture.objects.all())
        _journal("withdraw-picture", picture, by)
        Picture.objects.filter(pk=picture.pk).delete()
    with transaction.atomic():
        take_turn()
        if picture.sha256 not in digests_in_use():
            for path in _paths(picture.sha256):
                path.unlink(missing_ok=True)


def _forget_unused_files() -> None:
    """Remove files that no picture has: those of forms never sent again.

    A day passes first: the row of a file is written after it.
    """
    with transaction.atomic():
        take_turn()
        used = digests_in_use()
        old = time.time() - UNUSED_FOR
        for path in folder().iterdir():
            with suppress(FileNotFoundError):
                if path.name.split("-")[0] not in used and path.stat().st_mtime < old:
                    path.unlink()


def _paths(sha256: str) -> list[Path]:
    return [picture_path(sha256, size) for size in SIZES]


def _locked(picture: Picture, *, among: QuerySet[Picture] | None = None) -> Picture:
    """As it is now, its party with it; nobody else changes it meanwhile. Raises PictureRefused."""
    found = (pictures() if among is None else among).select_for_update().filter(pk=picture.pk).first()
    if found is None:
        raise PictureRefused(_("Cette image n’est plus ici."))
    return found


def _refuse_unpublishable(licence: str, people: int, releases: list[Release]) -> None:
    if licence == NOT_FOR_PUBLICATION:
        return
    verdict = may_publish_picture(licence, people, releases)
    if not verdict.allowed:
        raise PictureRefused(str(verdict), may_be_kept=True)


def _journal(verb: str, picture: Picture, by: User, **details: Any) -> None:
    subject = subject_of(picture.its_party.public_id)
    write_journal(verb=verb, subject=subject, by=by, picture=picture.token, **details)
