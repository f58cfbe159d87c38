"""Pages of history: frozen versions, what changed, a date, addresses that lead elsewhere, feeds."""

import datetime as dt
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place, Revision
from terreau.observe.actions.changing import change_parties
from terreau.observe.actions.corrections import accept_correction, propose_correction
from terreau.observe.models import Merge, SourceRecord
from tests.factories import make_party, make_place, make_record, make_site, make_source, make_user

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def change(party: Party, verb: str = "accept-correction", **values: Any) -> None:
    told = {name: values.pop(name) for name in ("credit", "reason", "subject", "by") if name in values}
    with change_parties(parties=[party.pk], verb=verb, **{"by": None, **told}):
        Party.objects.filter(pk=party.pk).update(**values)
        SourceRecord.objects.filter(party=party).update(values={"name": values.get("name", party.name)})


@pytest.fixture
def party() -> Party:
    """Three versions: « Un » until 10 January, « Deux » until the 20th, « Trois »."""
    made = make_party("Nom Un")
    make_record(made, make_source("registre", title="Registre fictif"))
    make_site(made, make_place(name="Fictive-sur-Loire"), address="1 rue fictive")
    change(
        made,
        name="Nom Deux",
        credit="Une voisine",
        reason="Le nom a changé",
        by=make_user("x@exemple.invalid"),
    )
    change(made, name="Nom Trois", verb="harvest", subject="source:registre")
    for revision, day in zip(Revision.objects.order_by("number"), (10, 20), strict=True):
        revision.at = dt.datetime(2026, 1, day, 12, tzinfo=dt.UTC)
        revision.save()
    made.refresh_from_db()
    return made


def address(party: Party, end: str = "") -> str:
    return f"/acteurs/{party.public_id}/{end}"


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.text.replace("\u00a0", " ")


def test_a_frozen_version_shows_what_was_shown(client: Client, party: Party) -> None:
    page = text(client, address(party, "version/1/"))
    assert "Nom Un" in page and "Nom Trois" not in page
    assert "1 rue fictive" in page and "Registre fictif" in page
    assert "Version 1 de cette fiche" in page and "montrée jusqu’au 10 janvier 2026" in page
    assert f'<link rel="canonical" href="http://testserver{address(party)}">' in page
    assert f"http://testserver{address(party, 'version/1/')}" in page, "how to cite"
    assert "/masquer/" not in page and "application/ld+json" not in page
    second = text(client, address(party, "version/2/"))
    assert "montrée du 10 janvier 2026" in second and "au 20 janvier 2026" in second
    present = text(client, address(party, "version/3/"))
    assert "Nom Trois" in present and "C’est aussi la page d’aujourd’hui" in present
    assert client.get(address(party, "version/4/")).status_code == 404


def test_the_page_of_today_says_which_version_it_is(client: Client, party: Party) -> None:
    page = text(client, address(party))
    assert "version 3, depuis le 20 janvier 2026" in page
    assert address(party, "historique/") in page and address(party, "version/3/") in page
    assert f'href="{address(party, "historique.atom")}"' in page
    assert "inchangée depuis l’ouverture de l’historique" in text(client, address(make_party()))


def test_history_says_who_when_why_and_what(client: Client, party: Party) -> None:
    page = text(client, address(party, "historique/"))
    for told in (
        "10 janvier 2026", "Une voisine", "Le nom a changé", "correction acceptée", "Registre fictif", "Nom Un",
        "Nom Deux", "Nom Trois", "lecture d’une source", "plus ancienne que notre historique",
    ):  # fmt: skip
        assert told in page, told
    assert "x@exemple.invalid" not in page
    assert page.index("20 janvier") < page.index("10 janvier")


@pytest.mark.parametrize(
    ("day", "number"), [("2026-01-09", 1), ("2026-01-10", 2), ("2026-01-25", 3), ("2026-01-10T13:00:00Z", 2)]
)
def test_a_date_leads_to_its_version(client: Client, party: Party, day: str, number: int) -> None:
    answer = client.get(address(party), {"au": day})
    assert (answer.status_code, answer.url) == (302, address(party, f"version/{number}/"))


