"""The register of funded content: states by date, who may write, what is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.observe.actions.contents import save_funded_content
from terreau.observe.models import FundedContent
from terreau.observe.queries.contents import counts_by_state, funded_contents
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 10)
LIST = "/contenus-finances/"


def make_content(**values) -> FundedContent:
    given = {
        "title": "Étude fictive",
        "kind": "study",
        "funder": "Région fictive",
        "producer": "Bureau fictif",
    }
    return FundedContent.objects.create(**{**given, "due_on": DAY, **values})


def posted(**values) -> dict[str, str]:
    given = {
        "title": "Étude fictive",
        "kind": "study",
        "funder": "Région fictive",
        "producer": "Bureau fictif",
    }
    return {**given, "due_on": "2025-03-10", **values}


def test_a_study_one_day_late_is_on_the_list() -> None:
    study = make_content()
    assert list(funded_contents(on=DAY, state="late")) == []
    assert list(funded_contents(on=DAY + dt.timedelta(days=1), state="late")) == [study]


def test_sql_and_the_model_agree_on_every_state() -> None:
    days = (None, DAY - dt.timedelta(days=1), DAY, DAY + dt.timedelta(days=1))
    for due_on in days[1:]:
        for published_on in days:
            for licence in ("", "not-for-publication", "etalab-2.0"):
                url = "https://exemple.invalid/" if published_on else ""
                make_content(due_on=due_on, published_on=published_on, licence=licence, url=url)
    lines = list(funded_contents(on=DAY))
    assert len(lines) == 36
    assert [line.state for line in lines] == [line.state_on(DAY).value for line in lines]
    assert sum(counts_by_state(on=DAY).values()) == 36
    assert set(counts_by_state(on=DAY).values()) != {0}


def test_late_comes_first_on_the_page(client) -> None:
    make_content(
        title="Film fictif publié", published_on=DAY, url="https://exemple.invalid/", licence="cc0-1.0"
    )
    make_content(title="Étude fictive en retard")
    page = client.get(LIST).content.decode()
    assert page.index("Étude fictive en retard") < page.index("Film fictif publié")
    assert "En retard" in page and "Modifier" not in page
    only = client.get(LIST + "?etat=free").content.decode()
    assert "Film fictif publié" in only and "Étude fictive en retard" not in only


def test_an_empty_register_does_not_say_that_nothing_is_due(client) -> None:
    assert "Cela ne veut pas dire" in client.get(LIST).content.decode()


def test_the_feed_names_what_is_late_and_nothing_else(client) -> None:
    late = make_content(title="Étude <b>fictive</b>")
    make_content(title="Données fictives", due_on=timezone.localdate())
    answer = client.get(reverse("observe:funded_contents_feed"))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert f"#{late.token}" in text and "&lt;b&gt;" in text and "Données fictives" not in text


def test_a_steward_adds_then_publishes(client) -> None:
    client.force_login(make_user("", "steward"))
    answer = client.post(LIST + "nouveau/", posted(amount="12500,50"))
    assert answer.status_code == 302
    line = FundedContent.objects.get()
    assert line.amount_cents == 1250050
    published = posted(published_on="2025-03-11", url="https://exemple.invalid/etude", licence="etalab-2.0")
    assert client.post(f"{LIST}{line.token}/", {**published, "amount": "12500,50"}).status_code == 302
    line.refresh_from_db()
    assert line.state_on(dt.date(2025, 3, 11)) == FundedContent.State.FREE
    assert line.amount_cents == 1250050
    assert JournalEntry.objects.filter(subject=f"funded-content:{line.token}").count() == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"published_on": "2025-03-11", "licence": "etalab-2.0"}, "Un contenu publié a une adresse"),
        ({"published_on": "2025-03-11", "url": "https://exemple.invalid/"}, "Donnez la licence libre"),
        ({"url": "javascript:alert(1)"}, "URL"),
        ({"licence": "not-for-publication"}, "licence"),
        ({"funded_on": "2025-04-01"}, "avant celle du financement"),
        ({"published_on": "2999-01-01", "url": "https://exemple.invalid/"}, "pas encore venue"),
        ({"due_on": "31/02/2025"}, "date"),
        ({"amount": "-3"}, "supérieure ou égale"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, values, message) -> None:
    client.force_login(make_user("", "steward"))
    answer = client.post(LIST + "nouveau/", posted(title="Titre gardé", **values))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert message in page and "Titre gardé" in page
    assert not FundedContent.objects.exists()


def test_a_visitor_and_a_member_cannot_write(client) -> None:
    assert client.post(LIST + "nouveau/", posted()).status_code == 302  # to sign in
    client.force_login(make_user())
    assert client.post(LIST + "nouveau/", posted()).status_code == 403
    assert not FundedContent.objects.exists()


def test_the_action_holds_the_rules_by_itself() -> None:
    with pytest.raises(ValidationError):
        save_funded_content(by=make_user("", "steward"), title="Étude fictive", published_on=DAY, due_on=DAY)
    assert not FundedContent.objects.exists() and not JournalEntry.objects.exists()


def test_the_page_asks_as_many_questions_of_one_line_as_of_three(client) -> None:
    make_content()
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    make_content()
    make_content()
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(one) == len(three)
