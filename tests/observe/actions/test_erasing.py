"""Erasing: nothing shown, remembered or queued keeps the words; history still reads. On a real file, byte by byte."""

from pathlib import Path

import pytest

from terreau.commons.models import OutgoingMail, Party, Revision, Version
from terreau.commons.search.index import matching
from terreau.observe.actions.choices import choose_value
from terreau.observe.actions.corrections import (
    CorrectionRefused,
    accept_correction,
    propose_correction,
    propose_party,
    undo_correction,
)
from terreau.observe.actions.erasing import ERASED, erase_correction, erase_corrections_of
from terreau.observe.actions.merging import merge_parties, undo_merge
from terreau.observe.models import Choice, Correction, Merge, SourceRecord
from terreau.observe.queries import visible_parties
from tests.factories import make_party, make_place, make_record, make_user
from tests.stories import TOKEN, play


@pytest.mark.django_db
def test_nothing_keeps_the_words_and_history_reads() -> None:
    party, steward = make_party("Épicerie fictive"), make_user()
    make_record(party, values={"name": party.name, "description": "Une épicerie"})
    correction, _secret = propose_correction(
        party=party,
        values={"description": f"Un lieu {TOKEN}"},
        evidence=f"{TOKEN} vu",
        credit=f"Mme {TOKEN}",
        by=None,
    )
    accept_correction(correction=correction, reason=f"Oui, {TOKEN} vu", by=steward)
    party.refresh_from_db()
    choose_value(party=party, field="description", value=f"Un lieu {TOKEN}", reason="Récent", by=steward)
    assert matching(visible_parties(), TOKEN).exists()
    OutgoingMail.objects.create(
        to="x@exemple.invalid", subject="s", body=TOKEN, about=f"correction:{correction.token}"
    )
    erase_correction(correction=correction, by=None)
    for model in (Correction, SourceRecord, Version, Revision, OutgoingMail, Choice, type(party)):
        assert TOKEN not in str(list(model.objects.values())), model
    assert not matching(visible_parties(), TOKEN).exists()
    party.refresh_from_db()
    assert party.description == "Une épicerie"
    assert ERASED in str(list(Version.objects.values()))
    assert Revision.objects.filter(verb="erase-correction", reason=ERASED).exists()
    correction.refresh_from_db()
    assert (correction.is_erased, correction.values, correction.author) == (True, {}, None)
    with pytest.raises(CorrectionRefused, match="déjà effacée"):
        erase_correction(correction=correction, by=None)


@pytest.mark.django_db
def test_the_words_are_found_in_the_history_of_a_party_merged_since() -> None:
    steward, gone = make_user(), make_party("Épicerie fictive")
    make_record(gone, identity=gone.identity)
    correction, _secret = propose_correction(
        party=gone, values={"description": f"Un lieu {TOKEN}"}, evidence="vu", by=None
    )
    accept_correction(correction=correction, by=steward)
    kept = make_party("Épicerie fictive", siren="732829320")
    make_record(kept, identity=kept.identity)
    merge = merge_parties(first=gone, second=kept, reason=f"Un lieu {TOKEN}, la même", by=steward)
    kept.refresh_from_db()
    assert TOKEN in kept.description
    erase_correction(correction=correction, by=None)
    kept.refresh_from_db()
    assert kept.description == ""
    for model in (Version, Revision, SourceRecord, Merge):
        assert TOKEN not in str(list(model.objects.values())), model
    undo_merge(merge=merge, reason="Erreur", by=steward)
    assert TOKEN not in str(list(Party.objects.values()))


@pytest.mark.django_db
def test_an_organisation_that_nobody_else_knows_goes_with_the_words() -> None:
    commune, steward = make_place("99001"), make_user()
    missing, _secret = propose_party(
        place=commune, values={"name": f"Jardin {TOKEN}"}, evidence="vu", by=None
    )
    found = accept_correction(correction=missing, by=steward)
    assert found.party is not None
    assert found.party.name == f"Jardin {TOKEN}"
    erase_correction(correction=missing, by=None)
    assert not Party.objects.exists()
    assert ERASED in str(list(Version.objects.values()))
    for model in (Correction, SourceRecord, Version, Revision):
        assert TOKEN not in str(list(model.objects.values())), model


