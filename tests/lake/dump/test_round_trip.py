"""Dump, load into an instance that holds nothing, dump: not one byte differs."""

import datetime as dt
import json
import shutil
from decimal import Decimal

import polars as pl
import pytest

from terreau.commitments.actions import name_owner, record_fulfilment, renegotiate, withdraw_fulfilment
from terreau.commitments.models import Position
from terreau.commons.models import Party, Revision, Site, Version
from terreau.commons.search.index import matching
from terreau.deliberate.actions import publish_results, reply_to_proposal
from terreau.deliberate.actions.replies import Promise
from terreau.deliberate.enums import Power
from terreau.lake.dump import DumpError, everything_declared, insert_content, read_dump, write_dump
from terreau.observe.actions.refreshing import refresh_published
from terreau.observe.models import (
    Appeal,
    Choice,
    Confirmation,
    Contradiction,
    Correction,
    FundedContent,
    Merge,
    Picture,
    Practice,
)
from terreau.observe.pictures import folder
from terreau.portal.cli.dump import write_pictures
from tests.factories import make_party, make_record, make_site, make_user
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper
from tests.factories.deliberate import adopt, close, give_power, make_process, make_proposal
from tests.factories.opinions import make_opinions, two_camps
from tests.factories.pictures import make_file, make_picture

from .made import MANIFEST, contents, counts, empty, every_byte, manifest_of

LATER = dt.datetime(2025, 5, 1, 12, 30, 15, 123456, tzinfo=dt.UTC)


def add_history(world) -> None:
    """A row of every table that the small world leaves empty."""
    first, second = Revision.objects.create(verb="harvest", at=LATER), Revision.objects.create(verb="correct")
    party, peer = world.parties[0], world.parties[1]
    Party.objects.filter(pk=party.pk).update(revision=second)
    subject = f"party:{party.public_id}"
    Version.objects.create(subject=subject, number=1, since=first, until=second, content={"name": ["é", 1.5]})
    record = make_record(party, world.source, site=party.sites.get(), key="corrigée")
    Correction.objects.create(
        party=party, identity=party.identity, values={"name": "Nouveau"}, record=record, revision=second,
        state=Correction.State.ACCEPTED, author=make_user(), contact="a@exemple.invalid",
    )  # fmt: skip
    add_refusals(party)
    Choice.objects.create(party=party, identity=party.identity, field="name", value="Nom", reason="Vu")
    practice = Practice.objects.create(
        party=party, identity=party.identity, theme="work", text="Nous formons tout le monde."
    )
    Confirmation.objects.create(practice=practice, peer=peer, words="Vu.")
    Contradiction.objects.create(practice=practice, reason="Non.")
    Merge.objects.create(
        kept_identity=party.identity,
        gone_identity="local:monde:9",
        gone_public_id="aaaaaaaaaa",
        basis="review",
    )
    FundedContent.objects.create(
        title="Étude", kind="study", funder="Région", producer="Atelier", producer_party=party,
        due_on=dt.date(2025, 1, 1), amount_cents=10**10,
    )  # fmt: skip
    make_picture(party, people=1, source_address="https://exemple.invalid/photo").releases.create(
        signed_on=dt.date(2025, 1, 1), any_reuse=True, reference="formulaire 12"
    )
    make_picture(peer, alt="La même, chez un autre")
    add_promises(world)
    add_reply()
    add_result()


def add_refusals(party) -> None:
    """One, one whose appeal was rejected, and one whose appeal waits, which stays."""
    for is_granted in ("none", False, None):
        said = {"values": {"name": "Mots refusés"}, "evidence": "Mots refusés", "credit": "Mots refusés"}
        refused = Correction.objects.create(
            party=party, identity=party.identity, state=Correction.State.REFUSED, answer="Non", answered_at=LATER,
            values_before={"name": "Avant"}, **said,
        )  # fmt: skip
        if is_granted != "none":
            Appeal.objects.create(
                correction=refused, words="Mots refusés", refusal="Non", refused_at=LATER, is_granted=is_granted,
                judged_at=None if is_granted is None else LATER, reason="Toujours non",
            )  # fmt: skip


