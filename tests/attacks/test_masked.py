"""A masked party is nowhere: not by a page, a file, a count, a tile, a report, nor by what an answer lets guess."""

import csv
import gzip
import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place, Version, public_id
from terreau.observe.actions import harvest
from terreau.observe.actions.changing import change_parties
from terreau.observe.actions.harvesting.report import write_report
from terreau.observe.actions.masking import answer_masking, ask_masking
from terreau.observe.actions.refreshing import refresh_published
from terreau.observe.models import Confirmation, Contradiction, Harvest, Merge, Practice, Reject, SourceRecord
from terreau.observe.queries.documents import party_documents
from terreau.observe.sources.declaration import parse
from terreau.portal.permissions import EVERYONE, ROUTES
from tests.factories import make_party, make_record, make_site, make_user
from tests.factories.world import World

from .nasty import address_of, readable_routes

pytestmark = pytest.mark.django_db

NAME, SIREN, ADDRESS, WORDS = "Ressourcerie Zinzoline", "990001232", "7 rue Cachée", "mots confidentiels"
SIRET = SIREN + "00018"


@pytest.fixture
def hidden(world: World, django_capture_on_commit_callbacks) -> Party:
    """Published everywhere, spoken of by rejected values and an old report, then masked by a steward."""
    party = make_party(
        NAME, identity=f"siren:{SIREN}", siren=SIREN, acronym="ZINZ", description=WORDS, nature="association",
        search_text="ressourcerie zinzoline\n", website="https://zinzoline.invalid/",
    )  # fmt: skip
    site = make_site(party, world.communes[0], address=ADDRESS, lon=1.6123, lat=47.3123, siret=SIRET)
    make_record(party, world.source, site=site, line=77, key="cle-77", values={"name": NAME, "siret": SIRET})
    run = Harvest.objects.get(source=world.source)
    for line, value in (
        (77, f"<b>{NAME}</b>"),
        (90, "cle-77"),
        (91, f"doublon de {NAME.upper()}"),
        (5, "autre"),
    ):
        Reject.objects.create(
            harvest=run, line=line, field="name", value=value, reason="html_removed", whole_row=False
        )
    own = Practice.objects.create(party=party, identity=party.identity, theme="work", text=WORDS)
    Contradiction.objects.create(practice=own, reason=NAME, evidence=WORDS, state=Contradiction.State.UPHELD)
    for practice in Practice.objects.exclude(pk=own.pk):
        Confirmation.objects.create(practice=practice, peer=party, words=WORDS)
    write_report(world.source.code, run.rejects.all(), run.started_at.date())
    give_a_past(party, world)
    refresh_published(by=None)
    assert found_in(Path(settings.DATA_DIR)), "nothing to hide"
    party.name = f"{NAME} bis"
    party.save()
    refresh_published(by=None)  # what was published before is kept
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask_masking(party=party, reason="Nous ne voulons pas", by=None)
        answer_masking(request=asked, granted=True, answer="Oui", by=make_user("", "steward"))
    return party


FORMER = public_id(f"local:monde:{SIREN}")


def give_a_past(party: Party, world: World) -> None:
    """Versions under its own address, under a former one, and of another party that it was one with."""
    subject = f"party:{party.public_id}"
    with change_parties(
        parties=[party.pk], verb="accept-correction", subject=subject, by=None, credit=NAME, reason=WORDS
    ) as revision:
        Party.objects.filter(pk=party.pk).update(acronym="ZINZ 2")
    party.refresh_from_db()
    (document,) = party_documents([party.pk]).values()
    former = {**document, "party": {**document["party"], "identity": f"local:monde:{SIREN}"}}
    for name, content in ((FORMER, former), (world.parties[0].public_id, document)):
        Version.objects.create(subject=f"party:{name}", number=1, since=None, until=revision, content=content)
    Merge.objects.create(
        kept_identity=party.identity, gone_identity=f"local:monde:{SIREN}", gone_public_id=FORMER, basis="review",
        reason=WORDS, revision=revision,
    )  # fmt: skip


def needles(party: Party) -> list[bytes]:
    """As they would be written in text, in JSON with escapes, folded, or as an identifier."""
    texts = (NAME, "Zinzoline", "zinzoline", "ZINZOLINE", SIREN, ADDRESS, WORDS, party.public_id, FORMER)
    return [*(text.encode() for text in texts), json.dumps(ADDRESS)[1:-1].encode()]


def found_in(folder: Path) -> list[str]:
    party = Party.objects.get(siren=SIREN)
    found = []
    for path in (
        path for name in ("lake", "publications", "tiles", "reports") for path in (folder / name).rglob("*")
    ):
        if path.is_file():
            content = path.read_bytes()
            content = gzip.decompress(content) if path.suffix == ".gz" else content
            if path.suffix == ".parquet":
                content += pl.read_parquet(path).write_csv().encode()
            found += [f"{path.name}: {one!r}" for one in needles(party) if one in content]
    return found


