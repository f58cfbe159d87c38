"""Erasing a person's words from the register: no row, file or log keeps them, and the story still reads."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from terreau.commitments.actions import (
    abandon,
    change_context,
    erase_words,
    record_fulfilment,
    renegotiate,
    withdraw_fulfilment,
)
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.models import Change, Commitment, Fulfilment
from terreau.commitments.queries.words import ERASED, texts_of
from terreau.commons.models import JournalEntry, LogEntry
from tests.factories import make_user
from tests.factories.commitments import make_commitment, make_draft, make_keeper
from tests.stories import TOKEN, play


def told() -> Commitment:
    """A story with the word in every place where a person writes."""
    keeper = make_keeper()
    made = make_commitment(
        keeper, title=f"Promesse de {TOKEN}", details=f"Avec {TOKEN}", owner_name=f"Groupe {TOKEN}",
        deliverable=f"Le livre {TOKEN}", basis_words=f"Chez {TOKEN}", basis_url=f"https://exemple.invalid/{TOKEN}",
    )  # fmt: skip
    change_context(commitment=made, details=f"Plus tard {TOKEN}", reason=f"Car {TOKEN}", by=keeper)
    step = record_fulfilment(
        commitment=made,
        on=date(2025, 1, 1),
        words=f"Vu {TOKEN}",
        evidence_url=f"https://{TOKEN}.invalid/",
        by=keeper,
    )
    withdraw_fulfilment(fulfilment=step, reason=f"Dit {TOKEN}", by=keeper)
    following = renegotiate(commitment=made, reason=f"Encore {TOKEN}", due_on=date(2031, 1, 1), by=keeper)
    abandon(commitment=following, reason=f"Fini {TOKEN}", by=keeper)
    made.refresh_from_db()
    return made


@pytest.mark.django_db
def test_nothing_keeps_the_words_and_the_story_reads(client) -> None:
    made, steward = told(), make_user("", "steward")
    acts = dict(made.changes.values_list("verb", "log_index"))
    every = {text.key for text in texts_of(made)}
    assert erase_words(commitment=made, texts=every, by=steward) == len(every)
    following = Commitment.objects.get(predecessors=made)
    assert TOKEN in following.reason  # hers, and not chosen
    erase_words(commitment=following, texts={text.key for text in texts_of(following)}, by=steward)
    for model in (Commitment, Fulfilment, Change, LogEntry, JournalEntry):
        assert TOKEN not in str(list(model.objects.values())), model
    made.refresh_from_db()
    assert (made.title, made.basis_url) == (ERASED, "")
    assert ERASED in str(list(Change.objects.values_list("before", flat=True)))
    page = client.get(reverse("commitments:commitment", args=[made.token])).text
    for said in ("Engagement renégocié", "Réalisation retirée", "Mots effacés", ERASED):
        assert said in page, said
    made_public = LogEntry.objects.get(verb="open-commitment", index__in=acts.values())
    assert (made_public.about, made_public.content, made_public.salt) == ("", "", "")
    for verb, index in acts.items():
        assert LogEntry.objects.get(index=index).verb == verb
        assert reverse("public_act", args=[index]) in page, "the proof stays"
        assert index in client.get(f"/api/v1/commitments/{made.token}").json()["log"]
    assert (
        not LogEntry.objects.filter(about=f"commitment:{made.token}").exclude(verb="erase-from-log").exists()
    )


@pytest.mark.django_db
def test_only_what_is_chosen_goes() -> None:
    made, steward = told(), make_user("", "administrator")
    erase_words(commitment=made, texts={"details"}, by=steward)
    made.refresh_from_db()
    assert made.details == ERASED and TOKEN in made.title
    assert "Plus tard" not in str(list(Commitment.objects.values()))  # its copy in the one that replaces it
    with pytest.raises(ValidationError, match="au moins un texte"):
        erase_words(commitment=made, texts={"inconnu"}, by=steward)
    with pytest.raises(NotAllowed):
        erase_words(commitment=made, texts={"title"}, by=make_user("", "facilitator"))


@pytest.mark.django_db
def test_the_page_is_for_stewards_and_administrators(client) -> None:
    made = told()
    address = reverse("commitments:erase", args=[made.token])
    client.force_login(make_keeper())
    assert client.get(address).status_code == 403
    client.force_login(make_user("", "steward"))
    assert "Plus tard" in client.get(address).text
    assert client.post(address).status_code == 400
    client.post(address, {"texts": ["details", "title"]})
    made.refresh_from_db()
    assert (made.details, made.title) == (ERASED, ERASED)
    client.force_login(make_user("", "administrator"))
    assert client.get(reverse("commitments:erase", args=[make_draft().token])).status_code == 404


@pytest.mark.django_db
def test_an_account_takes_its_drafts_along_and_exports_them(client) -> None:
    member = make_user()
    make_draft(member, title=f"Brouillon {TOKEN}")
    make_commitment(title="Public")
    client.force_login(member)
    assert TOKEN in client.get(reverse("account_export")).text
    client.post(reverse("account_erase"))
    assert list(Commitment.objects.values_list("title", flat=True)) == ["Public"]
    assert JournalEntry.objects.get(verb="discard-drafts").details == {"count": 1}


STORY = """
import sys
from pathlib import Path
from django.conf import settings
from django.test import Client
from terreau.commitments.models import Change, Commitment
from terreau.commitments.queries.words import texts_of
from tests.commitments.actions.test_erasing import told
from tests.factories import make_user
from tests.stories import files_with_it, is_sqlite
told()
before = files_with_it(settings.DATA_DIR)
assert not is_sqlite or any("terreau.sqlite3" in path for path in before), before
assert any("lake" in path for path in before), before
steward = Client()
steward.force_login(make_user("", "steward"))
for key in list(Commitment.objects.values_list("pk", flat=True)):
    row = Commitment.objects.get(pk=key)
    page = f"/engagements/{row.token}/effacer/"
    chosen = [text.key for text in texts_of(row)]
    assert steward.post(page, {"texts": chosen}).status_code == 302
verbs = [change.verb for change in Change.objects.order_by("pk")]
assert verbs.count("erase-commitment-words") == 2 and "renegotiate-commitment" in verbs
sys.stdout.write(f"left in {files_with_it(settings.DATA_DIR)}")
"""


def test_no_byte_of_it_is_left_in_any_file(tmp_path: Path) -> None:
    done = play(STORY, tmp_path)
    assert done.stdout == "left in []"