@pytest.mark.parametrize("typed", ["hier", "2026-02-30", "2999-01-01", "<script>", ""])
def test_a_wrong_date_says_what_to_do(client: Client, party: Party, typed: str) -> None:
    answer = client.get(address(party), {"au": typed})
    assert answer.status_code == 400
    assert "n’est pas une date passée" in answer.text and "2026-01-31" in answer.text
    assert "<script>" not in answer.text
    assert 'aria-describedby="au-wrong"' in answer.text


def test_before_what_is_known(client: Client) -> None:
    with change_parties(parties=[], verb="harvest", by=None):
        party = make_party("Nouvelle")
    page = text(client, address(party, "?au=2020-01-01"), 404)
    assert "Rien n’est connu ici de cette fiche avant le" in page
    assert address(party, "version/1/") in page


def test_an_address_that_was_merged_leads_to_the_one_kept(client: Client, party: Party) -> None:
    kept = make_party("Gardée")
    Merge.objects.create(
        kept_identity=kept.identity,
        gone_identity=party.identity,
        gone_public_id=party.public_id,
        basis="review",
    )
    party.delete()
    for path, status in (("", 302), ("historique/", 302)):
        answer = client.get(address(party, path))
        assert (answer.status_code, answer.url) == (status, address(kept, path))
    page = text(client, address(party, "version/1/"))
    assert "Nom Un" in page and f'href="{address(kept)}"' in page
    assert "fiche réunie à celle-ci" in text(client, address(kept, "historique/"))
    assert client.get(address(party, "historique.atom")).status_code == 200


def test_a_party_that_left_the_sources_says_so(client: Client, party: Party) -> None:
    with change_parties(parties=[party.pk], verb="harvest", by=None):
        party.delete()
    page = text(client, address(party), 410)
    assert "N’est plus dans nos sources depuis le" in page and "Nom Trois" in page
    assert address(party, "version/3/") in page and address(party, "historique/") in page
    assert "L’acteur n’est plus dans nos sources" in text(client, address(party, "version/3/"))
    assert "Cet acteur n’est plus dans nos sources" in text(client, address(party, "historique/"))
    assert "n’était pas montrée à cette date" in text(
        client, address(party, "?au=" + str(dt.date.today())), 404
    )


def test_masked_and_unknown_are_told_alike(client: Client, party: Party) -> None:
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.MASKED)
    for path in ("", "version/1/", "historique/", "historique.atom", "?au=2026-01-15", "?au=hier"):
        answers = []
        for public_id in (party.public_id, "aaaaaaaaaa"):
            client.cookies.clear()
            answer = client.get(f"/acteurs/{public_id}/{path}")
            answers.append((answer.status_code, answer.text.replace(public_id, "…")))
        assert answers[0] == answers[1] and answers[0][0] == 404, path


def test_latest_changes_of_the_site(client: Client, party: Party) -> None:
    hidden = make_party("Secrète")
    change(hidden, name="Secrète bis", subject=f"party:{hidden.public_id}", reason="Secrète")
    assert "Secrète" in text(client, "/changements/")
    before = text(client, "/changements/")
    Party.objects.filter(pk=hidden.pk).update(diffusion=Diffusion.MASKED)
    page = text(client, "/changements/")
    assert before.count("<tr id=") == 3 and page.count("<tr id=") == 2
    assert "Secrète" not in page and "Le nom a changé" in page and "Une voisine" in page
    assert "1 fiche nouvelle ou changée, 1 version gardée" in page
    only = text(client, "/changements/?acte=harvest")
    assert only.count("<tr id=") == 1 and "/sources/registre/" in only
    assert "Secrète" not in text(client, "/changements.atom")


