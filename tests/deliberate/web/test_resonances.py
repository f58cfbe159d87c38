"""P11: four orientations and nine actions give the one without action and the two without orientation."""

import csv
from html import unescape
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.commitments.actions import add_programme, add_programme_item, name_author_of_programme
from terreau.commitments.actions.writing import NotAllowed as NotAKeeper
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.models import User
from terreau.deliberate.actions import add_resonance, make_matrix, withdraw_resonance
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.conference_tables import TABLES
from terreau.deliberate.models import Resonance, ResonanceMatrix
from terreau.deliberate.queries.resonances import grid_of
from tests.factories import make_party, make_user
from tests.factories.claims import make_custodian
from tests.factories.commitments import make_item, make_keeper
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def make_programmes() -> tuple[Programme, list[Programme]]:
    """Four orientations; nine actions of three actors."""
    for rank in range(1, 5):
        make_item(str(rank), programme="region", title=f"Orientation fictive {rank}", rank=rank)
    for rank in range(1, 10):
        make_item(str(rank), programme=f"acteur-{rank % 3}", title=f"Action fictive {rank}", rank=rank)
    Programme.objects.filter(slug="region").update(title="Stratégie fictive", author="Région fictive")
    for number in range(3):
        Programme.objects.filter(slug=f"acteur-{number}").update(author=f"Acteur fictif {number}")
    actors = list(Programme.objects.filter(slug__startswith="acteur-").order_by("slug"))
    return Programme.objects.get(slug="region"), actors


def item(words: str) -> ProgrammeItem:
    return ProgrammeItem.objects.select_related("programme").get(title=words)


def made() -> ResonanceMatrix:
    """Actions 1 to 7 serve orientations 1 to 3; orientation 4 and actions 8 and 9 stay alone."""
    orientations, actors = make_programmes()
    keeper = make_keeper()
    matrix = make_matrix(title="Tableau fictif", orientations=orientations, programmes=actors, by=keeper)
    for number in range(1, 8):
        add_resonance(
            matrix=matrix,
            action=item(f"Action fictive {number}"),
            orientation=item(f"Orientation fictive {number % 3 + 1}"),
            by=keeper,
        )
    return matrix


def test_what_is_alone_on_either_side(client) -> None:
    matrix = made()
    grid = grid_of(matrix)
    assert len(grid.rows) == 4 and len(grid.actions) == 9
    assert [one.title for one in grid.alone] == ["Orientation fictive 4"]
    assert sorted(one.title for one in grid.idle) == ["Action fictive 8", "Action fictive 9"]
    page = unescape(client.get(reverse("deliberate:matrix", args=[matrix.slug])).text).replace("\u00a0", " ")
    assert "1 orientation n’a aucune action :" in page
    assert "2 actions ne servent aucune orientation :" in page
    assert page.index("aucune action") < page.index("<table"), "sentences first"
    said = client.get(reverse("deliberate:matrix_csv", args=[matrix.slug])).text
    rows = list(csv.DictReader(StringIO(said)))
    assert [row["titre_orientation"] for row in rows if not row["titre_action"]] == ["Orientation fictive 4"]
    assert sorted(row["titre_action"] for row in rows if not row["orientation"]) == [
        "Action fictive 8",
        "Action fictive 9",
    ]
    assert len(rows) == 10


def test_a_point_that_leaves_its_programme_counts_no_more() -> None:
    matrix = made()
    ProgrammeItem.objects.filter(title="Action fictive 3").update(is_withdrawn=True)
    ProgrammeItem.objects.filter(title="Action fictive 6").update(is_withdrawn=True)
    assert sorted(one.title for one in grid_of(matrix).alone) == [
        "Orientation fictive 1",
        "Orientation fictive 4",
    ]
    matrix.programmes.remove(Programme.objects.get(slug="acteur-0"))
    assert [one.title for one in grid_of(matrix).idle] == ["Action fictive 8"]


