"""One turn of the loop, as persons would make it, on the real data that the default start shows.

Today the turn has three steps. *Observe*: from published files to what a reader sees, checks, takes away or asks to be
hidden. *Deliberate*: a question becomes words that people weigh, a proposal that a meeting adopts, a reply. And the
register: what was promised is followed to its end. Every later room adds its own chapter here.
"""

import csv
import io
import re
import shutil
from datetime import timedelta

import mapbox_vector_tile
import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions import load_programme
from terreau.commitments.models import ProgrammeItem
from terreau.commons.models import Place
from terreau.commons.queries.log import log_folder
from terreau.deliberate.actions import publish_words
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Process
from terreau.lake.publishing import publish_all
from terreau.observe.actions import harvest_all
from terreau.observe.actions.tiles import build_point_index
from terreau.observe.models import IndicatorValue, MaskRequest
from terreau.observe.queries import visible_parties
from terreau.observe.queries.sources import reconcile
from terreau.portal.documents import sources_page
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process
from tests.test_documents import REPOSITORY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("centre_val_de_loire")]


def _html(client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, address
    return response.content.decode()


def _rows(client, dataset: str) -> list[dict[str, str]]:
    response = client.get(reverse("observe:dataset_file", args=[dataset, "csv"]))
    text = b"".join(response.streaming_content).decode()
    response.close()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_region_is_whole() -> None:
    places = Place.objects.filter(communes_in_region__gt=0)
    counts = {
        zoning: places.filter(zoning=zoning).count() for zoning in ("commune", "epci_2026", "departement")
    }
    assert counts == {"commune": 1754, "epci_2026": 82, "departement": 6}
    assert places.filter(zoning="bassin_de_vie_2022").count() == 117


def test_every_kind_of_place_has_its_page(client) -> None:
    places = Place.objects.filter(communes_in_region__gt=0).order_by("zoning", "code")
    wanted = [*places.exclude(zoning="commune")[::20], *places.filter(zoning="commune")[::150]]
    assert len(wanted) > 20
    for place in wanted:
        html = _html(client, reverse("observe:place", args=[place.zoning_id, place.code]))
        assert place.name.replace("'", "&#x27;") in html


def test_a_reader_follows_a_figure_back_to_its_source(client) -> None:
    assert "Centre-Val de Loire" in _html(client, reverse("home"))

    # She looks for work-integration enterprises of Blois, in the plural and without accents.
    found = _html(client, reverse("observe:directory"), q="regies de quartiers", territoire="commune:41018")
    party = re.search(r'href="(/acteurs/[a-z0-9]{10}/)"', found)
    assert party, "a régie de quartier of Blois is found"

    # Each value on the page says where it comes from.
    page = _html(client, party[1])
    assert "Structures de l’insertion par l’activité économique" in page
    assert "31 janvier 2022" in page
    assert reverse("observe:source", args=["siae"]) in page

    # The source's page accounts for every row of the file.
    assert "3 853" in re.sub(r"[\u202f\xa0]", " ", _html(client, reverse("observe:source", args=["siae"])))


def test_the_page_the_file_the_api_and_the_map_say_the_same(client) -> None:
    publish_all()  # files are not undone with the transaction of another test
    build_point_index()
    rows = _rows(client, "organisations")
    assert len(rows) == visible_parties().count() == reconcile().shown

    active = {row["public_id"] for row in rows if row["is_active"] == "true"}
    sites = [row for row in _rows(client, "sites") if row["public_id"] in active]
    siren_of_tours = {row["siren"] for row in sites if row["siren"] and row["commune_code"] == "37261"}
    tours = Place.objects.get(zoning="commune", code="37261")
    value = IndicatorValue.objects.get(indicator="organisations", place=tours).value
    assert value == len(siren_of_tours)

    seen, address = 0, "/api/v1/organisations?limit=200"
    while address:
        page = client.get(address).json()
        seen, address = seen + len(page["items"]), page["next"]
    assert seen == len(rows)

    tile = client.get(reverse("observe:tile", args=[4, 8, 5]))
    layers = mapbox_vector_tile.decode(tile.content)
    points = sum(
        feature["properties"].get("count", 1) for layer in layers.values() for feature in layer["features"]
    )
    assert points == len({(row["public_id"], row["lon"], row["lat"]) for row in sites if row["lon"]})


def test_a_second_harvest_changes_nothing() -> None:
    before = publish_all()
    again = harvest_all(by=None)
    assert [(one.added, one.changed, one.removed) for one in again.done] == [(0, 0, 0)] * 7
    assert publish_all() == before


def test_the_documents_print_the_same_counts() -> None:
    assert (REPOSITORY / "docs" / "reference" / "sources.md").read_text() == sources_page(), "run: make docs"


def test_every_row_read_is_accounted_for() -> None:
    accounts = reconcile()
    assert len(accounts.accounts) == 7
    assert [account.source.code for account in accounts.accounts if account.gap] == []


def test_an_organisation_asks_not_to_be_shown(client, django_capture_on_commit_callbacks) -> None:
    party = (
        visible_parties().filter(nature="association", sites__lon__isnull=False).order_by("public_id").first()
    )
    page = reverse("observe:party", args=[party.public_id])
    answer = client.post(
        reverse("observe:mask_request", args=[party.public_id]), {"reason": "Nous avons fermé."}
    )
    assert answer.status_code == 200
    assert _html(client, page), "nothing changes until a steward answers"

    client.force_login(make_user("", "steward"))
    request = MaskRequest.objects.get(party=party)
    form = {"request": request.pk, "answer": "Demande fondée.", "decision": "grant"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("observe:mask_requests"), form).status_code == 302

    client.logout()
    assert client.get(page).status_code in {404, 410}
    assert page not in _html(client, reverse("observe:directory"), q=party.name)
    assert party.public_id not in {
        row["public_id"] for name in ("organisations", "sites") for row in _rows(client, name)
    }
    assert client.get(f"/api/v1/organisations/{party.public_id}").status_code == 404


def test_a_member_promises_what_was_missing_and_it_is_kept(
    client, django_capture_on_commit_callbacks
) -> None:
    """Two rules: it has an owner, a date and an end; and nobody can make it vanish."""
    shutil.rmtree(log_folder(), ignore_errors=True)  # of tests before, whose acts were undone
    thirteen = settings.SHIPPED_DATA / "programmes" / "treize-propositions.toml"
    load_programme(content=thirteen.read_bytes(), by=None)
    item = ProgrammeItem.objects.get(programme__slug="treize-propositions", code="9")
    start = timezone.localdate() - timedelta(days=730)
    terms = {
        "title": "Ouvrir deux recycleries", "owner": "Collectif fictif", "owner_asked": "Collectif fictif",
        "owner_choice": "free", "unit": "recycleries", "baseline": "0", "target": "2", "starts_on": start,
        "due_on": start + timedelta(days=1460), "basis": "own_initiative", "place": "37261", "items": [item.pk],
    }  # fmt: skip

    # From the page of Tours, a member writes what her group will do. It is hers until a keeper publishes it.
    tours = reverse("observe:place", args=["commune", "37261"])
    client.force_login(make_user())
    draft = client.post(reverse("commitments:draft_new"), {**terms, "do": "save"})["Location"]
    client.logout()
    assert client.get(draft).status_code == 404
    assert "Ouvrir deux recycleries" not in _html(client, tours)
    keeper = make_user("", "facilitator")
    client.force_login(keeper)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{draft}modifier/", {"do": "open"})
    client.logout()

    # A citizen meets it where she looks: the commune, the proposition, the home page, the calendar, the search.
    proposition = reverse("commitments:programme_item", args=["treize-propositions", "9"])
    for page in (tours, proposition, reverse("home"), draft, "/echeances.ics"):
        assert "Ouvrir deux recycleries" in _html(client, page), page
    assert "Ouvrir deux recycleries" in _html(client, reverse("search"), q="recyclerie")
    assert "non mesuré" in _html(client, draft), "nothing noted is not zero"

    # One is open halfway, of one expected by then. Nobody else may change it, and the attempt is in the public log.
    client.force_login(make_user())
    step = {"on": timezone.localdate(), "words": "La première a ouvert", "amount": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{draft}realisation/", step).status_code == 403
    client.force_login(keeper)
    client.post(f"{draft}realisation/", step)
    assert re.search(r": 1 pour 1(,\d)? attendus? au", _plain(_html(client, draft)))

    # Two will not fit in time: it is renegotiated, and the new one is kept. The old page leads to it for ever.
    renewed = {
        **terms,
        "title": "Ouvrir une recyclerie",
        "target": "1",
        "reason": "Le second terrain est vendu",
    }
    following = client.post(f"{draft}renegocier/", renewed)["Location"]
    client.post(f"{following}realisation/", {**step, "words": "Elle est ouverte"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{following}tenu/", {"result": "Une recyclerie ouverte à Tours"})
    client.logout()
    assert following in _html(client, draft) and "Le second terrain est vendu" in _html(client, draft)
    assert "Une recyclerie ouverte à Tours" in _html(client, following)
    row = client.get(f"/api/v1/commitments/{following.split('/')[-2]}").json()
    assert (row["state"], row["result"]) == ("kept", "Une recyclerie ouverte à Tours")

    # Each act is in the public log, signed, with its proof; the attempt too.
    log = _html(client, reverse("public_log"))
    for act in (
        "Engagement publié",
        "Changement d’un engagement refusé",
        "Engagement renégocié",
        "Engagement tenu",
    ):
        assert act in log
    index = re.search(r"/journal-public/(\d+)/", log)
    assert index and client.get(reverse("public_act_proof", args=[index[1]])).status_code == 200


def test_a_question_becomes_a_proposal_then_a_reply_then_a_commitment(
    client, django_capture_on_commit_callbacks
) -> None:
    """What nobody was asked to answer is asked, adopted, owed, late in public, answered, and then kept to."""
    cache.clear()
    thirteen = settings.SHIPPED_DATA / "programmes" / "treize-propositions.toml"
    load_programme(content=thirteen.read_bytes(), by=None)
    item = ProgrammeItem.objects.get(programme__slug="treize-propositions", code="9")
    tours = Place.objects.get(zoning="commune", code="37261")

    # An observation: how many are known there. It poses a question, with a mandate, a place and a date of reply.
    known = IndicatorValue.objects.get(indicator="organisations", place=tours).value
    process = make_process(
        title="Que manque-t-il à Tours ?",
        subject=f"On connaît {known:.0f} organisations à Tours : que leur manque-t-il ?",
        place=tours,
        reply_by=timezone.localdate(),
    )
    process.items.add(item)
    facilitator, official = give_power(process, Power.FACILITATOR), give_power(process, Power.DECIDER)
    about = {"args": [process.slug]}

    # Somebody without an account says what she thinks; it is read before it is public; another one agrees.
    said = client.post(
        reverse("deliberate:statement_new", **about), {"words": "Il manque un lieu de réemploi"}
    )
    assert said.status_code == 302
    statement = process.statements.get()
    publish_words(row=statement, by=make_user("", "moderator"))

    # What is drawn from it keeps her words; a meeting of today adopts it, by show of hands.
    client.force_login(facilitator)
    drawn = {"title": "Ouvrir une recyclerie", "words": "Avec les habitants.", "statements": [statement.pk]}
    proposal = client.post(reverse("deliberate:proposal_draw", **about), drawn)["Location"]
    assert "Il manque un lieu de réemploi" in _html(client, proposal)
    counted = {
        "is_adopted": "yes",
        "judged_on": timezone.localdate(),
        "meeting": "Assemblée fictive",
        "citizens-in_favour": "23",
        "citizens-against": "2",
        "elected-in_favour": "3",
        "elected-abstained": "4",
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{proposal}reunion/", counted).status_code == 302
    client.logout()
    assert "Ouvrir une recyclerie" in _html(client, reverse("deliberate:replies_due"))

    # The day after the date, the silence is public; she who decides answers, and what she says becomes a promise.
    Process.objects.filter(pk=process.pk).update(reply_by=timezone.localdate() - timedelta(days=1))
    assert "En retard de 1 jour" in _html(client, "/reponses-dues.atom")
    client.force_login(official)
    reply = {
        "do": "reply",
        "answer": "yes",
        "reasons": "Un hangar est libre.",
        "in_the_name_of": "Région fictive",
        "promise1-title": "Équiper une recyclerie à Tours",
        "promise1-deliverable": "Un lieu ouvert",
        "promise1-due_on": timezone.localdate() + timedelta(days=300),
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{proposal}repondre/", reply)["Location"] == proposal
    client.logout()
    assert "Ouvrir une recyclerie" not in _html(client, reverse("deliberate:replies_due"))
    promised = re.search(r'href="(/engagements/[a-z0-9]{10}/)"', _html(client, proposal))
    assert promised

    # The promise is where one looks: its page, the commune, the proposition; and the first words lead to it.
    item_page = reverse("commitments:programme_item", args=["treize-propositions", "9"])
    for page in (promised[1], reverse("observe:place", args=["commune", "37261"]), item_page):
        assert "Équiper une recyclerie à Tours" in _html(client, page), page
    first = reverse("deliberate:statement", args=[process.slug, statement.token])
    assert proposal in _html(client, first) and promised[1] in _html(client, first)
    for act in ("Proposition tirée d’affirmations", "Proposition adoptée en réunion", "Réponse publiée"):
        assert act in _html(client, reverse("public_log")), act


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", html.replace("\xa0", " "))
