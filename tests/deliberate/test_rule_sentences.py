"""Rules are said once: the same sentences on the page, on paper and in the API, and they are true."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.deliberate.enums import Eligibility
from terreau.deliberate.instants import end_of, ending
from terreau.deliberate.rule_sentences import Rules, rules_of, sentences
from tests.factories import make_party
from tests.factories.deliberate import make_process

RULES = Rules(
    eligibility=Eligibility.ANYONE,
    colleges=("elected", "citizens"),
    asks_college=False,
    hides_results=True,
    asks_at_a_time=5,
    closes_at=end_of(dt.date(2027, 5, 3)),
    decider="Région fictive",
    legal_basis="",
    reply_by=dt.date(2027, 9, 1),
    deliberation_number="",
    deliberation_on=None,
)


def told(**values) -> str:
    return " ".join(sentences(replace(RULES, **values)))


def test_each_rule_changes_what_is_said() -> None:
    assert "sans compte" in told() and "élus, habitants" in told() and "peut dire" in told()
    assert "qui a un compte" in told(eligibility=Eligibility.MEMBERS)
    assert "invitées" in told(eligibility=Eligibility.INVITED)
    assert "avant de prendre part" in told(asks_college=True)
    assert "collège" not in told(colleges=(), eligibility=Eligibility.MEMBERS)
    assert "à tout moment" in told(hides_results=False)
    assert "3 mai 2027" in told() and "1 septembre 2027" in told()
    assert "par 7" in told(asks_at_a_time=7)


def test_it_is_consultative_until_a_deliberation_has_a_number() -> None:
    assert "consultatif" in told()
    decided = told(deliberation_number="27.03", deliberation_on=dt.date(2027, 6, 1))
    assert "consultatif" not in decided and "27.03" in decided and "1 juin 2027" in decided


def test_the_hour_of_closing_is_said_when_days_are_not_whole() -> None:
    assert "(3 mai 2027 à minuit)" in told()
    assert "(3 mai 2027 à 16:00)" in told(closes_at=ending(dt.date(2027, 5, 3), dt.time(16)))


@pytest.mark.django_db
def test_page_and_api_say_the_same_and_name_no_masked_decider(client) -> None:
    hidden = make_party("Secret fictif", diffusion=Diffusion.MASKED)
    process = make_process(decider=hidden, decider_identity=hidden.identity, decider_name="")
    said = sentences(rules_of(process))
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    for sentence in said:
        assert sentence in page
    answer = client.get(f"/api/v1/processes/{process.slug}")
    assert answer.json()["rules"] == said
    for text in (page, answer.text):
        assert "Secret fictif" not in text and hidden.identity not in text