def every_public_address(world: World, party: Party) -> Iterator[str]:
    for route in readable_routes():
        if ROUTES[route].read == EVERYONE:
            yield address_of(route, world.parties[0].public_id)
    directory, api = reverse("observe:directory"), "/api/v1/organisations"
    for query in (
        "", "q=zinzoline", "q=zinz", f"q={SIREN}", f"q={SIRET}", "q=ressourcerie&tri=pertinence", "source=monde",
        "fermees=on", "statut=association", "territoire=commune:99001", "commune=99001", "perimetre=unknown",
        "tri=commune",
    ):  # fmt: skip
        yield f"{directory}?{query}"
    for query in (
        "",
        "q=zinzoline",
        f"q={SIREN}",
        "nature=association",
        "place=99001",
        "zoning=departement&place=99",
        "limit=200",
    ):
        yield f"{api}?{query}"
    yield f"{api}?after={party.public_id[:-1]}"
    yield f"{api}/{party.public_id}"
    for place in Place.objects.all():
        yield reverse("observe:place", args=[place.zoning_id, place.code])
        yield f"{reverse('observe:place', args=[place.zoning_id, place.code])}?au={timezone.localdate()}"
    for zoning in Place.objects.values_list("zoning", flat=True).distinct():
        yield f"/carte/?zonage={zoning}&indicateur=organisations"
        yield f"/territoires/?zonage={zoning}"
    for query in ("lon=1.6123&lat=47.3123&km=5", "commune=99001&km=100", "q=99001"):
        yield f"{reverse('observe:nearby')}?{query}"
    yield f"{reverse('observe:place_search')}?q=zinzoline"
    for dataset in ("organisations", "sites"):
        for kind in ("csv", "json", "geojson", "parquet"):
            yield reverse("observe:dataset_file", args=[dataset, kind])
    for z in range(17):
        x = int((1.6123 + 180) / 360 * 2**z)
        y = int((1 - math.asinh(math.tan(math.radians(47.3123))) / math.pi) / 2 * 2**z)
        yield reverse("observe:tile", args=[z, x, y])
    for other in (party.public_id, FORMER, world.parties[0].public_id):
        yield reverse("observe:party", args=[other])
        yield f"{reverse('observe:party', args=[other])}?au=2026-01-01"
        for route in ("party_history", "party_feed"):
            yield reverse(f"observe:{route}", args=[other])
        for number in (1, 2, 3):
            yield reverse("observe:party_version", args=[other, number])
            yield f"{api}/{other}?version={number}"
        yield f"{api}/{other}"
    yield f"{reverse('observe:changes')}?acte=accept-correction"
    yield f"{api}?as_of=2026-01-01"
    yield f"{api}?as_of={timezone.localdate()}"
    for dataset in ("organisations", "sites"):
        for number in (1, 2, 3):
            for kind in ("csv", "json", "geojson", "parquet"):
                yield f"/donnees/{dataset}/version/{number}/{dataset}.{kind}"
        yield f"/donnees/{dataset}/?au={timezone.localdate()}"
    yield reverse("observe:mask_request", args=[party.public_id])
    for key in party.practices.values_list("pk", flat=True):
        yield reverse("observe:practice_contradict", args=[key])


def body_of(answer, address: str) -> bytes:
    body = answer.getvalue()
    answer.close()
    is_table = address.endswith("parquet") and answer.status_code == 200
    return pl.read_parquet(io.BytesIO(body)).write_csv().encode() if is_table else body


def without_what_was_typed(body: bytes, address: str) -> bytes:
    """A page repeats its own address, in its links to itself and in its forms: it tells nothing new."""
    for typed in {address, address.replace("&", "&amp;"), *re.findall(r"[=/](\w{4,})", address)}:
        body = body.replace(typed.encode(), b"")
    return body


def test_not_one_byte_of_it_in_any_answer(client: Client, world: World, hidden: Party) -> None:
    for address in every_public_address(world, hidden):
        for asked in (
            (address, f"/en{address}")
            if address.startswith(("/annuaire", "/territoires", "/autour"))
            else (address,)
        ):
            answer = client.get(asked, follow=True)
            body = body_of(answer, asked) + str(answer.headers).encode()
            body = without_what_was_typed(body, asked)
            assert [one for one in needles(hidden) if one in body] == [], asked


def test_not_one_byte_of_it_in_published_files_and_reports(hidden: Party) -> None:
    assert found_in(Path(settings.DATA_DIR)) == []
    assert set(Reject.objects.exclude(line=4).values_list("value", flat=True)) == {"", "autre"}


def test_page_of_a_masked_party_is_that_of_one_that_never_was(
    client: Client, world: World, hidden: Party
) -> None:
    for route in ("observe:party", "observe:party_history", "observe:mask_request", "api:organisation"):
        answers = []
        for address in (hidden.public_id, "aaaaaaaaaa"):
            client.cookies.clear()
            answer = client.get(reverse(route, args=[address]))
            answers.append((answer.status_code, answer.text.replace(address, "…"), sorted(answer.headers)))
        assert answers[0] == answers[1] and answers[0][0] == 404
    sent = client.post(reverse("observe:mask_request", args=[hidden.public_id]), {"reason": "x"})
    assert sent.status_code == 404