def test_it_is_kept_without_a_script(client) -> None:
    """A table opened, an actor's action typed, a resonance noted then taken back."""
    cache.clear()
    orientations, _actors = make_programmes()
    client.force_login(make_keeper())
    typed = {"title": "Tableau fictif", "orientations": orientations.pk}
    wrong = client.post(reverse("deliberate:matrix_new"), {**typed, "programmes": [orientations.pk]})
    assert wrong.status_code == 400 and "Tableau fictif" in wrong.text
    keep = client.post(reverse("deliberate:matrix_new"), typed).url
    assert client.post(keep, {"do": "action", "new-title": "Prêter un four"}).status_code == 400
    client.post(keep, {"do": "action", "new-author": "Fournil fictif", "new-title": "Prêter un four"})
    programme = Programme.objects.get(author="Fournil fictif")
    client.post(keep, {"do": "action", "new-programme": programme.pk, "new-title": "Former"})
    assert [one.code for one in programme.items.all()] == ["1", "2"]
    pair = {"action": programme.items.get(code="1").pk, "orientation": orientations.items.get(code="4").pk}
    client.post(keep, {"do": "resonate", **pair, "words": "Le samedi"})
    row = Resonance.objects.get()
    client.post(keep, {"do": "resonate", **pair, "words": "Le dimanche"})
    row.refresh_from_db()
    assert row.words == "Le dimanche"
    shown = client.get(reverse("deliberate:matrix", args=[row.matrix.slug])).text
    assert "Prêter un four" in shown and "Le dimanche" in shown
    client.post(keep, {"do": "withdraw", "resonance": row.pk})
    assert not Resonance.objects.exists()
    client.post(keep, {"do": "programmes", "programmes": []})
    assert not row.matrix.programmes.exists()


def test_only_facilitators_and_stewards_keep_it(client) -> None:
    matrix = made()
    row, orientation = matrix.resonances.first(), item("Orientation fictive 4")
    assert row is not None
    for user in (make_user(), make_user("", "moderator"), make_user("", "administrator")):
        with pytest.raises(NotAllowed):
            add_resonance(matrix=matrix, action=item("Action fictive 8"), orientation=orientation, by=user)
        with pytest.raises(NotAllowed):
            withdraw_resonance(resonance=row, by=user)
        with pytest.raises(NotAKeeper):
            add_programme(title="x", author="x", by=user)
        with pytest.raises(NotAKeeper):
            add_programme_item(programme=orientation.programme, title="x", by=user)
        client.force_login(user)
        assert client.get(reverse("deliberate:matrix_keep", args=[matrix.slug])).status_code == 403


def test_a_resonance_is_between_this_table_s_points() -> None:
    matrix, keeper = made(), make_keeper()
    elsewhere = make_item("1", programme="ailleurs")
    for action, orientation, field in (
        (elsewhere, item("Orientation fictive 4"), "action"),
        (item("Action fictive 8"), elsewhere, "orientation"),
        (item("Orientation fictive 1"), item("Orientation fictive 4"), "action"),
    ):
        with pytest.raises(ValidationError) as error:
            add_resonance(matrix=matrix, action=action, orientation=orientation, by=keeper)
        assert set(error.value.message_dict) == {field}


def test_the_table_asks_the_same_of_the_database_for_seven_and_eight(client) -> None:
    matrix = made()
    path = reverse("deliberate:matrix", args=[matrix.slug])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    client.get(path)
    before = asked()
    add_resonance(
        matrix=matrix,
        action=item("Action fictive 8"),
        orientation=item("Orientation fictive 4"),
        by=make_keeper(),
    )
    assert asked() == before


def test_an_empty_one_says_what_it_needs(client) -> None:
    orientations = Programme.objects.create(slug="vide", title="Vide", author="x", licence="etalab-2.0")
    matrix = make_matrix(title="!!!", orientations=orientations, by=make_keeper())
    assert matrix.slug == "resonances"
    page = client.get(reverse("deliberate:matrix", args=[matrix.slug])).text
    assert "Ce tableau est vide." in page
    assert make_matrix(title="Nouveau", orientations=orientations, by=make_keeper()).slug == "nouveau-2"


def spoken() -> tuple[ResonanceMatrix, User, str]:
    """A table, and who speaks for « Acteur fictif 2 », whose actions are 2, 5 and 8."""
    matrix, party = made(), make_party("Acteur fictif 2")
    name_author_of_programme(programme=Programme.objects.get(slug="acteur-2"), party=party, by=make_keeper())
    return matrix, make_custodian(party), reverse("deliberate:matrix_keep", args=[matrix.slug])