@pytest.mark.django_db
def test_what_another_source_says_too_stays_in_history() -> None:
    party, steward = make_party("Épicerie fictive"), make_user()
    make_record(party, values={"name": party.name, "acronym": "EFIC"})
    correction, _secret = propose_correction(party=party, values={"acronym": "EFIC"}, evidence="vu", by=None)
    accept_correction(correction=correction, by=steward)
    undo_correction(correction=correction, reason="Erreur", by=steward)
    erase_correction(correction=correction, by=steward)
    assert "EFIC" in str(list(Version.objects.values()))


@pytest.mark.django_db
def test_a_proposal_is_erased_before_any_answer_and_a_place_gets_its_name_back() -> None:
    place, steward = make_place(name="Fictive"), make_user()
    proposed, _secret = propose_correction(
        place=place, values={"name": f"Lieu {TOKEN}"}, evidence="vu", by=None
    )
    erase_correction(correction=proposed, by=None)
    accepted, _secret = propose_correction(
        place=place, values={"name": f"Lieu {TOKEN}"}, evidence="vu", by=None
    )
    accept_correction(correction=accepted, by=steward)
    erase_correction(correction=accepted, by=None)
    place.refresh_from_db()
    assert (place.name, place.search_text) == ("Fictive", "fictif")
    for model in (Correction, Version, Revision):
        assert TOKEN not in str(list(model.objects.values())), model


@pytest.mark.django_db
def test_an_account_takes_its_corrections_along() -> None:
    party, member = make_party("Épicerie fictive"), make_user()
    make_record(party)
    for typed in ("AAAA", "BBBB"):
        propose_correction(party=party, values={"acronym": typed}, evidence="vu", by=member)
    assert erase_corrections_of(user=member, by=member) == 2
    assert erase_corrections_of(user=member, by=member) == 0
    assert not Correction.objects.filter(is_erased=False).exists()


STORY = f"""
from django.test import Client
from django.conf import settings
import re, shutil, sys
from pathlib import Path
from terreau.commons.models import OutgoingMail, Revision, Version
from terreau.lake.dump import write_dump
from terreau.observe.actions.corrections import accept_correction
from terreau.observe.models import Correction
from tests.factories import make_user
from tests.stories import files_with_it, is_sqlite
from tests.factories.world import make_world
world = make_world()
steward = make_user("", "steward")
visitor = Client()
page = f"/acteurs/{{world.parties[0].public_id}}/"
typed = {{"champ": "name", "value": "Un lieu {TOKEN}", "evidence": "{TOKEN} vu",
          "credit": "Mme {TOKEN}", "contact": "{TOKEN}@exemple.invalid"}}
sent = visitor.post(page + "corriger/", typed)
assert sent.status_code == 200, sent.content.decode()
link = re.search(r"/corrections/[a-z0-9]+/[^/]+/", sent.content.decode()).group()
assert "{TOKEN}" in visitor.get(page).content.decode()
accept_correction(correction=Correction.objects.get(), by=steward)
def rows_with_it(*models):
    return [model.__name__ for model in models if "{TOKEN}" in str(list(model.objects.values()))]
state, dumps = Path(settings.DATA_DIR), Path(settings.DATA_DIR).parent
before = files_with_it(state)
assert not is_sqlite or any(path.endswith("terreau.sqlite3-wal") for path in before), before
assert any("lake" in path for path in before), before
assert rows_with_it(OutgoingMail, Revision) == ["OutgoingMail", "Revision"]  # the answer waits for a mail server
write_dump(dumps / "before")
assert len(files_with_it(dumps / "before")) >= 2
shutil.rmtree(dumps / "before")
assert visitor.post(link, {{"decision": "erase"}}).status_code == 200
assert visitor.get(link).status_code == 404
assert "{TOKEN}" not in visitor.get(page).content.decode()
assert rows_with_it(OutgoingMail, Revision, Version) == []
told = list(Revision.objects.order_by("number").values_list("verb", flat=True))
assert told == ["accept-correction", "erase-correction"], told  # history still reads
assert Version.objects.filter(subject__startswith="party:").count() == 2
assert not is_sqlite or (state / "terreau.sqlite3-wal").exists()
write_dump(dumps / "after")
sys.stdout.write(f"left in {{files_with_it(state)}} {{files_with_it(dumps / 'after')}}")
"""


def test_no_byte_of_it_is_left_in_any_file(tmp_path: Path) -> None:
    """The database, its write-ahead log while the site still runs, its search index and mail queue, the published
    files, the dump, and what was logged.
    """
    done = play(STORY, tmp_path)
    assert done.stdout == "left in [] []"  # while the site still runs
    assert "not sent" in done.stderr
