"""The pages of the public log: what everybody reads, what they do not give away, proofs that hold."""

from pathlib import Path

import pytest
from django.urls import reverse

from terreau.commons.actions import write_journal
from terreau.commons.actions.log import append_acts
from terreau.commons.actions.log_keeping import erase_from_log
from terreau.commons.enums import Diffusion
from terreau.commons.log.keys import read_public_keys
from terreau.commons.log.notes import Checkpoint
from terreau.commons.log.proofs import Proof, verify_proof
from terreau.commons.models import LogEntry, Party
from terreau.commons.queries.log import log_folder
from terreau.observe.actions.merging import merge_parties
from tests.factories import make_party, make_record, make_user
from tests.factories.commitments import make_commitment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def party():
    party = make_party()
    make_record(party)
    return party


def merged(party) -> str:
    """The address of the act."""
    write_journal(verb="merge-parties", subject=f"party:{party.public_id}", by=None, merge=1)
    return reverse("public_act", args=[LogEntry.objects.count() - 1])


def get_proof(client, index: int) -> Proof:
    return Proof.parse(client.get(reverse("public_act_proof", args=[index])).content, "proof")


def test_nothing_yet(client):
    page = client.get(reverse("public_log"))
    assert page.status_code == 200
    assert "Aucun acte public" in page.text
    for name in ("public_log_checkpoint", "public_log_keys"):
        assert client.get(reverse(name)).status_code == 404


def test_the_list_is_paged_and_costs_the_same_for_one_as_for_many(client, django_assert_num_queries):
    append_acts(acts=[("harvest", "source:s", {})], by=None)
    with django_assert_num_queries(3):  # the region, the count, the page
        client.get(reverse("public_log"))
    append_acts(acts=[("harvest", "source:s", {})] * 119, by=None)
    with django_assert_num_queries(3):
        page = client.get(reverse("public_log"))
    assert "120 actes" in page.text and reverse("public_act", args=[119]) in page.text
    assert reverse("public_act", args=[69]) not in page.text
    assert reverse("public_act", args=[0]) in client.get(reverse("public_log"), {"page": 3}).text


def test_the_page_of_an_act_gives_a_proof_that_holds(client, party):
    write_journal(verb="harvest", subject="source:siae", by=None, added=4)
    merged(party)
    page = client.get(reverse("public_act", args=[0]))
    assert "Source moissonnée" in page.text and "source:siae" in page.text
    proof = get_proof(client, 0)
    assert proof.opening and '"added":4' in proof.opening.content
    entry, checkpoint = verify_proof(proof, read_public_keys(log_folder() / "keys"), "proof")
    assert (entry.subject, checkpoint.size) == ("source:siae", 2)
    assert client.get(reverse("public_act", args=[2])).status_code == 404
    assert client.get(f"/journal-public/{'9' * 30}/").status_code == 404


def test_an_act_on_a_party_is_told_while_the_party_is_shown(client, party):
    address = merged(party)
    assert party.public_id in client.get(address).text
    party.diffusion = Diffusion.MASKED
    party.save()
    page = client.get(address)
    assert page.status_code == 200 and party.public_id not in page.text
    proof = get_proof(client, 0)
    assert proof.opening is None
    verify_proof(proof, read_public_keys(log_folder() / "keys"), "proof")


def test_a_real_merge_shows_what_went_until_what_is_kept_is_masked(client):
    gone, kept = make_party(), make_party(siren="732829320")
    for one in (gone, kept):
        make_record(one)
    merge_parties(first=gone, second=kept, reason="Même bureau", by=make_user("", "steward"))
    act = LogEntry.objects.get(verb="merge-parties")
    address = reverse("public_act", args=[act.index])
    assert gone.public_id in client.get(address).text
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert gone.public_id not in client.get(address).text


def test_an_answer_to_a_mask_request_names_nobody(client, party):
    write_journal(verb="answer-masking", subject=f"party:{party.public_id}", by=None, request=1)
    page = client.get(reverse("public_act", args=[0]))
    assert party.public_id not in page.text and "Gardé secret" in page.text
    assert get_proof(client, 0).opening is None


def test_an_erased_act_says_so(client, party):
    address = merged(party)
    erase_from_log(subject=f"party:{party.public_id}", by=None)
    page = client.get(address)
    assert "Effacé." in page.text and party.public_id not in page.text


def test_files_are_served_with_the_caching_that_the_format_asks_for(client):
    append_acts(acts=[("harvest", "source:s", {})] * 300, by=None)
    signed = client.get(reverse("public_log_checkpoint"))
    assert Checkpoint.parse(signed.content, "x").size == 300
    assert signed["Content-Type"] == "text/plain; charset=utf-8" and signed["Cache-Control"] == "no-cache"
    tile = client.get("/journal-public/tile/0/000")
    assert len(tile.content) == 8192 and "immutable" in tile["Cache-Control"]
    assert tile["Content-Type"] == "application/octet-stream"
    assert (
        client.get("/journal-public/tile/0/000.p/7").content == tile.content[: 7 * 32]
    )  # of an older checkpoint
    assert client.get("/journal-public/tile/entries/001.p/44").status_code == 200
    for name in ("0/001", "0/001.p/45", "0/002", "3/000", "0/../../keys", "entries/x001/000", "0/000.p/300"):
        assert client.get(f"/journal-public/tile/{name}").status_code == 404, name


def test_no_secret_is_served(client):
    append_acts(acts=[("harvest", "source:s", {})], by=None)
    assert "PRIVATE" not in client.get(reverse("public_log_keys")).text
    for name in ("../keys/log.key", ".lock", "..%2fkeys%2flog.key"):
        assert client.get(f"/journal-public/{name}").status_code == 404


def test_damaged_files_are_told_and_break_no_page(client):
    append_acts(acts=[("harvest", "source:s", {})] * 3, by=None)
    (log_folder() / "tile/0/000.p/3").write_bytes(b"x" * 96)
    page = client.get(reverse("public_act", args=[1]))
    assert page.status_code == 200 and "ne se retrouve pas dans les fichiers signés" in page.text
    assert client.get(reverse("public_act_proof", args=[1])).status_code == 404
    (log_folder() / "checkpoint").write_bytes(b"x")
    page = client.get(reverse("public_log"))
    assert page.status_code == 200 and "abîmés" in page.text


def test_a_changed_row_is_told_on_its_page(client):
    append_acts(acts=[("harvest", "source:s", {})] * 3, by=None)
    LogEntry.objects.filter(index=1).update(subject="source:autre")
    assert "ne se retrouve pas" in client.get(reverse("public_act", args=[1])).text
    assert "ne se retrouve pas" not in client.get(reverse("public_act", args=[2])).text


def test_an_act_on_a_commitment_leads_to_its_page_even_when_its_content_is_erased(client):
    promise = make_commitment()
    entry = LogEntry.objects.get(verb="open-commitment")
    link = f'href="/engagements/{promise.token}/"'
    assert link in client.get("/journal-public/").content.decode()
    assert link in client.get(f"/journal-public/{entry.index}/").content.decode()
    LogEntry.objects.filter(pk=entry.pk).update(salt="", content="", about="")
    assert link in client.get("/journal-public/").content.decode()
    assert link in client.get(f"/journal-public/{entry.index}/").content.decode()