def test_counts_are_those_without_it(client: Client, world: World, hidden: Party) -> None:
    Party.objects.filter(pk=hidden.pk).delete()
    refresh_published(by=None)
    never = {
        address: client.get(address).text
        for address in ("/", "/annuaire/", "/territoires/commune/99001/", "/carte/")
    }
    other = Party.objects.get(pk=world.parties[0].pk)
    other.pk, other.siren, other.identity, other.public_id = None, SIREN, "siren:" + SIREN, "zzzzzzzzzz"
    other.diffusion = Diffusion.MASKED
    other.save()
    make_site(other, world.communes[0], lon=1.6, lat=47.3)
    make_record(other, world.source, line=999)
    refresh_published(by=None)
    for address, before in never.items():
        now = client.get(address).text
        assert _without_versions(now) == _without_versions(before), address


def _without_versions(page: str) -> str:
    return re.sub(r"\?v=\w+", "", page)


def test_journal_and_requests_name_it_to_those_who_care_for_the_site_alone(
    staff: Client, client: Client, hidden: Party
) -> None:
    for route in ("journal", "observe:mask_requests"):
        assert client.get(reverse(route)).status_code == 302
    client.force_login(make_user("", "facilitator"))
    for route in ("journal", "observe:mask_requests"):
        assert client.get(reverse(route)).status_code == 403
    assert NAME not in staff.get(reverse("journal")).text
    assert NAME in staff.get(reverse("observe:mask_requests")).text


def test_next_harvest_neither_shows_it_again_nor_reports_its_values(
    world: World, tmp_path, django_capture_on_commit_callbacks
) -> None:
    declaration = parse({
        "code": "suite", "title": "Suite", "publisher": "Essai", "licence": "etalab-2.0", "path": "x", "format": "csv",
        "covers": "x", "key": ["id"], "unplaced": "keep",
        "fields": {"name": "nom", "siret": "siret", "website": "site"},
    })  # fmt: skip
    path = tmp_path / "suite.csv"
    rows = [
        ["id", "nom", "siret", "site"],
        ["cle-1", NAME, SIRET, f"pas une adresse de {NAME}"],
    ]

    def read_again() -> Party:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        harvest(source=declaration, path=path, by=None)
        refresh_published(by=None)
        return Party.objects.get(siren=SIREN)

    party = read_again()
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask_masking(party=party, reason="x", by=None)
        answer_masking(request=asked, granted=True, answer="Oui", by=make_user())
    rows += [["cle-1", NAME, SIRET, ""], ["cle-2", f"<b>{NAME}</b> bis", SIRET, "nul"]]
    party = read_again()
    assert party.diffusion == Diffusion.MASKED
    assert found_in(Path(settings.DATA_DIR)) == []
    assert set(Reject.objects.filter(harvest__source="suite").values_list("value", flat=True)) == {""}
    rows[1:] = []  # gone from the source, then back
    read_again()
    rows += [["cle-1", NAME, SIRET, ""]]
    assert read_again().diffusion == Diffusion.MASKED
    assert found_in(Path(settings.DATA_DIR)) == []


def test_two_ways_of_publishing_at_once_cannot_bring_it_back(world: World, monkeypatch) -> None:
    """A harvest that read before the mask waits its turn to write; it reads again in it."""
    import fcntl

    from terreau.lake import publishing

    held = []
    monkeypatch.setattr(publishing.fcntl, "flock", lambda file, kind: held.append((file.name, kind)))
    refresh_published(by=None)
    assert len(held) == len(publishing.datasets()) + 1  # and the map
    assert {(Path(name).name, kind) for name, kind in held} == {("publishing.lock", fcntl.LOCK_EX)}


# Partial diffusion: the commune is public, the address and the position are not ----------------------------------


def test_partial_diffusion_hides_the_position_everywhere(client: Client, world: World) -> None:
    party = make_party(
        "Association réservée", siren=SIREN, diffusion=Diffusion.PARTIAL, search_text="association reservee\n"
    )
    site = make_site(party, world.communes[0], address=ADDRESS, lon=1.87654, lat=47.54321)
    values = {"name": party.name, "address": ADDRESS, "lon": 1.87654, "lat": 47.54321}
    SourceRecord.objects.filter(pk=make_record(party, world.source, site=site).pk).update(values=values)
    refresh_published(by=None)
    for address in every_public_address(world, party):
        answer = client.get(address, follow=True)
        body = body_of(answer, address)
        for private in (ADDRESS, json.dumps(ADDRESS)[1:-1], "1.87654", "47.54321"):
            assert private.encode() not in body, address
    shown = client.get(f"/api/v1/organisations/{party.public_id}").json()
    assert shown["commune_code"] == "99001" and shown["lon"] is None
    # Distances from well chosen points would give the position away.
    page = client.get(reverse("observe:nearby"), {"lon": 1.87654, "lat": 47.54321, "km": 5}).text
    assert party.name not in page