def add_promises(world) -> None:
    """A renegotiated one with its successor, steps, one withdrawn, and a draft, which stays."""
    keeper, item = make_keeper(), make_item("19", translations={"en": {"title": "Fictional"}})
    promise = make_commitment(
        keeper, owner=world.parties[0], owner_name="", beneficiary=world.parties[1], place=world.communes[0],
        unit="logements", baseline=Decimal("0.125"), target=Decimal("999999999999.999"), items=[item],
    )  # fmt: skip
    day = dt.date(2025, 1, 1)
    steps = [
        record_fulfilment(commitment=promise, on=day, words="Fait.", amount=amount, by=keeper)
        for amount in (Decimal("1.5"), Decimal(-1), None)
    ]
    withdraw_fulfilment(fulfilment=steps[1], reason="Noté par erreur", by=keeper)
    name_owner(commitment=promise, owner=world.parties[2], reason="Reprise", by=keeper)
    renegotiate(commitment=promise, reason="Plus de temps", due_on=dt.date(2032, 1, 1), by=keeper)
    make_draft(title="Brouillon")


def add_reply() -> None:
    """In a process that shows its counts."""
    process = make_process(hides_results=False)
    reply_to_proposal(
        proposal=adopt(make_proposal(process)), answer="yes", reasons="Oui.", in_the_name_of="Région fictive",
        promises=[Promise("Ouvrir", dt.date(2032, 1, 1), "Deux soirs")], by=give_power(process, Power.DECIDER),
    )  # fmt: skip


def add_result() -> None:
    """Of a closed conversation."""
    process = make_process()
    make_opinions(process, two_camps(8))
    close(process)
    publish_results(process=process, by=None)


def test_dump_load_dump_is_the_same_to_the_byte(world, tmp_path) -> None:
    add_history(world)
    refresh_published(by=None)
    write_dump(tmp_path / "before")
    before = contents(tmp_path / "before")
    assert {
        one["name"]: one["rows"] for one in manifest_of(tmp_path / "before")["tables"] if not one["rows"]
    } == {"commune_changes": 0}, "every other table is tried"
    empty()
    assert not any(counts().values())
    shutil.rmtree(folder())
    content = read_dump(tmp_path / "before")
    write_pictures(content)
    insert_content(content)
    refresh_published(by=None)
    write_dump(tmp_path / "after")
    assert contents(tmp_path / "after") == before
    assert matching(Party.objects.all(), "épicerie fictive").count() == 3, "the search index is there"
    assert Revision.objects.create(verb="next").number > max(
        Revision.objects.values_list("number", flat=True)[1:]
    )


@pytest.mark.parametrize("name", ["export.tar.gz", "export.zip"])
def test_an_archive_gives_the_same_and_is_the_same_each_time(world, tmp_path, name) -> None:
    write_dump(tmp_path / "folder")
    for copy in ("a", "b"):
        write_dump(tmp_path / copy / name)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    from_folder, from_archive = read_dump(tmp_path / "folder"), read_dump(tmp_path / "a" / name)
    assert from_folder.manifest == from_archive.manifest
    assert all(from_archive.frames[table].equals(frame) for table, frame in from_folder.frames.items())
    assert [path.name for path in (tmp_path / "a").iterdir()] == [name], "no draft is left"


def test_order_of_creation_within_a_party_is_kept(world, tmp_path) -> None:
    party = world.parties[0]
    for identity in ("local:monde:z", "local:monde:b", "local:monde:y"):
        make_site(party, world.communes[0], identity=identity)
    before = list(Site.objects.filter(party=party).order_by("pk").values_list("identity", flat=True))
    write_dump(tmp_path / "export")
    empty()
    insert_content(read_dump(tmp_path / "export"))
    after = (
        Site.objects.filter(party__identity=party.identity).order_by("pk").values_list("identity", flat=True)
    )
    assert list(after) == before != sorted(before)


def test_order_of_rows_in_the_database_does_not_show(world, tmp_path) -> None:
    write_dump(tmp_path / "a")
    late = make_party("Avant toutes", identity="local:aaa:1")
    write_dump(tmp_path / "b")
    names = pl.read_parquet(tmp_path / "b" / "parties.parquet")["identity"].to_list()
    assert names == sorted(names) and names[0] == late.identity
    late.delete()
    write_dump(tmp_path / "c")
    assert contents(tmp_path / "c") == contents(tmp_path / "a")


