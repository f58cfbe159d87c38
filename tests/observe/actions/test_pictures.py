"""Adding, keeping, showing and withdrawing pictures: the rule on rights, the files, merges, masks."""

import datetime as dt
import os
import time

import pytest
from django.core.exceptions import ValidationError

from terreau.commons.enums import Diffusion
from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION
from terreau.commons.models import JournalEntry, Party
from terreau.observe.actions.merging import merge_parties, undo_merge
from terreau.observe.actions.pictures import (
    UNUSED_FOR,
    PictureRefused,
    add_picture,
    add_release,
    change_licence,
    withdraw_picture,
    withdraw_release,
)
from terreau.observe.models import Picture, PictureRelease
from terreau.observe.models.pictures import SIZES
from terreau.observe.pictures import StoredPicture, picture_path, store_picture
from terreau.observe.queries.pictures import pictures_hidden, pictures_kept, pictures_shown
from tests.factories import make_party, make_record, make_user
from tests.factories.claims import make_custodian
from tests.factories.pictures import make_file, make_picture

pytestmark = pytest.mark.django_db
FREE = [code for code in LICENCES if code != NOT_FOR_PUBLICATION]
DAY = dt.date(2025, 1, 6)


@pytest.fixture
def steward():
    return make_user("", "steward")


def add(party: Party, by, stored: StoredPicture | None = None, **values) -> Picture:
    given = {
        "alt": "Une façade",
        "author_name": "Photographe fictive",
        "rights_holder": "Association fictive",
        "licence": "cc-by-4.0",
        "people": 0,
    }
    return add_picture(party=party, stored=stored or store_picture(make_file()), by=by, **{**given, **values})


def files_of(sha256: str) -> list[bool]:
    return [picture_path(sha256, size).exists() for size in SIZES]


@pytest.mark.parametrize("licence", FREE)
def test_a_photo_of_recognisable_people_without_releases(steward, licence) -> None:
    """It can be kept as *not for publication* and cannot take a free licence."""
    party = make_party()
    with pytest.raises(PictureRefused, match="ne peut pas recevoir une licence libre") as refused:
        add(party, steward, licence=licence, people=2)
    assert refused.value.may_be_kept and not Picture.objects.exists() and not JournalEntry.objects.exists()
    kept = add(party, steward, licence=NOT_FOR_PUBLICATION, people=2)
    assert kept.state == Picture.State.KEPT
    assert list(pictures_kept()) == [kept] and not pictures_shown().exists()
    with pytest.raises(PictureRefused, match="leur accord écrit manque"):
        change_licence(picture=kept, licence=licence, by=steward)
    add_release(picture=kept, by=steward, signed_on=DAY, any_reuse=True, reference="formulaire 12")
    with pytest.raises(PictureRefused, match="leur accord écrit manque"):
        change_licence(picture=kept, licence=licence, by=steward)
    add_release(picture=kept, by=steward, signed_on=DAY, any_reuse=True, reference="formulaire 13")
    assert not pictures_shown().exists(), "an agreement alone shows nothing"
    change_licence(picture=kept, licence=licence, by=steward)
    assert list(pictures_shown()) == [kept] and not pictures_kept().exists()


def test_a_narrow_agreement_is_not_enough_until_it_is_replaced(steward) -> None:
    kept = add(make_party(), steward, licence=NOT_FOR_PUBLICATION, people=1)
    narrow = add_release(picture=kept, by=steward, signed_on=DAY, any_reuse=False, reference="formulaire 12")
    add_release(picture=kept, by=steward, signed_on=DAY, any_reuse=True, reference="formulaire 14")
    with pytest.raises(PictureRefused, match="sans retour"):
        change_licence(picture=kept, licence="cc-by-4.0", by=steward)
    withdraw_release(release=narrow, by=steward)
    assert change_licence(picture=kept, licence="cc-by-4.0", by=steward).state == Picture.State.SHOWN


def test_whoever_no_longer_agrees_is_no_longer_shown(steward) -> None:
    picture = add(make_party(), steward, licence=NOT_FOR_PUBLICATION, people=1)
    release = add_release(picture=picture, by=steward, signed_on=DAY, any_reuse=True, reference="f. 1")
    change_licence(picture=picture, licence="cc-by-4.0", by=steward)
    assert withdraw_release(release=release, by=steward).licence == NOT_FOR_PUBLICATION
    assert not pictures_shown().exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"signed_on": dt.date(2999, 1, 1)}, "signed_on"),
        ({"until": dt.date(2024, 1, 1)}, "until"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
    ],
)
def test_agreements_that_cannot_be(steward, values, field) -> None:
    kept = add(make_party(), steward, licence=NOT_FOR_PUBLICATION, people=1)
    given = {"signed_on": DAY, "any_reuse": True, "reference": "formulaire 12", **values}
    with pytest.raises(ValidationError) as refused:
        add_release(picture=kept, by=steward, **given)
    assert list(refused.value.message_dict) == [field] and not PictureRelease.objects.exists()


@pytest.mark.parametrize("field", ["alt", "author_name", "rights_holder", "licence"])
def test_nothing_is_added_without_its_credit_and_description(steward, field) -> None:
    with pytest.raises(ValidationError) as refused:
        add(make_party(), steward, **{field: ""})
    assert list(refused.value.message_dict) == [field]


