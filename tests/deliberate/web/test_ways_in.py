"""From the page of a process: where people go to take part, and what a facilitator prepares before it is public."""

import pytest
from django.urls import reverse

from terreau.deliberate.enums import Power, State, StepKind
from terreau.deliberate.models import Process
from tests.factories.deliberate import close, give_power, make_process, make_statement
from tests.factories.texts import make_text

pytestmark = pytest.mark.django_db


def address(name: str, process: Process, *rest: str) -> str:
    return reverse(f"deliberate:{name}", args=[process.slug, *rest])


def main_of(client, process: Process) -> str:
    """Without the tabs, which are always there."""
    page = client.get(address("process", process)).text
    return (
        page[page.index("</nav>", page.index("Pages de la démarche")) :]
        if "Pages de la démarche" in page
        else page
    )


def test_what_is_open_is_one_press_away(client) -> None:
    process = make_process(steps=(StepKind.VOTE, StepKind.PROPOSE))
    text = make_text(process)
    shown = main_of(client, process)
    for there in (
        address("vote", process),
        address("text", process, text.token),
        address("proposal_new", process),
    ):
        assert f'href="{there}"' in shown
    make_text(process)
    shown = main_of(client, process)
    assert f'href="{address("texts", process)}"' in shown
    close(process)
    shown = main_of(client, process)
    assert "Donner mon avis" not in shown and "Faire une proposition" not in shown


def test_only_what_is_open_is_offered(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    shown = main_of(client, process)
    assert "Donner mon avis" in shown and "Faire une proposition" not in shown


def test_seeds_and_texts_are_prepared_from_the_page_of_a_draft(client) -> None:
    draft = make_process(state=State.DRAFT, opened_at=None)
    client.force_login(give_power(draft, Power.FACILITATOR))
    shown = main_of(client, draft)
    assert address("statement_seeds", draft) in shown and address("text_new", draft) in shown
    assert "Aucune affirmation de départ" in shown and "nous en sommes là" not in shown
    assert "Donner mon avis" not in shown
    make_statement(draft, is_seed=True)
    text = make_text(draft)
    shown = main_of(client, draft)
    assert "Aucune affirmation de départ" not in shown
    assert address("statements", draft) in shown and address("text", draft, text.token) in shown