def test_who_speaks_for_an_actor_says_what_its_own_actions_serve_and_is_reviewed_first(client) -> None:
    cache.clear()
    matrix, custodian, keep = spoken()
    client.force_login(custodian)
    page_address = reverse("deliberate:matrix", args=[matrix.slug])
    assert keep in client.get(page_address).text
    form = client.get(keep).text
    assert "Action fictive 8" in form and "Action fictive 9" not in form.split("<form")[2]
    assert 'value="programmes"' not in form and 'value="action"' not in form
    orientation = item("Orientation fictive 4")
    pair = {"do": "resonate", "orientation": orientation.pk, "words": "Chaque samedi"}
    assert client.post(keep, {**pair, "action": item("Action fictive 9").pk}).status_code == 400
    assert client.post(keep, {**pair, "action": item("Action fictive 8").pk}).status_code == 302
    row = Resonance.objects.get(action=item("Action fictive 8"))
    assert row.is_waiting and "Chaque samedi" in client.get(keep).text
    assert "Chaque samedi" not in client.get(page_address).text
    assert orientation in grid_of(matrix).alone and row not in shown_in_the_dump()
    assert client.post(keep, {"do": "publish", "resonance": row.pk}).status_code == 403
    client.force_login(make_keeper())
    assert "Chaque samedi" in client.get(keep).text
    assert client.post(keep, {"do": "publish", "resonance": row.pk}).status_code == 302
    assert "Chaque samedi" in client.get(page_address).text and row in shown_in_the_dump()
    client.force_login(custodian)
    again = client.post(keep, {**pair, "action": item("Action fictive 8").pk, "words": "Autre chose"})
    assert again.status_code == 400 and "déjà notée" in again.text and "Autre chose" in again.text
    other = Resonance.objects.get(action=item("Action fictive 1"))
    assert client.post(keep, {"do": "withdraw", "resonance": other.pk}).status_code == 403
    assert client.post(keep, {"do": "withdraw", "resonance": row.pk}).status_code == 302
    assert not Resonance.objects.filter(pk=row.pk).exists() and Resonance.objects.filter(pk=other.pk).exists()


def shown_in_the_dump() -> list[Resonance]:
    return list(next(table for table in TABLES if table.name == "resonances").rows())


def test_who_speaks_for_nobody_of_the_table_has_no_form_and_a_known_custodian_publishes(client) -> None:
    matrix, custodian, keep = spoken()
    client.force_login(make_custodian(make_party("Ailleurs fictif")))
    assert client.get(keep).status_code == 403
    assert keep not in client.get(reverse("deliberate:matrix", args=[matrix.slug])).text
    action, orientation = item("Action fictive 8"), item("Orientation fictive 4")
    with pytest.raises(NotAllowed):
        add_resonance(matrix=matrix, action=action, orientation=orientation, by=make_user())
    make_statement(make_process(), author=make_participant(make_process(), user=custodian))
    assert not add_resonance(matrix=matrix, action=action, orientation=orientation, by=custodian).is_waiting


def test_a_keeper_says_whose_a_programme_is_in_the_directory(client) -> None:
    cache.clear()
    matrix = made()
    party = make_party("Fournil fictif du directoire")
    client.force_login(make_keeper())
    keep = reverse("deliberate:matrix_keep", args=[matrix.slug])
    chosen = {"new-author": party.name, "new-author_asked": party.name, "new-author_choice": party.public_id}
    typed = {**chosen, "new-title": "Cuire"}
    searched = client.post(keep, {"do": "search", **typed})
    assert searched.status_code == 200 and "Cuire" in searched.text
    assert client.post(keep, {"do": "action", **typed}).status_code == 302
    made_one = Programme.objects.get(author=party.name)
    assert (made_one.party, made_one.party_identity) == (party, party.identity)
    old = Programme.objects.get(slug="acteur-1")
    client.post(keep, {"do": "action", "new-programme": old.pk, **typed})
    old.refresh_from_db()
    assert old.party == party