def test_each_act_leaves_one_entry_without_personal_text(steward) -> None:
    party = make_party()
    picture = add(party, steward, licence=NOT_FOR_PUBLICATION, people=1)
    release = add_release(picture=picture, by=steward, signed_on=DAY, any_reuse=True, reference="Dupuis")
    change_licence(picture=picture, licence="cc0-1.0", by=steward)
    withdraw_release(release=release, by=steward)
    withdraw_picture(picture=picture, by=steward)
    entries = list(JournalEntry.objects.order_by("pk"))
    assert [entry.verb for entry in entries] == [
        "add-picture",
        "add-picture-release",
        "change-picture-licence",
        "withdraw-picture-release",
        "withdraw-picture",
    ]
    for entry in entries:
        assert entry.subject == f"party:{party.public_id}" and entry.by == steward
        assert entry.details["picture"] == picture.token
        assert "Dupuis" not in str(entry.details) and "Photographe" not in str(entry.details)


def test_files_go_with_the_last_picture_that_has_them(steward) -> None:
    first, second = add(make_party(), steward), add(make_party(), steward)
    assert first.sha256 == second.sha256
    withdraw_picture(picture=first, by=steward)
    assert files_of(second.sha256) == [True, True]
    withdraw_picture(picture=second, by=steward)
    assert files_of(second.sha256) == [False, False] and not Picture.objects.exists()
    with pytest.raises(PictureRefused, match="n’est plus ici"):
        withdraw_picture(picture=second, by=steward)


def test_files_that_nobody_has_are_forgotten_after_a_day(steward) -> None:
    forgotten, recent = store_picture(make_file(70, 50)), store_picture(make_file(50, 70))
    gone = make_picture(make_party(), make_file(71, 50))
    gone.party.delete()  # as a harvest does with an organisation that no source names any more
    old = time.time() - UNUSED_FOR - 60
    for sha256 in (forgotten.sha256, gone.sha256):
        for size in SIZES:
            os.utime(picture_path(sha256, size), (old, old))
    kept = make_picture(make_party("Masquée", diffusion=Diffusion.MASKED), make_file(72, 50))
    os.utime(picture_path(kept.sha256), (old, old))
    add(make_party(), steward)
    assert files_of(forgotten.sha256) == [False, False]
    assert files_of(gone.sha256) == [True, True], "it waits for its organisation"
    assert files_of(recent.sha256) == files_of(kept.sha256) == [True, True], "a mask may be lifted"


def test_a_file_that_waited_too_long_is_asked_again(steward) -> None:
    stored = store_picture(make_file(73, 50))
    picture_path(stored.sha256).unlink()
    with pytest.raises(PictureRefused, match="Choisissez-le de nouveau"):
        add(make_party(), steward, stored)


def test_the_same_picture_twice_for_one_organisation(steward) -> None:
    party = make_party()
    add(party, steward)
    with pytest.raises(PictureRefused, match="déjà cette image"):
        add(party, steward)


def test_a_masked_organisation_has_no_picture_for_anybody(steward) -> None:
    party = make_party()
    shown, kept = add(party, steward), make_picture(party, make_file(74, 50), licence=NOT_FOR_PUBLICATION)
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert not pictures_shown().exists() and not pictures_kept().exists()
    for act in (
        lambda: add(party, steward, store_picture(make_file(75, 50))),
        lambda: change_licence(picture=kept, licence="cc0-1.0", by=steward),
    ):
        with pytest.raises(PictureRefused, match="n’est plus ici"):
            act()
    Party.objects.update(diffusion=Diffusion.OPEN)
    assert list(pictures_shown()) == [shown] and list(pictures_kept()) == [kept]


def test_pictures_of_a_masked_organisation_are_withdrawn_with_their_files(steward) -> None:
    masked = add(make_party(), steward)
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert list(pictures_hidden()) == [masked]
    withdraw_picture(picture=masked, by=steward)
    assert files_of(masked.sha256) == [False, False]
    Party.objects.update(diffusion=Diffusion.OPEN)
    assert not Picture.objects.exists()


def test_whoever_speaks_for_it_does_not_widen_what_is_licensed(steward) -> None:
    party = make_party()
    custodian = make_custodian(party)
    shown = add(party, custodian)
    assert change_licence(picture=shown, licence="cc-by-sa-4.0", by=custodian).licence == "cc-by-sa-4.0"
    kept = change_licence(picture=shown, licence=NOT_FOR_PUBLICATION, by=custodian)
    with pytest.raises(PictureRefused, match="seul un gardien"):
        change_licence(picture=kept, licence="cc-by-4.0", by=custodian)
    assert change_licence(picture=kept, licence="cc-by-4.0", by=steward).state == Picture.State.SHOWN


def test_a_merge_takes_pictures_along_and_its_undo_gives_them_back(steward) -> None:
    first, second = (
        make_party("Épicerie", siren="732829320", identity="siren:732829320"),
        make_party("Épicerie"),
    )
    for party in (first, second):
        make_record(party, identity=party.identity, values={"name": party.name})
    one, other = add(first, steward), add(second, steward)
    merge = merge_parties(first=first, second=second, reason="Même lieu", by=steward)
    assert set(pictures_shown().values_list("party", "pk")) == {(first.pk, one.pk), (first.pk, other.pk)}
    again = undo_merge(merge=merge, reason="Deux lieux", by=steward)
    assert set(pictures_shown().values_list("party", "pk")) == {(first.pk, one.pk), (again.pk, other.pk)}
