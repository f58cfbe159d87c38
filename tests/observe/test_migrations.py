"""Rows written before they told whom they name are given it, through the merges that moved them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("observe", name)])
    return executor.loader.project_state([("observe", name), ("commons", "0006_public_log")]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    yield migrate("0006_pictures")
    # Of every room: what stands on these migrations was taken back with them.
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_rows_are_given_the_identity_of_their_own_party(before: Any) -> None:
    party = before.get_model("commons", "Party")
    kept, alone = (
        party.objects.create(identity=f"local:x:{one}", public_id=one * 10, name=one) for one in ("c", "d")
    )
    asked = before.get_model("observe", "MaskRequest")
    rows = {
        of: asked.objects.create(party=alone if of == "d" else kept, reason=of).pk
        for of in ("a", "b", "c", "d")
    }
    moves = (("a", "b", ["a"]), ("b", "c", ["a", "b"]), ("d", "c", ["d"]))  # the last one was undone since
    for gone, into, moved in moves:
        before.get_model("observe", "Merge").objects.create(
            gone_identity=f"local:x:{gone}", kept_identity=f"local:x:{into}", gone_public_id=gone * 10,
            basis="review", moved={"observe.maskrequest.party": [rows[one] for one in moved]},
            undone_at="2026-01-01T00:00:00Z" if gone == "d" else None,
        )  # fmt: skip
    practice = before.get_model("observe", "Practice").objects.create(
        party=alone, identity=alone.identity, theme="work", text="Oui"
    )
    before.get_model("observe", "Confirmation").objects.create(practice=practice, peer=kept, words="Vu")
    user = before.get_model("commons", "User").objects.create(email="une@exemple.invalid")
    for verb in ("contradict-practice", "declare-practice"):
        before.get_model("commons", "Revision").objects.create(verb=verb, by=user)

    after = migrate("0007_names_outlive_parties")
    told = after.get_model("observe", "MaskRequest").objects.values_list("reason", "identity")
    assert dict(told) == {of: f"local:x:{of}" for of in rows}
    assert after.get_model("observe", "Confirmation").objects.get().peer_identity == kept.identity
    by = dict(after.get_model("commons", "Revision").objects.values_list("verb", "by"))
    assert by == {"contradict-practice": None, "declare-practice": user.pk}
