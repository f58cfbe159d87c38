"""Not one byte of a masked party, of a person or of a private address is in a dump."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from terreau.commons.actions import write_journal
from terreau.commons.enums import Diffusion
from terreau.commons.models import OutgoingMail, Party, Revision, Version, public_id
from terreau.lake.dump import read_dump, write_dump
from terreau.observe.actions.masking import answer_masking, ask_masking
from terreau.observe.models import (
    Choice,
    Claim,
    Confirmation,
    Contradiction,
    Correction,
    Funding,
    Harvest,
    MaskRequest,
    Merge,
    Practice,
    Reject,
    Scheme,
    SchemeMember,
)
from tests.factories import make_party, make_record, make_site, make_user
from tests.factories.world import World

pytestmark = pytest.mark.django_db

NAME, SIREN, ADDRESS = "Ressourcerie Zinzoline", "990001232", "7 rue Cachée"
POSITION = (1.87654, 47.54321)


def text_of(folder: Path) -> str:
    """Everything that somebody can read in it."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.append(path.name + content.decode(errors="replace"))
            if path.suffix == ".parquet":
                found.append(pl.read_parquet(io.BytesIO(content)).write_csv())
    return "\n".join(found)


def dumped(folder: Path) -> str:
    write_dump(folder)
    read_dump(folder)  # what is taken out leaves no reference behind
    return text_of(folder)


def speak_of(party, world: World) -> None:
    """A row of everything that may name a party."""
    user, other = make_user("garde@exemple.invalid"), world.parties[0]
    site = make_site(party, world.communes[0], address=ADDRESS, lon=POSITION[0], lat=POSITION[1], name=NAME)
    values = {"name": NAME, "address": ADDRESS, "lon": POSITION[0], "lat": POSITION[1], "siren": SIREN}
    record = make_record(
        party, world.source, site=site, key=f"cle-{SIREN}", values=values, line=77, digest="d1g357"
    )
    Funding.objects.create(record=record, party=party, year=2023, amount_cents=1, purpose=f"Pour {NAME}")
    SchemeMember.objects.create(
        party=party, scheme=Scheme.WORK_INTEGRATION, detail="ZINZ", source=world.source
    )
    subject = f"party:{party.public_id}"
    first, last = (Revision.objects.create(verb="correct", subject=subject, reason=NAME) for _ in range(2))
    Version.objects.create(subject=subject, number=1, since=first, until=last, content={"sites": [values]})
    party.revision = last
    party.save()
    about = {"party": party, "identity": party.identity}
    Correction.objects.create(
        **about, values=values, values_before=values, site=site, record=record, revision=last
    )
    Choice.objects.create(**about, field="address", value=ADDRESS, reason="Vue", chosen_by=user)
    own = Practice.objects.create(**about, theme="work", text=NAME)
    others = Practice.objects.create(party=other, identity=other.identity, theme="work", text="Autre")
    Confirmation.objects.create(practice=own, peer=other, words="Vu")
    Confirmation.objects.create(practice=others, peer=party, words="zinzoline a vu")
    Contradiction.objects.create(practice=own, reason=NAME)
    Merge.objects.create(
        kept_identity=other.identity,
        gone_identity=party.identity,
        gone_public_id=party.public_id,
        basis="review",
    )
    Reject.objects.create(
        harvest=Harvest.objects.get(), line=77, field="name", value=f"<b>{NAME}</b>", reason="html_removed"
    )
    world.parties[1].revision = last
    world.parties[1].save()


def test_not_one_byte_of_a_masked_party(world: World, tmp_path, django_capture_on_commit_callbacks) -> None:
    without = dumped(tmp_path / "without")
    party = make_party(NAME, identity=f"siren:{SIREN}", siren=SIREN, search_text="ressourcerie zinzoline\n")
    speak_of(party, world)
    needles = (NAME, "zinzoline", SIREN, ADDRESS, party.public_id, "ZINZ", "1.87654", "d1g357")
    shown = dumped(tmp_path / "shown")
    assert [one for one in needles if one not in shown] == [], "else nothing is tried"
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask_masking(party=party, reason="Nous ne voulons pas", contact="z@exemple.invalid", by=None)
        answer_masking(request=asked, granted=True, answer="Oui", by=make_user("", "steward"))
    masked = dumped(tmp_path / "masked")
    for needle in (*needles, "ne voulons pas", "z@exemple.invalid"):
        assert needle not in masked, needle
    assert "masquee" not in without and len(masked) > 1000


def test_partial_diffusion_leaves_as_pages_show_it(world: World, tmp_path) -> None:
    party = make_party(NAME, identity=f"siren:{SIREN}", siren=SIREN, diffusion=Diffusion.PARTIAL)
    speak_of(party, world)
    content = dumped(tmp_path / "export")
    for private in (ADDRESS, json.dumps(ADDRESS)[1:-1], "1.87654", "47.54321", "d1g357"):
        assert private not in content, private
    assert NAME in content and party.public_id in content
    sites = read_dump(tmp_path / "export").frames["sites"].filter(party=party.identity)
    assert sites.select("address", "lon", "lat", "commune.code").rows() == [("", None, None, "99001")]


