"""Contributions through their pages: without an account, kept when something is wrong, answered, filtered."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.enums import Moderation, Power
from terreau.deliberate.models import Contribution, Text
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process
from tests.factories.texts import examiner_of, keys_of, make_contribution, make_text, next_version

pytestmark = pytest.mark.django_db


def place(text: Text, key: str = "") -> str:
    return reverse("deliberate:paragraph", args=[text.process.slug, text.token, key or keys_of(text)[0]])


def page_of(one: Contribution) -> str:
    return reverse("deliberate:contribution", args=[one.text.process.slug, one.token])


def write(client: Client, text: Text, key: str = "", **data: Any) -> Any:
    data = {"kind": "replace", "words": "D’autres mots.", "version": "1", **data}
    return client.post(place(text, key), data)


def test_a_stranger_contributes_without_an_account_and_waits(client):
    text = make_text()
    done = write(client, text, college="citizens", shown_name="Voisine fictive", why="Plus clair.")
    one = Contribution.objects.get()
    assert done.status_code == 302 and done.url == page_of(one)
    assert (one.moderation, one.author.college, one.author.shown_name) == (
        "waiting",
        "citizens",
        "Voisine fictive",
    )
    hers = client.get(page_of(one)).text
    assert "En attente de relecture" in hers and "autres mots" in hers
    others = Client().get(page_of(one))
    assert others.status_code == 403 and "autres mots" not in others.text
    assert "autres mots" not in Client().get(place(text)).text


def test_the_form_starts_with_the_words_to_replace(client):
    text = make_text()
    page = client.get(place(text) + "?proposer=replace").text
    assert ">\nParagraphe fictif 1.</textarea>" in page
    assert 'name="words"' not in client.get(place(text) + "?proposer=delete").text
    assert 'class="terms"' not in client.get(place(text) + "?proposer=autre").text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"words": ""}, "Écrivez les mots que vous proposez."),
        ({"words": "Paragraphe fictif 1."}, "sont ceux du paragraphe"),
        ({"words": "Gardez-moi. " * 600}, "Gardez-moi. Gardez-moi."),
        ({"kind": "delete", "words": "", "why": ""}, "Dites pourquoi supprimer"),
        ({"words": "un\x00deux"}, "un"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, data, said):
    page = write(client, make_text(), shown_name="Voisine fictive", **data)
    assert page.status_code == 400
    assert said in page.text and "Voisine fictive" in page.text
    assert not Contribution.objects.exists()


def test_a_paste_of_two_megabytes_comes_back_with_a_sentence(client):
    words = "Des mots fictifs à garder. " * 80_000
    text = make_text()
    data = urlencode({"kind": "replace", "words": words, "version": "1"})
    page = client.post(place(text), data, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 400
    assert "5000" in page.text.replace("\u202f", "").replace("\xa0", "")
    assert words.strip()[-300:] in page.text


def test_one_second_after_closing_keeps_what_was_typed(client):
    text = make_text()
    now = timezone.now()
    text.process.steps.update(starts_at=now - dt.timedelta(days=1), ends_at=now - dt.timedelta(seconds=1))
    page = write(client, text, words="Arrivé trop tard.")
    assert page.status_code == 400
    assert "closes depuis le" in page.text and "Arrivé trop tard." in page.text
    assert not Contribution.objects.exists()


def test_a_paragraph_that_changed_is_shown_and_what_was_typed_is_kept(client):
    text = make_text()
    first = keys_of(text)[0]
    next_version(text, {first: "Ce qu’il dit désormais."})
    page = write(client, text, first, words="Mes mots.")
    assert page.status_code == 409
    assert "Le texte a changé pendant que vous écriviez" in page.text
    assert "Ce qu’il dit désormais." in page.text and "Mes mots." in page.text
    assert 'name="version" value="2"' in page.text
    assert write(client, text, first, words="Mes mots.", version="2").status_code == 302


def test_a_paragraph_that_left_keeps_its_page_and_what_was_typed(client):
    text = make_text()
    last = keys_of(text)[2]
    one = make_contribution(text, paragraph_key=last)
    next_version(text, {last: ""})
    page = client.get(place(text, last)).text
    assert "n’est plus dans la version en vigueur" in page and one.token in page
    page = write(client, text, last, words="Mes mots.", kind="comment")
    assert page.status_code == 409 and "Mes mots." in page.text
    assert client.get(place(text, "zzzzzzzzzz")).status_code == 404


def test_a_robot_is_told_what_a_person_would_be(client):
    assert write(client, make_text(), website="https://exemple.invalid/").status_code == 302
    assert not Contribution.objects.exists()


def test_a_process_that_asks_for_the_college_asks_for_it(client):
    text = make_text(make_process(steps=("propose",), asks_college=True))
    page = write(client, text)
    assert page.status_code == 400 and "choisissez-le" in page.text
    assert write(client, text, college="firms").status_code == 302


def test_members_only_says_so_and_keeps_what_was_typed(client):
    text = make_text(make_process(steps=("propose",), eligibility="members"))
    page = write(client, text)
    assert page.status_code == 400 and "demande un compte" in page.text and "D’autres mots." in page.text


def test_a_thread_of_one_hundred_and_fifty_answers_is_paged(client, django_assert_max_num_queries):
    one = make_contribution(make_text())
    author = make_participant(one.text.process)
    for number in range(150):
        make_contribution(one.text, author, kind="comment", words=f"Réponse n° {number}.", answers=one)
    with django_assert_max_num_queries(25):
        page = client.get(page_of(one)).text
    assert "Réponse n° 49." in page and "Réponse n° 50." not in page
    assert "Page 1 sur 3" in page
    assert "Réponse n° 149." in client.get(page_of(one) + "?page=3").text
    assert "150 réponses" in client.get(place(one.text)).text


def test_an_answer_is_written_in_the_thread(client):
    one = make_contribution(make_text())
    client.force_login(make_user("", "facilitator"))
    assert client.post(page_of(one), {"do": "answer", "words": ""}).status_code == 400
    done = client.post(page_of(one), {"do": "answer", "words": "Bonne idée."})
    answer = Contribution.objects.get(answers=one)
    assert done.url == f"{page_of(one)}?page=1#c-{answer.token}"
    assert "Bonne idée." in client.get(page_of(one)).text
    assert "Lire tout le fil" in client.get(page_of(answer)).text


def test_an_examiner_answers_and_the_author_is_told(client, django_capture_on_commit_callbacks):
    text = make_text()
    author = make_user()
    one = make_contribution(text, make_participant(text.process, user=author))
    client.force_login(examiner_of(text.process))
    refused = client.post(page_of(one), {"do": "close", "outcome": "kept", "reason": ""})
    assert refused.status_code == 400 and "Donnez la raison" in refused.text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(one), {"do": "close", "outcome": "not_kept", "reason": "Hors du mandat."})
    page = Client().get(page_of(one)).text
    assert "Pas gardée" in page and "Hors du mandat." in page
    assert [sent.to for sent in mail.outbox] == [[author.email]]
    assert page_of(one) in mail.outbox[0].body


@pytest.mark.parametrize("do", ["close", "withdraw", "erase"])
def test_an_official_changes_nothing_of_a_citizen_s_words_and_the_attempt_is_logged(client, do):
    one = make_contribution(make_text(), words="Mots d’une habitante fictive.")
    client.force_login(give_power(one.text.process, Power.DECIDER))
    page = client.post(
        page_of(one), {"do": do, "outcome": "kept", "reason": "Oui.", "words": "Mes mots d’élue."}
    )
    assert page.status_code == 403
    assert Contribution.objects.get().words == "Mots d’une habitante fictive."
    assert JournalEntry.objects.filter(verb="refuse-process-act").count() == 1


def test_its_author_withdraws_then_erases_it(client):
    text = make_text()
    write(client, text)
    one = Contribution.objects.get()
    client.post(page_of(one), {"do": "withdraw"})
    assert "Retirée par son auteur" in client.get(page_of(one)).text
    client.post(page_of(one), {"do": "erase"})
    page = client.get(page_of(one)).text
    assert "Mots effacés" in page and "D’autres mots." not in page


def test_refused_words_are_not_shown_and_their_motive_is(client):
    one = make_contribution(make_text(), words="Mots grossiers.", moderation="refused", motive="Injure.")
    page = client.get(page_of(one))
    assert page.status_code == 403 and "Injure." in page.text and "grossiers" not in page.text


def test_what_people_write_is_shown_as_text(client):
    one = make_contribution(make_text(), words="<script>alert(1)</script> & <b>gras</b>", why="<i>")
    for where in (page_of(one), place(one.text)):
        page = client.get(where).text
        assert "<script>alert" not in page and "&lt;" in page and "<b>gras" not in page


def test_the_list_and_the_moderator_read_which_paragraph_is_spoken_of(client):
    text = make_text()
    key = keys_of(text)[1]
    about = make_contribution(text, paragraph_key=key, kind="comment", words="Pourquoi ce seuil ?")
    make_contribution(text, paragraph_key="", kind="comment", words="Tout cela est long.")
    shown = client.get(
        reverse("deliberate:text_contributions", args=[text.process.slug, text.token])
    ).text.replace("\u00a0", " ")
    assert "Sur le paragraphe" in shown and "« Paragraphe fictif 2. »" in shown
    assert "Sur l’ensemble du texte" in shown
    on_its_page = client.get(reverse("deliberate:paragraph", args=[text.process.slug, text.token, key])).text
    assert "Pourquoi ce seuil" in on_its_page and "Sur le paragraphe" not in on_its_page
    about.moderation = Moderation.WAITING
    about.save()
    client.force_login(make_user("", "moderator"))
    read = client.get(reverse("deliberate:words", args=[text.process.slug, about.token])).text
    assert "Paragraphe fictif 2." in read and "Pourquoi ce seuil" in read


def test_the_list_is_filtered_by_outcome_college_and_paragraph(client):
    text = make_text()
    first, second, _third = keys_of(text)
    citizen = make_participant(text.process, college="citizens")
    kept = make_contribution(text, citizen, outcome="kept", outcome_reason="Oui.")
    waiting = make_contribution(text, paragraph_key=second)
    whole = make_contribution(text, citizen, paragraph_key="", kind="comment")
    where = reverse("deliberate:text_contributions", args=[text.process.slug, text.token])

    def found(query: str) -> set[str]:
        page = client.get(where + query).text
        return {one.token for one in (kept, waiting, whole) if f'id="c-{one.token}"' in page}

    assert found("") == {kept.token, waiting.token, whole.token}
    assert found("?suite=kept") == {kept.token}
    assert found("?suite=open") == {waiting.token, whole.token}
    assert found("?college=citizens") == {kept.token, whole.token}
    assert found("?college=none") == {waiting.token}
    assert found(f"?paragraphe={first}") == {kept.token}
    assert found("?paragraphe=texte") == {whole.token}
    assert found("?suite=kept&college=none") == set()
    assert found("?suite=autre&college=autre&page=9") == {kept.token, waiting.token, whole.token}


def test_what_is_kept_and_in_no_version_is_said(client):
    text = make_text()
    make_contribution(text, outcome="kept", outcome_reason="Juste.")
    make_contribution(text, outcome="not_kept", outcome_reason="Déjà là.")
    make_contribution(text, kind="comment", outcome="kept", outcome_reason="Lu.")
    shown = client.get(reverse("deliberate:text_contributions", args=[text.process.slug, text.token])).text
    assert shown.count("pas encore dans le texte</span>") == 1
    assert "1 contribution est gardée et n’est pas encore dans le texte" in shown


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_as_many_questions_whatever_their_length(client, number, django_assert_max_num_queries):
    text = make_text()
    for _n in range(number):
        make_contribution(text)
    with django_assert_max_num_queries(18):
        client.get(place(text))
    with django_assert_max_num_queries(18):
        client.get(reverse("deliberate:text_contributions", args=[text.process.slug, text.token]))


def test_after_closing_pages_are_read_and_say_why_there_is_no_form(client):
    one = make_contribution(make_text())
    close(one.text.process)
    for where in (place(one.text) + "?proposer=replace", page_of(one)):
        page = client.get(where)
        assert page.status_code == 200 and "closes depuis le" in page.text
        assert 'name="words"' not in page.text
