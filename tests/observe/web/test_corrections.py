"""The pages of corrections: the form, what is shown at once, the author's link, the stewards' answers and choices."""

import re

import pytest
from django.test import Client

from terreau.commons.models import Party, User
from terreau.observe.actions.corrections import accept_correction, propose_correction
from terreau.observe.models import Choice, Correction
from tests.factories import make_party, make_place, make_record, make_source, make_user
from tests.factories.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def party(world) -> Party:
    return world.parties[0]


@pytest.fixture
def steward() -> Client:
    client = Client()
    client.force_login(make_user("", "steward"))
    return client


def send(client, party, **typed):
    typed = {"champ": "website", "value": "https://nouveau.invalid/", "evidence": "leur affiche", **typed}
    return client.post(f"/acteurs/{party.public_id}/corriger/", typed)


def test_each_value_has_a_link_to_a_form_that_holds_it(client, party) -> None:
    page = client.get(f"/acteurs/{party.public_id}/").content.decode()
    links = re.findall(r'href="(/acteurs/\w+/corriger/\?champ=\w+(?:&amp;lieu=\d+)?)"', page)
    offered = [link for link in links if links.count(link) == 1]
    beside = {
        link for link in links if links.count(link) == 2
    }  # the values shown: once there, once in the list
    assert (len(offered), len(beside)) == (7 + 5 - 3, 3)
    assert page.count('aria-label="Corriger :') == 3
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    form = client.get(f"/acteurs/{party.public_id}/corriger/?champ=website").content.decode()
    assert 'value="https://exemple.invalid/"' in form
    assert "Licence Ouverte 2.0" in form


def test_without_a_field_the_page_lists_them_and_an_unknown_one_is_told(client, party) -> None:
    address = f"/acteurs/{party.public_id}/corriger/"
    assert client.get(address).status_code == 200
    answer = client.get(address + "?champ=siren")
    assert answer.status_code == 400
    assert "ne peut pas être corrigé" in answer.content.decode()


def test_it_is_shown_at_once_as_proposed_without_a_live_link(client, party) -> None:
    answer = send(client, party, credit="Une voisine")
    assert answer.status_code == 200
    page = client.get(f"/acteurs/{party.public_id}/").content.decode()
    assert "Proposé, non vérifié" in page
    assert "https://nouveau.invalid/" in page
    assert 'href="https://nouveau.invalid/"' not in page
    assert "Une voisine" in page


def test_what_was_typed_is_kept_with_its_message(client, party) -> None:
    answer = send(client, party, value="javascript:alert(1)", contact="pas une adresse")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="javascript:alert(1)"' in page
    assert "http ou https" in page
    assert "nom@exemple.fr" in page
    assert not Correction.objects.exists()


def test_the_trap_takes_robots_and_the_rate_is_limited(client, party, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "correction": "2/h/ip"}
    assert send(client, party, fax="123").status_code == 200
    assert not Correction.objects.exists()
    answers = [send(client, party, value=f"https://n{number}.invalid/").status_code for number in range(3)]
    assert answers == [200, 200, 429]
    assert Correction.objects.count() == 2


def test_its_author_follows_withdraws_and_erases_by_her_link(client, party) -> None:
    link = re.search(r"/corrections/\w+/[\w-]+/", send(client, party).content.decode()).group()
    assert "proposée" in client.get(link).content.decode()
    assert client.post(link, {"decision": "withdraw"}).status_code == 302
    assert "Proposé, non vérifié" not in client.get(f"/acteurs/{party.public_id}/").content.decode()
    again = client.post(link, {"decision": "withdraw"})
    assert (again.status_code, "déjà répondue" in again.content.decode()) == (400, True)
    assert client.post(link, {"decision": "erase"}).status_code == 200
    assert client.get(link).status_code == 404
    assert client.get(link[:-5] + "xxxx/").status_code == 404


