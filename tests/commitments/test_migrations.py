"""Rows written before they told it are given the identity of an institution, and the act of each change."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("commitments", name)])
    return executor.loader.project_state([("commitments", name), ("commons", "0006_public_log")]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    yield migrate("0005_follow_other_things")
    # Of every room: what stands on these migrations was taken back with them.
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_elections_and_changes_are_told_what_they_lacked(before: Any) -> None:
    party = before.get_model("commons", "Party").objects.create(
        identity="siren:1", public_id="a" * 10, name="A"
    )
    programme = before.get_model("commitments", "Programme").objects.create(
        slug="essai", title="Essai", author="Essai", licence="etalab-2.0", rights_holder="Essai"
    )
    elections = before.get_model("commitments", "Election").objects
    for slug, body in (("avec", party), ("sans", None)):
        elections.create(slug=slug, title=slug, body=body, programme=programme, asked_by="Essai")
    promise = before.get_model("commitments", "Commitment").objects.create(title="Essai")
    for number in (1, 2):
        before.get_model("commitments", "Change").objects.create(
            commitment=promise, number=number, at=timezone.now(), verb="open-commitment"
        )
    entries = before.get_model("commons", "LogEntry").objects
    about, content = f"commitment:{promise.token}", json.dumps({"details": {"change": 2}})
    common = {"second": 1, "verb": "open-commitment", "digest": "0" * 64}
    entries.create(index=7, about="", content="", **common)  # of change 1: erased since
    entries.create(index=8, about=about, content=content, **common)
    entries.create(index=9, about=about, content=json.dumps({"details": {}}), **common)

    after = migrate("0006_traces")
    told = after.get_model("commitments", "Election").objects.values_list("slug", "body_identity")
    assert dict(told) == {"avec": "siren:1", "sans": ""}
    acts = after.get_model("commitments", "Change").objects.values_list("number", "log_index")
    assert dict(acts) == {1: None, 2: 8}
