"""Pages of an election: sentences, the same order everywhere, the reply of a list, what may not be done."""

import csv
import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from terreau.commitments.actions.pledges import Said
from terreau.commitments.models import Candidacy, Commitment, Election
from terreau.commons.models import JournalEntry, OutgoingMail
from terreau.commons.search.fold import party_search_text
from tests.factories import make_party, make_user
from tests.factories.commitments import make_item
from tests.factories.pledges import answer, link_of, make_consultation, make_election, make_list

pytestmark = pytest.mark.django_db
FROZEN = dt.datetime(2032, 3, 13, 12, tzinfo=dt.UTC)
AFTER = dt.datetime(2032, 3, 22, 12, tzinfo=dt.UTC)


def keeper_client() -> Client:
    client = Client()
    client.force_login(make_user("", "facilitator"))
    return client


def page(client: Client, name: str, *args: str) -> str:
    response = client.get(reverse(f"commitments:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def typed(election: Election, code: str, **fields: str) -> dict[str, str]:
    item = election.programme.items.get(code=code)
    return {f"p{item.pk}-{name}": value for name, value in fields.items()}


def test_sentences_come_first_and_silence_is_not_a_no(client) -> None:
    election = make_election()
    lists = [make_list(election) for _number in range(3)]
    answer(lists[0])
    answer(lists[1])
    text = page(client, "election", election.slug)
    assert "2 listes sur 3 ont répondu." in text
    assert "2 oui, 1 sans réponse." in text
    assert text.count("Pas de réponse") == 4
    answer(lists[2])
    assert "Sur le point 1 : toutes les listes disent oui." in page(client, "election", election.slug)
    assert text.index("ont répondu") < text.index("<table")


def test_the_order_is_the_same_on_the_page_of_a_point_in_the_table_and_in_the_file(client) -> None:
    election = make_election()
    for _number in range(5):
        make_list(election)
    drawn = [one.name for one in election.candidacies.all()]
    for name, args in (("election", ()), ("election_item", ("1",))):
        text = page(client, name, election.slug, *args)
        places = [text.index(f">{one}</a>") for one in drawn]
        assert places == sorted(places)
    rows = list(csv.DictReader(StringIO(page(client, "election_csv", election.slug))))
    assert [row["nom_de_la_liste"] for row in rows] == drawn * 2


def test_the_file_has_every_version_and_computes_no_formula(client) -> None:
    one = make_list(make_election(items=1))
    secret = link_of(one)
    answer(one, said=Said("yes", "principle", "=1+1"), secret=secret)
    answer(one, said=Said("no", words="Finalement non."), secret=secret)
    rows = list(csv.DictReader(StringIO(page(client, "election_csv", one.election.slug))))
    assert [(row["version"], row["en_vigueur"], row["reponse"], row["mots"]) for row in rows] == [
        ("1", "non", "yes", "'=1+1"),
        ("2", "oui", "no", "Finalement non."),
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries, size: int) -> None:
    election = make_election(items=size)
    lists = [make_list(election) for _number in range(size)]
    for one in lists:
        for item in election.programme.items.all():
            answer(one, item.code)
    for name, args, count in (
        ("elections", (), 4),
        ("election", (election.slug,), 6),
        ("candidacy", (election.slug, lists[0].token), 6),
        ("election_item", (election.slug, "1"), 6),
    ):
        with django_assert_num_queries(count):
            page(client, name, *args)


def test_a_list_keeps_a_draft_that_nobody_else_reads_then_publishes_it(client) -> None:
    one = make_list(make_election())
    address = reverse("commitments:reply", args=[one.token, link_of(one)])
    draft = typed(one.election, "1", answer="yes", words="Pas encore relu", due_on="n’importe quoi")
    assert client.post(address, {"do": "keep", **draft}).status_code == 302
    assert not one.positions.exists()
    assert "Pas encore relu" not in page(client, "candidacy", one.election.slug, one.token)
    shown = client.get(address)
    assert "Pas encore relu" in shown.content.decode()
    assert (shown["Cache-Control"], shown["Referrer-Policy"]) == (
        "max-age=0, no-cache, no-store, must-revalidate, private", "same-origin",
    )  # fmt: skip
    wrong = client.post(address, {"do": "publish", **draft, **typed(one.election, "1", level="dated")})
    assert wrong.status_code == 400
    assert "Pas encore relu" in wrong.content.decode()
    right = typed(one.election, "1", answer="yes", words="Relu", level="dated", due_on="2034-01-01")
    assert client.post(address, {"do": "publish", **right}).status_code == 302
    text = page(client, "candidacy", one.election.slug, one.token)
    assert "Relu" in text and "1er janvier 2034" in text
    one.refresh_from_db()
    assert one.draft == {}


def test_what_comes_too_late_is_refused_logged_and_kept_on_the_page(client, monkeypatch) -> None:
    one = make_list(make_election())
    address = reverse("commitments:reply", args=[one.token, link_of(one)])
    monkeypatch.setattr(timezone, "now", lambda: FROZEN)
    data = typed(one.election, "1", answer="yes", words="Trop tard", level="principle")
    response = client.post(address, {"do": "publish", **data})
    assert response.status_code == 409
    assert "L49" in response.content.decode() and "Trop tard" in response.content.decode()
    assert not one.positions.exists()
    assert JournalEntry.objects.filter(verb="refuse-position-change").count() == 1


def test_a_wrong_link_opens_nothing(client) -> None:
    one, other = make_list(make_election()), make_list(make_election())
    secret = link_of(one)
    for token, said in ((one.token, secret + "x"), (other.token, secret), ("nulle2part", secret)):
        assert client.get(reverse("commitments:reply", args=[token, said])).status_code == 404


def test_a_keeper_mails_the_link_and_the_address_is_forgotten() -> None:
    one = make_list(make_election())
    client = keeper_client()
    address = reverse("commitments:candidacy_keep", args=[one.election.slug, one.token])
    response = client.post(address, {"do": "link", "to": "liste@exemple.invalid"})
    link = response.context["link"]
    assert response.status_code == 200 and link in response.content.decode()
    assert "/elections/repondre/" in link
    assert client.get(address).content.decode().count("/repondre/") == 0, "it is shown once"
    mailed = OutgoingMail.objects.get() if OutgoingMail.objects.exists() else mail.outbox[-1]
    assert link in mailed.body
    assert "liste@exemple" not in str(list(JournalEntry.objects.values()))
    assert Client().get(link).status_code == 200


def test_a_keeper_opens_an_election_and_a_wrong_date_is_said_at_its_field() -> None:
    programme = make_item().programme
    client = keeper_client()
    data = {"title": "Municipales fictives", "asked_by": "Réseau fictif", "programme": programme.pk,
            "body_kind": "commune", "first_round_on": "2032-03-14", "second_round_on": "2032-03-07"}  # fmt: skip
    address = reverse("commitments:election_new")
    wrong = client.post(address, data)
    assert wrong.status_code == 400
    assert "Le second tour vient après" in wrong.content.decode()
    assert escape("Municipales fictives") in wrong.content.decode()
    assert client.post(address, {**data, "second_round_on": "2032-03-21"}).status_code == 302
    assert Election.objects.get().slug == "municipales-fictives"


def test_after_the_election_a_pledge_is_reviewed_then_followed(client, monkeypatch, settings) -> None:
    settings.SITE_ADDRESS = "https://terreau.exemple.invalid"
    one = make_list(make_election(items=1))
    answer(one)
    monkeypatch.setattr(timezone, "now", lambda: AFTER)
    keeper = keeper_client()
    slug, token = one.election.slug, one.token
    turn = reverse("commitments:pledge_commitment", args=[slug, token, "1"])
    assert keeper.get(turn).status_code == 404
    keep = reverse("commitments:candidacy_keep", args=[slug, token])
    assert keeper.post(keep, {"do": "elect", "source_url": "pas une adresse"}).status_code == 400
    assert keeper.post(keep, {"do": "elect", "source_url": "https://exemple.invalid/r"}).status_code == 302
    assert "Pas encore devenu un engagement" in page(client, "candidacy", slug, token)
    assert "1 promesse sur 1 n’est pas encore devenue un engagement." in page(client, "election", slug)
    form = keeper.get(turn).context["form"]
    data = {name: form[name].value() for name in form.fields} | {"owner": form.fields["owner"].choices[0][0]}
    assert keeper.post(turn, data).status_code == 302
    assert keeper.post(turn, data).status_code == 302
    made = Commitment.objects.get()
    assert made.owner_name == "Conseil fictif"
    assert made.basis_url.endswith(f"/elections/{slug}/listes/{token}/#point-1")
    assert made.title in page(client, "candidacy", slug, token)


def test_the_banner_is_on_pages_of_the_register_during_the_period_alone(client, monkeypatch) -> None:
    make_election()
    banner = "ne met en avant aucun résultat"
    assert banner not in page(client, "elections")
    monkeypatch.setattr(timezone, "now", lambda: FROZEN)
    for name in ("elections", "commitments", "reserve"):
        assert banner in page(client, name)


def test_a_body_is_consulted_outside_any_election(client) -> None:
    election = make_consultation()
    body = make_list(election, "Fédération fictive")
    answer(body)
    text = page(client, "election", election.slug)
    assert "1 organisme sur 1 a répondu." in text
    assert "L52-1" not in text and "Tours" not in text
    assert Candidacy.objects.get().election.is_consultation


def test_an_institution_is_found_by_its_name_and_two_of_one_name_are_told_apart() -> None:
    election = make_election()
    client = keeper_client()
    towns = [
        make_party("Commune fictive", search_text=party_search_text("Commune fictive"), siren=siren)
        for siren in ("200000008", "200000016")
    ]
    page = f"/elections/{election.slug}/listes/"
    typed = {"name": "Liste d’essai", "party": "commune fictive"}
    answer = client.post(page, {**typed, "do": "search"})
    assert answer.status_code == 200 and "SIREN 200000016" in answer.text and "Liste d’essai" in answer.text
    assert not election.candidacies.exists(), "to look is not to write"
    assert client.post(page, typed).status_code == 400, "one has to choose"
    client.post(page, {**typed, "party_asked": "commune fictive", "party_choice": towns[1].public_id})
    row = election.candidacies.get()
    assert row.party == towns[1]
    kept = f"{page}{row.token}/tenir/"
    assert 'value="Commune fictive"' in client.get(kept).text
    assert client.post(kept, {"do": "rename", "name": "Liste", "party": "Inconnue"}).status_code == 400
    client.post(kept, {"do": "rename", "name": "Liste", "party": ""})
    row.refresh_from_db()
    assert (row.name, row.party) == ("Liste", None)