def test_files_are_plain_and_name_no_internal_key(dumped) -> None:
    manifest = manifest_of(dumped)
    records = [json.loads(line) for line in (dumped / "records.jsonl").read_text().splitlines()]
    assert {record["party"] for record in records} == {f"local:monde:{number}" for number in (1, 2, 3)}
    assert records[0]["values"]["name"].startswith("Épicerie fictive")
    fundings = pl.read_parquet(dumped / "fundings.parquet")
    assert fundings.select("record.source", "record.key", "commune.code", "amount_cents").rows() == [
        ("monde", "aide", "99001", 716400)
    ]
    for table in manifest["tables"]:
        assert not {"id", "pk"} & set(table["columns"])
        assert table["licence"] == "etalab-2.0" and table["title"]
    assert manifest["region"] == {"code": "24", "name": "Région fictive"}
    newest = Position.objects.latest("published_at").published_at
    assert manifest["content_of"] == newest.astimezone(dt.UTC).date().isoformat(), "of the newest content"


def test_a_site_that_holds_something_is_not_filled(dumped) -> None:
    content = read_dump(dumped)
    before = counts()
    with pytest.raises(DumpError, match=r"contient déjà des données.*TERREAU_DATA"):
        insert_content(content)
    assert counts() == before


def test_a_dump_never_replaces_anything(dumped, tmp_path) -> None:
    before = contents(dumped)
    with pytest.raises(DumpError, match="existe déjà"):
        write_dump(dumped)
    (tmp_path / "mine.zip").write_text("à moi")
    with pytest.raises(DumpError, match="existe déjà"):
        write_dump(tmp_path / "mine.zip")
    with pytest.raises(DumpError, match="une archive finit par"):
        write_dump(tmp_path / "export.rar")
    assert contents(dumped) == before and (tmp_path / "mine.zip").read_text() == "à moi"


def test_a_table_without_rows_is_a_file_too(db, tmp_path) -> None:
    manifest = write_dump(tmp_path / "export")
    assert {one["rows"] for one in manifest["tables"]} == {0}
    assert set(contents(tmp_path / "export")) == {MANIFEST, *(one["path"] for one in manifest["tables"])}
    insert_content(read_dump(tmp_path / "export"))
    assert len(everything_declared().tables) == len(manifest["tables"])


def test_pictures_leave_with_their_credit_and_nothing_that_is_kept_or_masked(world, tmp_path) -> None:
    Picture.objects.all().delete()  # those of the world
    shown = make_picture(world.parties[0], people=1)
    shown.releases.create(signed_on=dt.date(2025, 1, 1), any_reuse=True, reference="formulaire 12")
    kept = make_picture(world.parties[1], make_file(90, 60), licence="not-for-publication", alt="Gardée")
    masked = make_picture(
        make_party("Secrète", diffusion="masked"), make_file(60, 90), alt="De l’organisation masquée"
    )
    manifest = write_dump(tmp_path / "export")
    (file,) = (one for one in manifest["files"] if one["path"].startswith("files/pictures_"))
    assert file["path"] == f"files/pictures_{shown.sha256}.webp" and file["sha256"] == shown.sha256
    assert file["licence"] == "cc-by-4.0" and file["title"] == shown.alt
    assert file["attribution"] == (
        "Photographe fictive, Association fictive, CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    )
    whole = every_byte(tmp_path / "export")
    table = pl.read_parquet(tmp_path / "export" / "pictures.parquet")
    assert table["token"].to_list() == [shown.token]
    for never in (kept.sha256, masked.sha256, "Gardée", "masquée", "formulaire 12"):
        assert never.encode() not in whole + table.write_csv().encode()


def test_a_picture_without_its_file_stops_the_dump_and_says_which(world, tmp_path) -> None:
    shutil.rmtree(folder())
    with pytest.raises(DumpError, match="imagefict2"):
        write_dump(tmp_path / "export")
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_leaves_with_its_reason_and_without_what_was_proposed(world, tmp_path) -> None:
    add_refusals(world.parties[0])
    write_dump(tmp_path / "dump")
    rows = pl.read_ndjson(tmp_path / "dump" / "corrections.jsonl").to_dicts()
    assert [(one["state"], one["answer"], one["values"]) for one in rows] == [
        ("refused", "Non", {"name": None})
    ] * 2
    frames = read_dump(tmp_path / "dump").frames
    assert frames["appeals"]["reason"].to_list() == ["Toujours non"]
    for name, frame in frames.items():
        assert "Mots refusés" not in frame.write_ndjson(), name