def test_changes_of_one_departement(client: Client, party: Party) -> None:
    """Of organisations there, of one that left the sources, of its communes; a masked one says nothing."""
    commune, far = Place.objects.get(), make_place("98001")
    make_place("99", "departement", [commune])
    make_place("98", "departement", [far])
    elsewhere, gone, hidden = make_party("Ailleurs"), make_party("Partie"), make_party("Cachée")
    for one, place in ((elsewhere, far), (gone, commune), (hidden, commune)):
        make_record(one)
        make_site(one, place)
        change(one, name=f"{one.name} bis", subject=f"party:{one.public_id}")
    Party.objects.filter(pk=hidden.pk).update(diffusion=Diffusion.MASKED)
    with change_parties(parties=[gone.pk], verb="harvest", subject="source:registre", by=None):
        gone.delete()
    correction, _secret = propose_correction(
        place=commune, values={"population": "12"}, evidence="vu", by=None
    )
    accept_correction(correction=correction, reason="Compté", by=make_user("", "steward"))
    assert text(client, "/changements/").count("<tr id=") == 6
    page = text(client, "/changements/?departement=99")
    assert page.count("<tr id=") == 5
    assert "Ailleurs" not in page and "Compté" in page
    assert 'value="99" selected' in page and "?acte=harvest&amp;departement=99" in page
    assert text(client, "/changements/?departement=98").count("<tr id=") == 1
    assert text(client, "/changements/?departement=99&acte=harvest").count("<tr id=") == 2
    feed = ET.fromstring(client.get("/changements.atom?departement=98").content)
    assert [one.findtext(f"{ATOM}title") for one in feed.findall(f"{ATOM}entry")] == [
        "correction acceptée, Ailleurs bis"
    ]
    assert "departement=98" in feed.find(f"{ATOM}link[@rel='self']").attrib["href"]
    for wrong in ("/changements/?departement=97", "/changements.atom?departement=zzz"):
        assert client.get(wrong).status_code == 404


def test_a_harvest_counts_there_what_changed_there(client: Client) -> None:
    parties, communes = [], [make_place(code) for code in ("99001", "98001", "98002")]
    make_place("99", "departement", communes[:1])
    make_place("98", "departement", communes[1:])
    for commune in communes:
        parties.append(make_party())
        make_record(parties[-1])
        make_site(parties[-1], commune)
    with change_parties(parties=[one.pk for one in parties], verb="harvest", subject="source:x", by=None):
        Party.objects.update(name="Autre")
    assert "3 fiches nouvelles ou changées, 3 versions gardées" in text(client, "/changements/")
    assert "1 fiche nouvelle ou changée, 1 version gardée" in text(client, "/changements/?departement=99")
    assert "2 fiches nouvelles ou changées" in text(client, "/changements/?departement=98")


def test_feeds_are_atom_with_one_entry_a_change(client: Client, party: Party) -> None:
    for path in ("/changements.atom", address(party, "historique.atom")):
        answer = client.get(path)
        assert answer["Content-Type"].startswith("application/atom+xml")
        entries = ET.fromstring(answer.content).findall(f"{ATOM}entry")
        assert len(entries) == 2
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
        assert entries[0].findtext(f"{ATOM}updated") == "2026-01-20T12:00:00+00:00"
        assert "Le nom a changé" in (entries[1].findtext(f"{ATOM}summary") or "")
        assert entries[1].findtext(f"{ATOM}author/{ATOM}name") == "Une voisine"


def test_history_asks_as_many_questions_for_many_versions(client: Client) -> None:
    counts = []
    for number in (2, 15):
        party = make_party()
        make_record(party)
        for rank in range(number):
            change(party, name=f"Nom {rank}", reason="x")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text(client, address(party, "historique/"))
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            text(client, "/changements/")
        counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_long_histories_are_paged(client: Client) -> None:
    party = make_party()
    for rank in range(30):
        change(party, name=f"Nom {rank}")
    assert "Page 1 sur 2" in text(client, address(party, "historique/"))
    assert "Nom 0" in text(client, address(party, "historique/?page=2"))
    assert "Page 1 sur 2" in text(client, reverse("observe:changes"))
