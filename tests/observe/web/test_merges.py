"""Pages of merges: who may do what, what is said of mistakes, and what stays hidden."""

from typing import Any

import pytest
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.observe.models import Candidate, Merge
from tests.factories import make_user
from tests.factories.world import A_KEY, World, make_world

pytestmark = pytest.mark.django_db
REVIEW = "observe:merge_review"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def steward(client: Any) -> Any:
    client.force_login(make_user("", "steward"))
    return client


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_a_pair_is_shown_side_by_side_with_its_reasons(world: World, steward: Any) -> None:
    page = text_of(steward.get(reverse(REVIEW)))
    for party in world.parties[:2]:
        assert party.name in page
    assert "Le lieu : un peu pour la même" in page
    assert "Il reste 1 paire" in page


def test_same_then_undone_from_the_page(world: World, steward: Any) -> None:
    first, second = world.parties[:2]
    candidate = Candidate.objects.get()
    answer = {"candidate": candidate.pk, "answer": "same", "reason": "Même bureau"}
    done = steward.post(reverse(REVIEW), answer, follow=True)
    assert "sont réunies" in text_of(done)
    merge = Merge.objects.latest("pk")
    assert merge.reason == "Même bureau"
    assert "Même bureau" in text_of(steward.get(reverse("observe:merges")))

    undo = reverse("observe:merge_undo", args=[merge.pk])
    refused = steward.post(undo, {"reason": ""})
    assert refused.status_code == 400
    done = steward.post(undo, {"reason": "Deux lieux"}, follow=True)
    assert f"« {second.name} » a de nouveau sa fiche" in text_of(done) or first.name in text_of(done)
    assert "Deux lieux" in text_of(done)
    again = steward.post(undo, {"reason": "Encore"})
    assert again.status_code == 400
    assert "déjà défaite" in text_of(again)
    assert "Encore" in text_of(again), "what was typed stays"


def test_a_skipped_pair_stays_and_the_list_ends(world: World, steward: Any) -> None:
    candidate = Candidate.objects.get()
    page = steward.post(reverse(REVIEW), {"candidate": candidate.pk, "answer": "skip"}, follow=True)
    assert "bout de la liste" in text_of(page)
    assert Candidate.objects.get().state == Candidate.State.OPEN


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"answer": "same"}, 400),
        ({"candidate": "x", "answer": "same"}, 400),
        ({"candidate": "999999", "answer": "same"}, 404),
        ({"candidate": "1", "answer": "both"}, 400),
        ({"candidate": "1", "answer": "same", "reason": "é" * 1001}, 400),
    ],
)
def test_bad_answers_change_nothing(world: World, steward: Any, sent: dict[str, str], status: int) -> None:
    assert steward.post(reverse(REVIEW), sent).status_code == status
    assert not Merge.objects.exclude(pk=A_KEY).exists()


def test_two_records_by_their_addresses(world: World, steward: Any) -> None:
    first, second = world.parties[:2]
    address = f"https://exemple.invalid/en/acteurs/{first.public_id}/?x=1"
    sent = {"first": address, "second": second.public_id, "reason": "Même adresse"}
    assert steward.post(reverse("observe:merge_new"), sent).status_code == 302
    assert Party.objects.filter(pk__in=[first.pk, second.pk]).count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"second": "nulle part"}, "Aucune fiche à « nulle part »"),
        ({"second": "jamaisvue0"}, "Aucune fiche"),
        ({"reason": ""}, "Ce champ est obligatoire"),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(
    world: World, steward: Any, change: dict[str, str], said: str
) -> None:
    first, second = world.parties[:2]
    sent = {"first": first.public_id, "second": second.public_id, "reason": "Même adresse", **change}
    answer = steward.post(reverse("observe:merge_new"), sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert first.public_id in text_of(answer)


def test_a_masked_party_cannot_be_named_nor_listed(world: World, steward: Any) -> None:
    masked = Party.objects.get(diffusion=Diffusion.MASKED)
    sent = {"first": world.parties[0].public_id, "second": masked.public_id, "reason": "x"}
    assert "Aucune fiche" in text_of(steward.post(reverse("observe:merge_new"), sent))
    Party.objects.filter(pk=world.parties[0].pk).update(diffusion=Diffusion.MASKED)
    assert "jointefict" not in text_of(steward.get(reverse("observe:merges")))
    assert steward.get(reverse("observe:merge_undo", args=[1])).status_code == 404
    assert "Aucune paire" in text_of(steward.get(reverse(REVIEW)))


def test_what_is_typed_is_shown_as_text(world: World, steward: Any) -> None:
    first, second = world.parties[:2]
    sent = {"first": first.public_id, "second": second.public_id, "reason": "<script>alert(1)</script>"}
    steward.post(reverse("observe:merge_new"), sent)
    page = steward.get(reverse("observe:merges")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
