"""What holds for every page of a text: who is locked out, who may answer, how many questions a page asks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Contribution, Interest, Text, TextVersion
from terreau.deliberate.web.urls import urlpatterns
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process
from tests.factories.texts import examiner_of, keys_of, make_contribution, make_text, next_version

pytestmark = pytest.mark.django_db

OF_A_TEXT = sorted(
    str(one.name)
    for one in urlpatterns
    if "/textes/<slug:token>/" in str(one.pattern) or "/contributions/<slug:token>/" in str(one.pattern)
)


def address(name: str, one: Contribution) -> str:
    text = one.text
    slug, token = text.process.slug, text.token
    more: dict[str, list[object]] = {
        "text_difference": [slug, token, 1, 2],
        "paragraph": [slug, token, keys_of(text)[0]],
        "contribution": [slug, one.token],
    }
    return reverse(f"deliberate:{name}", args=more.get(name, [slug, token]))


def interested(text: Text, power: Power, *, in_all: bool) -> Client:
    user = give_power(text.process, power)
    Interest.objects.create(
        process=text.process,
        user=user,
        text=None if in_all else text,
        words="J’y loue.",
        declared_at=timezone.now(),
    )
    client = Client()
    client.force_login(user)
    return client


def test_pages_of_a_text_are_found():
    assert {"text", "text_edit", "paragraph", "contribution", "text_footprint"} <= set(OF_A_TEXT)


@pytest.mark.parametrize("in_all", [True, False])
@pytest.mark.parametrize("name", OF_A_TEXT)
def test_an_interest_closes_every_page_to_reading_and_writing(name, in_all):
    one = make_contribution(make_text())
    next_version(one.text, {keys_of(one.text)[0]: "Autrement, fictif."})
    client = interested(one.text, Power.EXAMINER, in_all=in_all)
    where = address(name, one)
    shut = client.get(where)
    assert shut.status_code == 403
    for data in (
        {"do": "close", "outcome": "kept", "reason": "Oui.", "words": "Les miens."},
        {"do": "publish", "kind": "comment", "words": "Les miens.", "version": "2"},
        {"do": "support", "version": "2"},
    ):
        page = client.post(where, data)
        assert page.status_code in {403, 405}, "405: it takes nothing from anybody"
        assert "fictif" not in page.text.replace("Démarche fictive", "")
    assert "fictif" not in shut.text.replace("Démarche fictive", "")
    assert Client().get(where).status_code in {200, 302}
    assert Contribution.objects.get().outcome == ""
    assert one.text.versions.count() == 2


@pytest.mark.parametrize("power", [Power.FACILITATOR, Power.VOTER, Power.DECIDER, None])
def test_only_examiners_answer(client, power):
    one = make_contribution(make_text())
    where = address("contribution", one)
    client.force_login(give_power(one.text.process, power) if power else make_user("", "administrator"))
    assert 'name="outcome"' not in client.get(where).text
    refused = client.post(where, {"do": "close", "outcome": "kept", "reason": "Oui."})
    assert refused.status_code == 403 and "Seuls les instructeurs" in refused.text
    assert Contribution.objects.get().outcome == ""
    assert JournalEntry.objects.filter(verb="refuse-process-act").count() == 1
    client.force_login(examiner_of(one.text.process))
    assert 'name="outcome"' in client.get(where).text
    assert client.post(where, {"do": "close", "outcome": "kept", "reason": "Oui."}).status_code == 302


def test_an_examiner_does_not_answer_her_own_words(client):
    text = make_text()
    examiner = examiner_of(text.process)
    one = make_contribution(text, make_participant(text.process, user=examiner))
    client.force_login(examiner)
    refused = client.post(address("contribution", one), {"do": "close", "outcome": "kept", "reason": "Oui."})
    assert refused.status_code == 403 and "sa propre contribution" in refused.text


def test_an_answer_sent_after_closing_keeps_what_was_typed(client):
    one = make_contribution(make_text())
    close(one.text.process)
    page = client.post(
        address("contribution", one), {"do": "answer", "words": "Arrivé trop tard.", "shown_name": "Voisine"}
    )
    assert page.status_code == 400
    assert "closes depuis le" in page.text and "Arrivé trop tard." in page.text and "Voisine" in page.text
    assert Contribution.objects.count() == 1


def test_a_reading_number_that_is_none_keeps_what_was_typed(client):
    text = make_text()
    where = reverse("deliberate:paragraph", args=[text.process.slug, text.token, keys_of(text)[0]])
    for number in ("", "un", "0", "9", "-1", "9" * 40):
        page = client.post(where, {"kind": "replace", "words": "Mes mots à garder.", "version": number})
        assert page.status_code == 400, number
        assert "Mes mots à garder." in page.text and "quelle version vous lisiez" in page.text, number
        assert 'name="version" value="1"' in page.text
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("name", OF_A_TEXT)
def test_a_page_asks_as_many_questions_whatever_it_shows(name):
    asked = []
    for number in (1, 3, 9):
        text = make_text(make_process(steps=("propose",)), size=10)
        kept = {}
        for key in keys_of(text)[:number]:
            author = make_participant(text.process, college="citizens")
            one = make_contribution(
                text, author, paragraph_key=key, words=f"Mots {key}.", outcome="kept", outcome_reason="Oui."
            )
            make_contribution(text, paragraph_key=key, outcome="partly", outcome_reason="Presque.")
            make_contribution(text, kind="comment", paragraph_key=key, answers=one)
            kept[one.token] = key
        next_version(text, {key: f"Mots {key}." for key in kept.values()}, kept=kept)
        client = Client()
        client.force_login(examiner_of(text.process))
        client.get(address(name, one))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address(name, one)).status_code == 200
        asked.append(len(queries))
    assert asked[1] == asked[2] and asked[0] <= asked[1] <= 25, asked


def asked_of(client: Client, where: str) -> int:
    client.get(where)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(where).status_code == 200
    return len(queries)


def test_lists_of_texts_and_of_versions_are_paged_and_ask_as_much_for_one_as_for_three(client) -> None:
    process = make_process(steps=("propose", "discuss"))
    texts = reverse("deliberate:texts", args=[process.slug])
    assert "Aucun texte n’est proposé" in client.get(texts).text
    text = make_text(process)
    versions = reverse("deliberate:text_versions", args=[process.slug, text.token])
    one = (asked_of(client, texts), asked_of(client, versions))
    for number in range(2):
        make_text(process)
        next_version(text, {keys_of(text)[0]: f"Autrement {number}."})
    assert (asked_of(client, texts), asked_of(client, versions)) == one
    Text.objects.bulk_create(Text(process=process, title=f"Texte fictif {number}") for number in range(297))
    text.versions.bulk_create(
        TextVersion(text=text, number=number, published_at=timezone.now()) for number in range(4, 301)
    )
    page = client.get(texts).text
    assert page.count("<h2><a") == 25 and "page=2" in page
    assert client.get(f"{texts}?page=12").text.count("<h2><a") == 25
    first, last = client.get(versions).text, client.get(f"{versions}?page=12").text
    assert first.count('<th scope="row">') == last.count('<th scope="row">') == 25
    assert "Version 300" in first and first.count("en vigueur") == 1 and "page=2" in first
    assert "Version 1<" in last and "en vigueur" not in last