def test_a_steward_answers_and_a_stranger_cannot(client, steward, party) -> None:
    send(client, party)
    one = Correction.objects.get()
    assert client.get("/corrections/").status_code == 302
    assert client.post("/corrections/", {"correction": one.token, "decision": "accept"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "proposed"
    refused = steward.post("/corrections/", {"correction": one.token, "decision": "refuse", "reason": ""})
    assert (refused.status_code, "sans raison" in refused.content.decode()) == (400, True)
    assert steward.post("/corrections/", {"correction": one.token, "decision": "accept"}).status_code == 302
    second = steward.post("/corrections/", {"correction": one.token, "decision": "refuse", "reason": "Non"})
    assert (second.status_code, "déjà répondue" in second.content.decode()) == (400, True)
    party.refresh_from_db()
    assert party.website == "https://nouveau.invalid/"
    assert "Défaire" in steward.get("/corrections/").content.decode()


def test_a_base_that_changed_is_confirmed_on_the_page(client, steward, party) -> None:
    for typed in ("https://un.invalid/", "https://deux.invalid/"):
        send(client, party, value=typed)
    first, second = Correction.objects.order_by("pk")
    steward.post("/corrections/", {"correction": first.token, "decision": "accept"})
    asked = steward.post("/corrections/", {"correction": second.token, "decision": "accept", "reason": "Vu"})
    assert asked.status_code == 400
    assert "La correction vaut toujours" in asked.content.decode()
    steward.post("/corrections/", {"correction": second.token, "decision": "accept", "confirmed": "on"})
    party.refresh_from_db()
    assert party.website == "https://deux.invalid/"


def test_no_correction_yet(steward) -> None:
    assert "Aucune correction" in steward.get("/corrections/").content.decode()


def test_a_missing_organisation_is_told_on_the_page_of_the_place(client, world) -> None:
    address = "/territoires/commune/99001/"
    assert "Une organisation manque ici" in client.get(address).content.decode()
    assert client.get(address + "corriger/").status_code == 200
    typed = {"name": "Jardin fictif", "nature": "association", "evidence": "vu"}
    assert client.post(address + "corriger/", typed).status_code == 200
    page = client.get(address).content.decode()
    assert "Jardin fictif" in page
    assert "organisation manquante" in page
    wrong = client.post(address + "corriger/", {**typed, "name": "<b>Jardin</b>", "commune": "Nullepart"})
    assert wrong.status_code == 400
    assert "Nullepart" in wrong.content.decode()


def test_a_wrong_population(client, world) -> None:
    address = "/territoires/commune/99001/corriger/"
    assert 'value="1000"' in client.get(address + "?champ=population").content.decode()
    wrong = client.post(address, {"champ": "population", "value": "beaucoup", "evidence": "INSEE"})
    assert (wrong.status_code, 'value="beaucoup"' in wrong.content.decode()) == (400, True)
    client.post(address, {"champ": "population", "value": "1 250", "evidence": "INSEE"})
    one = Correction.objects.get()
    assert one.values == {"population": 1250}
    accept_correction(correction=one, by=make_user("", "steward"))
    page = client.get("/territoires/commune/99001/").content.decode()
    assert "1\u202f250 selon une correction acceptée" in page


def test_a_masked_party_is_nowhere(client, steward) -> None:
    masked = Party.objects.filter(diffusion="masked").first() or make_party(diffusion="masked")
    for address in ("corriger/", "corriger/?champ=name"):
        assert client.get(f"/acteurs/{masked.public_id}/{address}").status_code == 404
    assert send(client, masked).status_code == 404
    assert steward.post(f"/acteurs/{masked.public_id}/choisir/", {}).status_code == 404


def test_what_was_proposed_before_the_mask_is_not_listed(steward) -> None:
    party = make_party("Épicerie fictive")
    propose_correction(party=party, values={"acronym": "ZQXJ"}, evidence="vu", by=None)
    Party.objects.filter(pk=party.pk).update(diffusion="masked")
    assert "ZQXJ" not in steward.get("/corrections/").content.decode()


def test_a_steward_keeps_a_value_with_a_reason(client, steward) -> None:
    party = make_party("Épicerie fictive", acronym="AAAA")
    for code, acronym in (("un", "AAAA"), ("deux", "BBBB")):
        make_record(party, make_source(code), values={"name": party.name, "acronym": acronym})
    address = f"/acteurs/{party.public_id}/choisir/"
    chosen = {"field": "acronym", "decision": "choose", "value": "BBBB"}
    assert "Garder cette valeur" in steward.get(f"/acteurs/{party.public_id}/").content.decode()
    assert "Garder cette valeur" not in client.get(f"/acteurs/{party.public_id}/").content.decode()
    steward.post(address, chosen)
    steward.post(address, {**chosen, "value": "CCCC", "reason": "Inventé"})
    steward.post(address, {**chosen, "field": "siren", "reason": "Inventé"})
    assert not Choice.objects.exists()
    steward.post(address, {**chosen, "reason": "Lu sur leur façade"})
    assert Choice.objects.get().value == "BBBB"
    assert "Lu sur leur façade" in client.get(f"/acteurs/{party.public_id}/").content.decode()
    undo = {"field": "acronym", "decision": "undo", "reason": "Erreur"}
    steward.post(address, undo)
    assert Choice.objects.get().undone_at is not None
    assert "déjà défait" in steward.post(address, undo, follow=True).content.decode()


def test_the_address_of_a_party_of_limited_diffusion_is_on_no_page(client, steward, party) -> None:
    Party.objects.filter(pk=party.pk).update(diffusion="partial")
    site = party.sites.get()
    form = client.get(f"/acteurs/{party.public_id}/corriger/?champ=post_code&lieu={site.pk}")
    wrong = client.get(f"/acteurs/{party.public_id}/corriger/?champ=address&lieu={site.pk}")
    assert (form.status_code, wrong.status_code) == (200, 400)
    send(client, party, champ="post_code", value="45000", lieu=site.pk)
    assert "address" not in Correction.objects.get().values_before
    pages = [form, wrong, client.get(f"/acteurs/{party.public_id}/"), steward.get("/corrections/")]
    for page in pages:
        assert site.address not in page.content.decode()


def test_where_a_place_is_outside_the_region_nothing_is_missing(client) -> None:
    make_place("99009", communes_in_region=0, communes_total=1)
    assert client.get("/territoires/commune/99009/corriger/").status_code == 404


def test_the_value_kept_comes_first_with_its_reason(client, steward) -> None:
    party = make_party("Épicerie fictive", acronym="AAAA")
    for code, acronym in (("un", "AAAA"), ("deux", "BBBB")):
        make_record(party, make_source(code), values={"name": party.name, "acronym": acronym})
    chosen = {"field": "acronym", "decision": "choose", "value": "BBBB", "reason": "Lu sur leur façade"}
    steward.post(f"/acteurs/{party.public_id}/choisir/", chosen)
    page = client.get(f"/acteurs/{party.public_id}/").content.decode()
    table = page[page.index('id="identity"') :]
    kept, other = table.index("BBBB"), table.index("AAAA")
    reason = table.index("gardée par une personne responsable : Lu sur leur façade")
    assert kept < reason < other


def test_who_corrected_is_thanked_once_it_is_accepted(client, steward, party) -> None:
    send(client, party, credit="Une voisine")
    one = Correction.objects.get()
    steward.post("/corrections/", {"correction": one.token, "decision": "accept"})
    page = client.get(f"/acteurs/{party.public_id}/").content.decode()
    assert "1 correction acceptée" in page
    assert "proposé par Une voisine" in page


def test_a_name_that_the_directory_does_not_find_may_be_told(client, world) -> None:
    page = client.get("/annuaire/", {"q": "jardin introuvable"}).content.decode()
    (link,) = re.findall(r'href="(/territoires/region/24/corriger/[^"]*)"', page)
    form = client.get(link).content.decode()
    assert 'value="jardin introuvable"' in form
    typed = {"name": "Jardin introuvable", "commune": "99002", "evidence": "vu"}
    assert client.post(link, typed).status_code == 200
    assert "Jardin introuvable" in client.get("/territoires/commune/99002/").content.decode()


def test_an_account_is_exported_with_its_corrections_and_erased_with_them(client, party) -> None:
    member = make_user()
    client.force_login(member)
    send(client, party, value="https://motdetrop.invalid/")
    assert "motdetrop" in client.get("/compte/export/").content.decode()
    client.post("/compte/supprimer/")
    assert not User.objects.filter(pk=member.pk).exists()
    one = Correction.objects.get()
    assert (one.is_erased, one.values) == (True, {})
    assert "motdetrop" not in client.get(f"/acteurs/{party.public_id}/").content.decode()
