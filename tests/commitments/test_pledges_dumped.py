"""Elections, lists and every version leave and come back; drafts and reply links stay."""

import pytest

from terreau.commitments.actions import keep_draft
from terreau.commitments.actions.pledges import Said
from terreau.commitments.models import Candidacy, Election, Position
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.pledges import answer, link_of, make_election, make_list
from tests.lake.dump.made import contents, empty, every_byte

pytestmark = pytest.mark.django_db


def test_positions_come_back_in_the_same_order_without_drafts_nor_links(tmp_path) -> None:
    election = make_election()
    lists = [make_list(election) for _number in range(4)]
    secret = link_of(lists[0])
    answer(lists[0], secret=secret)
    answer(lists[0], said=Said("no", words="Finalement non."), secret=secret)
    keep_draft(candidacy=lists[0], secret=secret, draft={"2": {"words": "Brouillon caché"}}, by=None)
    order = [one.token for one in election.candidacies.all()]
    write_dump(tmp_path / "a")
    left = every_byte(tmp_path / "a")
    lists[0].refresh_from_db()
    for hidden in (secret, lists[0].secret_digest, "Brouillon caché"):
        assert hidden.encode() not in left
    for model in (Position, Candidacy, Election):
        model.objects.all().delete()
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert [one.token for one in Election.objects.get().candidacies.all()] == order
    assert list(Position.objects.values_list("number", "is_current", "answer")) == [
        (1, False, "yes"),
        (2, True, "no"),
    ]
    assert set(Candidacy.objects.values_list("secret_digest", flat=True)) == {""}
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")
