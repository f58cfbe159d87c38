"""What waits is counted where it is answered, and told on the account of who may answer."""

from typing import Any

import pytest
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.observe.models import Candidate
from terreau.observe.queries.waiting import waiting
from tests.factories import make_user
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db


def test_each_page_has_what_the_world_left_to_answer() -> None:
    make_world()
    assert waiting() == {
        "observe:corrections": 0,
        "observe:mask_requests": 0,
        "observe:merge_review": 1,
        "observe:claims": 1,
        "observe:contradictions": 1,
    }
    Candidate.objects.update(state=Candidate.State.DIFFERENT)
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert set(waiting().values()) == {0}


@pytest.mark.parametrize(("role", "told"), [("steward", 5), ("facilitator", 2), ("member", 0)])
def test_the_account_tells_only_what_one_may_answer(client: Any, role: str, told: int) -> None:
    make_world()
    client.force_login(make_user("", *([role] if role != "member" else [])))
    page = client.get(reverse("account")).content.decode().replace("\u00a0", " ")
    assert page.count("(1 en attente)") == told
