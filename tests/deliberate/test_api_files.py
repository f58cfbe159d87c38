"""The API of proposals and texts: hidden counts stay hidden, an interest locks its file, refused words stay home."""

import pytest
from django.test import Client
from django.utils import timezone

from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Interest, Process, Proposal
from tests.factories import make_user
from tests.factories.deliberate import adopt, close, make_process, make_proposal
from tests.factories.texts import make_text

pytestmark = pytest.mark.django_db


def get(client: Client, process: Process, path: str):
    response = client.get(f"/api/v1/processes/{process.slug}/{path}")
    return response.status_code, response.json()


def test_proposals_and_the_reply_that_each_is_owed(client: Client) -> None:
    process = make_process()
    first, second = make_proposal(process, "Ouvrir le soir"), adopt(make_proposal(process))
    Proposal.objects.filter(pk=first.pk).update(moderation=Moderation.REFUSED, motive="Nomme une personne")
    status, rows = get(client, process, "proposals")
    assert status == 200
    assert [(one["number"], one["title"], one["owes_a_reply"]) for one in rows] == [
        (1, None, False),
        (2, second.versions.get().title, True),
    ]
    refused = get(client, process, f"proposals/{first.token}")[1]
    assert (refused["versions"], refused["motive"]) == ([], "Nomme une personne")
    assert "Ouvrir le soir" not in str(rows) + str(refused)


def test_counts_wait_for_closing(client: Client) -> None:
    process = make_process()
    row = adopt(make_proposal(process))
    found = get(client, process, f"proposals/{row.token}")[1]
    assert (found["supports"], found["hands"]) == (None, None)
    close(process)
    found = get(client, process, f"proposals/{row.token}")[1]
    assert found["supports"] == 0
    assert [one["in_favour"] for one in found["hands"]] == [20]


def test_a_declared_interest_locks_its_file_for_its_holder_alone(client: Client) -> None:
    process, holder = make_process(), make_user()
    rows = [make_proposal(process) for _ in range(3)]
    written = make_text(process)
    about = {"process": process, "user": holder, "declared_at": timezone.now(), "words": "Parts"}
    Interest.objects.create(**about, proposal=rows[2])
    Interest.objects.create(**about, text=written)
    signed_in = Client()
    signed_in.force_login(holder)
    for path in (f"proposals/{rows[2].token}", f"texts/{written.token}"):
        status, answer = get(signed_in, process, path)
        assert status == 403 and "interest" in answer["detail"]
        assert get(client, process, path)[0] == 200
    assert get(signed_in, process, f"proposals/{rows[0].token}")[0] == 200
    told = get(signed_in, process, "proposals")[1]
    assert [(one["is_locked"], one["title"] is None) for one in told] == [(False, False)] * 2 + [(True, True)]
    assert get(signed_in, process, "texts")[1] == []


def test_a_text_is_its_version_in_force(client: Client) -> None:
    process = make_process()
    written = make_text(process, size=3)
    assert [one["token"] for one in get(client, process, "texts")[1]] == [written.token]
    found = get(client, process, f"texts/{written.token}")[1]
    assert [one["words"] for one in found["paragraphs"]] == list(
        written.versions.get().paragraphs.values_list("words", flat=True)
    )


@pytest.mark.parametrize("path", ["proposals", "proposals/aaaaaaaaaa", "texts", "texts/aaaaaaaaaa"])
def test_a_draft_has_no_file(client: Client, path: str) -> None:
    assert get(client, make_process(state="draft", opened_at=None), path)[0] == 404