def former_address(party, world: World) -> str:
    """Two versions under an address that led to ``party`` through another one; its public identifier."""
    middle, first = (f"local:monde:{name}-{SIREN}" for name in ("milieu", "premier"))
    for gone, kept in ((first, middle), (middle, party.identity)):
        Merge.objects.create(
            kept_identity=kept,
            gone_identity=gone,
            gone_public_id=public_id(gone),
            basis="review",
            reason=NAME,
        )
    subject = f"party:{public_id(first)}"
    revisions = [Revision.objects.create(verb="merge", subject=subject, reason=NAME) for _ in range(3)]
    values = {"name": NAME, "address": ADDRESS, "lon": POSITION[0]}
    content = {
        "party": {"identity": first, "name": NAME, "diffusion": "open"},
        "sites": [values],
        "records": [{"identity": first, "values": values}],
        "choices": [{"field": "address", "value": ADDRESS, "reason": "Vue"}],
    }
    for number in (1, 2):
        Version.objects.create(
            subject=subject,
            number=number,
            since=revisions[number - 1],
            until=revisions[number],
            content=content,
        )
    return public_id(first)


def spoken_of_by_others(party, world: World) -> None:
    """In old versions of another party: as a peer, and from a while when they were one."""
    other = world.parties[0]
    first = Revision.objects.create(verb="merge", reason=NAME)
    last = Revision.objects.create(verb="undo-merge", subject=f"party:{party.public_id}", reason=NAME)
    Merge.objects.create(
        kept_identity=other.identity, gone_identity=party.identity, gone_public_id=party.public_id,
        basis="review", undone_at="2026-01-01T00:00:00Z", revision=first,
    )  # fmt: skip
    peer = {"peer": party.public_id, "words": f"vu par {NAME}"}
    own = {"identity": other.identity, "name": other.name, "diffusion": "open"}
    contents = (
        {"party": own, "practices": [{"theme": "work", "text": "gardé", "confirmations": [peer]}]},
        {"party": own, "records": [{"identity": party.identity, "values": {"name": NAME}}]},
    )
    for number, content in enumerate(contents, 1):
        Version.objects.create(
            subject=f"party:{other.public_id}", number=number, since=first, until=last, content=content
        )
    other.revision = last
    other.save()


def test_former_addresses_and_old_versions_of_others(world: World, tmp_path) -> None:
    party = make_party(NAME, identity=f"siren:{SIREN}", siren=SIREN)
    former = former_address(party, world)
    spoken_of_by_others(party, world)
    needles = (NAME, SIREN, ADDRESS, party.public_id, former)
    shown = dumped(tmp_path / "shown")
    assert [one for one in needles if one not in shown] == [], "else nothing is tried"
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.MASKED)
    masked = dumped(tmp_path / "masked")
    assert [one for one in needles if one in masked] == []
    versions = read_dump(tmp_path / "masked").frames["versions"]
    assert versions["number"].to_list() == [1] and "gardé" in versions["content"][0]
    assert set(read_dump(tmp_path / "masked").frames["revisions"]["reason"]) == {""}


def test_former_addresses_of_a_partial_party(world: World, tmp_path) -> None:
    party = make_party(NAME, identity=f"siren:{SIREN}", siren=SIREN)
    former = former_address(party, world)
    assert ADDRESS in dumped(tmp_path / "open")
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.PARTIAL)
    partial = dumped(tmp_path / "partial")
    assert ADDRESS not in partial and "1.87654" not in partial
    assert NAME in partial and former in partial


@pytest.mark.parametrize("diffusion", ["partial", "masked"])
def test_versions_of_a_party_that_is_gone_follow_its_last_one(world: World, tmp_path, diffusion: str) -> None:
    revisions = [Revision.objects.create(verb="harvest") for _ in range(3)]
    for number, level in ((1, "open"), (2, diffusion)):
        content = {
            "party": {"identity": "local:x:1", "name": NAME, "diffusion": level},
            "sites": [{"address": ADDRESS}],
        }
        Version.objects.create(
            subject="party:aaaaaaaaaa", number=number, since=revisions[number - 1], until=revisions[number],
            content=content,
        )  # fmt: skip
    content = dumped(tmp_path / "export")
    assert ADDRESS not in content
    assert (NAME in content) == (diffusion == "partial")


def test_no_account_no_address_of_a_person_no_request(world: World, tmp_path) -> None:
    user = make_user("secret.membre@exemple.invalid", "administrator")
    party = world.parties[0]
    write_journal(verb="essai", subject="journal:secret", by=user, note="journal-secret")
    OutgoingMail.objects.create(to="secret.courrier@exemple.invalid", subject="secret", body="secret")
    MaskRequest.objects.create(party=party, reason="motif-secret", contact="secret.masque@exemple.invalid")
    Claim.objects.create(
        party=party, identity=party.identity, user=user, method="email", address="secret.preuve@exemple.invalid",
        code_digest="secret-code", expires_at="2030-01-01T00:00:00Z",
    )  # fmt: skip
    common = {"party": party, "identity": party.identity}
    Correction.objects.create(
        **common, values={"name": "Juste"}, author=user, contact="secret.auteur@exemple.invalid",
        secret_digest="secret-digest",
    )  # fmt: skip
    for state, erased in (("refused", False), ("withdrawn", False), ("accepted", True)):
        Correction.objects.create(**common, values={"name": f"secret {state}"}, state=state, is_erased=erased)
    practice = Practice.objects.create(**common, theme="work", text="Dit", declared_by=user)
    Contradiction.objects.create(practice=practice, reason="Non", contact="secret.contre@exemple.invalid")
    content = dumped(tmp_path / "export")
    assert "secret" not in content and "Juste" in content and "Dit" in content
