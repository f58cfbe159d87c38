"""Texts through their pages: reading, adding, supporting, writing the next version."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.enums import Power, State
from terreau.deliberate.models import Interest, Process, Support, Text
from terreau.deliberate.queries.texts import current_version
from tests.deliberate.docx_files import bomb, docx, line
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process
from tests.factories.texts import examiner_of, keys_of, make_contribution, make_text, next_version

pytestmark = pytest.mark.django_db


def address(name: str, text: Text, **more: Any) -> str:
    return reverse(f"deliberate:{name}", kwargs={"slug": text.process.slug, "token": text.token, **more})


def new_address(process: Process) -> str:
    return reverse("deliberate:text_new", args=[process.slug])


@pytest.fixture
def examiner(client: Client) -> tuple[Client, Process]:
    process = make_process(steps=("propose",))
    client.force_login(give_power(process, Power.EXAMINER))
    return client, process


def sent_as_a_browser_does(client: Client, where: str, data: dict[str, str]) -> Any:
    from urllib.parse import urlencode

    return client.post(where, urlencode(data), content_type="application/x-www-form-urlencoded")


def test_pasted_text_is_published(examiner):
    client, process = examiner
    page = sent_as_a_browser_does(
        client, new_address(process), {"title": "Une halle", "words": "# Pourquoi\n\nPour tous.\n\n- le jour"}
    )
    text = Text.objects.get()
    assert page.status_code == 302 and page.url == address("text", text)
    kinds = [one.kind for one in current_version(text).paragraphs.all()]
    assert kinds == ["heading", "paragraph", "item"]


@pytest.mark.parametrize(
    ("content", "name"),
    [(docx(line("Un.") + line("Deux.")), "texte.docx"), (b"Un.\n\nDeux.", "texte.md")],
)
def test_file_is_published(examiner, content, name):
    client, process = examiner
    client.post(new_address(process), {"title": "Une halle", "file": SimpleUploadedFile(name, content)})
    assert [one.words for one in current_version(Text.objects.get()).paragraphs.all()] == ["Un.", "Deux."]


@pytest.mark.parametrize(
    "given",
    [
        {"file": ("texte.docx", docx(line("Un.") + line("- Deux.") + line("Trois.")))},
        {"file": ("texte.md", b"Un.\n\n- Deux.\n\nTrois.")},
        {"words": "Un.\n\n- Deux.\n\nTrois."},
    ],
)
def test_what_was_read_is_looked_at_and_corrected_before_it_is_published(examiner, given):
    client, process = examiner
    where, said = new_address(process), {"title": "Une halle", "do": "look"}
    if "file" in given:
        page = client.post(where, {**said, "file": SimpleUploadedFile(*given["file"])})
    else:
        page = sent_as_a_browser_does(client, where, {**said, **given})
    assert page.status_code == 200 and not Text.objects.exists()
    assert "3 paragraphes" in page.text.replace("\u00a0", " ") and "Rien n’est encore publié" in page.text
    typed = page.context["paste"].initial
    assert typed["title"] == "Une halle"
    looked_at = [(one.kind, one.words) for one in page.context["blocks"]]
    sent_as_a_browser_does(client, where, {**typed, "do": "publish"})
    published = current_version(Text.objects.get()).paragraphs.all()
    assert [(one.kind, one.words) for one in published] == looked_at
    assert [words for _kind, words in looked_at] == ["Un.", "Deux.", "Trois."]


def test_a_paste_of_two_megabytes_is_refused_with_a_sentence_and_kept(examiner):
    client, process = examiner
    words = "Des mots fictifs à garder. " * 80_000
    page = sent_as_a_browser_does(client, new_address(process), {"title": "Une halle", "words": words})
    assert page.status_code == 400
    assert (
        "2\u202f160\u202f000 caractères" in page.text
        or "caractères, et une page de texte en porte au plus" in page.text
    )
    assert words.strip()[-200:] in page.text and "Une halle" in page.text
    assert not Text.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (bomb(), "texte.docx", "démesuré"),
        (b"PK\x03\x04abc", "texte.docx", "abîmé"),
        (b"a" * 5_500_000, "texte.txt", "5 Mo"),
        (b"%PDF-1.4", "texte.pdf", "DOCX ou en Markdown"),
        (b"", "vide.txt", "vide"),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence_and_the_title_is_kept(examiner, content, name, said):
    client, process = examiner
    page = client.post(
        new_address(process), {"title": "Une halle", "file": SimpleUploadedFile(name, content)}
    )
    assert page.status_code == 400
    assert said in page.text and "Une halle" in page.text
    assert not Text.objects.exists()


def test_who_has_no_role_adds_no_text_and_the_attempt_is_logged(client):
    process = make_process()
    client.force_login(make_user("", "facilitator"))
    page = client.post(new_address(process), {"title": "Une halle", "words": "Un."})
    assert page.status_code == 403 and "animateurs et les instructeurs" in page.text
    assert JournalEntry.objects.filter(verb="refuse-process-act").count() == 1


def test_forms_need_their_own_page():
    """What the long forms do first does not open them to other sites."""
    client = Client(enforce_csrf_checks=True)
    text = make_text()
    client.force_login(examiner_of(text.process))
    for where in (
        new_address(text.process),
        address("text_edit", text),
        address("paragraph", text, key=keys_of(text)[0]),
    ):
        assert sent_as_a_browser_does(client, where, {"words": "Un."}).status_code == 403
        assert client.post(where, {"words": "Un."}).status_code == 403


def test_a_text_is_read_with_a_link_under_each_paragraph(client):
    text = make_text()
    first, second, _third = keys_of(text)
    make_contribution(text, paragraph_key=first)
    make_contribution(text, paragraph_key=first, moderation="waiting")
    make_contribution(text, paragraph_key=first, withdrawn_at=timezone.now())
    page = client.get(address("text", text)).text
    assert page.count("Paragraphe fictif") >= 3
    assert "1 contribution<" in page and page.count(">Contribuer<") == 2
    assert address("paragraph", text, key=second) in page


@pytest.mark.parametrize("size", [1, 3, 300])
def test_a_text_is_read_in_as_many_queries_whatever_its_length(client, size, django_assert_max_num_queries):
    text = make_text(size=size)
    with django_assert_max_num_queries(20):
        client.get(address("text", text))


def test_an_empty_list_says_why(client):
    process = make_process()
    assert "Aucun texte" in client.get(reverse("deliberate:texts", args=[process.slug])).text


@pytest.mark.parametrize("name", ["text", "text_versions", "text_footprint", "text_contributions"])
def test_an_interest_locks_every_page_of_the_text(client, name):
    text = make_text()
    other = make_text(text.process)
    user = give_power(text.process, Power.DECIDER)
    Interest.objects.create(
        process=text.process, user=user, text=text, words="J’y loue.", declared_at=timezone.now()
    )
    client.force_login(user)
    page = client.get(address(name, text))
    assert page.status_code == 403 and "Vous avez déclaré un intérêt" in page.text
    assert "Paragraphe fictif" not in page.text
    assert client.get(address(name, other)).status_code == 200


def test_an_interest_locks_paragraphs_contributions_and_differences(client):
    text = make_text()
    one = make_contribution(text)
    user = give_power(text.process, Power.EXAMINER)
    next_version(text, {keys_of(text)[0]: "Autrement."})
    Interest.objects.create(
        process=text.process, user=user, text=text, words="J’y loue.", declared_at=timezone.now()
    )
    client.force_login(user)
    for where in (
        address("paragraph", text, key=keys_of(text)[0]),
        address("text_difference", text, old=1, new=2),
        address("text_edit", text),
        reverse("deliberate:contribution", args=[text.process.slug, one.token]),
    ):
        assert client.get(where).status_code == 403
        assert "fictif" not in client.get(where).text


def test_texts_of_a_draft_are_for_its_people(client):
    process = make_process(state=State.DRAFT, opened_at=None)
    text = make_text(process)
    assert client.get(address("text", text)).status_code == 404
    client.force_login(examiner_of(process))
    assert client.get(address("text", text)).status_code == 200


def test_support_without_an_account_and_a_notice_when_the_text_changes(client):
    text = make_text()
    client.get(address("text", text))
    client.post(address("text", text), {"do": "support", "version": "1"})
    client.post(address("text", text), {"do": "support", "version": "1"})
    assert Support.objects.count() == 1
    assert "Ne plus la soutenir" in client.get(address("text", text)).text
    next_version(text, {keys_of(text)[0]: "Autrement."})
    page = client.get(address("text", text)).text
    assert "Vous souteniez la version 1" in page
    assert address("text_difference", text, old=1, new=2) in page
    stale = client.post(address("text", text), {"do": "support", "version": "1"}, follow=True).text
    assert "Le texte a changé pendant que vous le lisiez" in stale
    assert Support.objects.count() == 1
    client.post(address("text", text), {"do": "support", "version": "2"})
    client.post(address("text", text), {"do": "stop"})
    assert [one.version.number for one in Support.objects.all()] == [1]


def test_the_number_of_supports_is_hidden_from_everybody_until_closing(client):
    text = make_text()
    for _n in range(7):
        Support.objects.create(participant=make_participant(text.process), version=current_version(text))
    for user in (None, examiner_of(text.process), make_user("", "administrator")):
        if user:
            client.force_login(user)
        page = client.get(address("text", text)).text
        assert "caché à tout le monde" in page and "7 personnes" not in page
    close(text.process)
    assert "7 personnes soutiennent la version 1." in client.get(address("text", text)).text


def test_supports_are_not_hidden_where_results_are_not(client):
    text = make_text(make_process(steps=("propose",), hides_results=False))
    assert "Personne ne soutient encore la version 1." in client.get(address("text", text)).text


def test_versions_steps_and_differences(client):
    text = make_text()
    first = keys_of(text)[0]
    next_version(text, {first: "Paragraphe fictif, autrement."}, words="Un mot de plus.")
    listed = client.get(reverse("deliberate:texts", args=[text.process.slug])).text
    assert "version 1" in listed and "version 2" in listed and "Proposer" in listed
    assert "Un mot de plus." in client.get(address("text_versions", text)).text
    page = client.get(address("text_difference", text, old=1, new=2)).text
    assert "[supprimé" in page and "[ajouté" in page
    assert "1 paragraphe changé." in page and "Changé sans contribution." in page
    for old, new in ((2, 1), (1, 1), (1, 3), (0, 1), (1, 10**30)):
        assert client.get(address("text_difference", text, old=old, new=new)).status_code == 404
    assert client.get(address("text", text) + "?version=1").status_code == 200
    assert client.get(address("text", text) + "?version=9").status_code == 404


def test_contributions_are_closed_and_the_text_is_adopted(client):
    text = make_text()
    client.force_login(examiner_of(text.process))
    assert client.post(address("text", text), {"do": "end", "reason": ""}).status_code == 400
    client.post(address("text", text), {"do": "end", "reason": "Tout est dit."})
    assert not Text.objects.get().is_open
    client.post(address("text", text), {"do": "open", "reason": "Une idée de plus."})
    assert Text.objects.get().is_open
    assert client.post(address("text", text), {"do": "adopt", "on": "2999-01-01"}).status_code == 400
    client.post(address("text", text), {"do": "adopt", "on": "2026-01-02"})
    assert "Adopté le 2 janvier 2026" in client.get(address("text", text)).text


def test_others_close_nothing(client):
    text = make_text()
    for user in (make_user("", "administrator"), give_power(text.process, Power.FACILITATOR)):
        client.force_login(user)
        assert client.post(address("text", text), {"do": "end", "reason": "Assez."}).status_code == 403
    assert Text.objects.get().is_open


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the editor's form: each field as the page gives it."""
    form = page[page.index('class="editor"') :]
    data: dict[str, Any] = {}
    for name, words in re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.S):
        data[name] = words
    for name, options in re.findall(r'<select id="[^"]*" name="(kind-[^"]*)">(.*?)</select>', form, re.S):
        found = re.search(r'value="([^"]*)" selected', options)
        data[name] = found[1] if found else "paragraph"
    data["kept"] = re.findall(r'name="kept" value="([^"]*)" checked', form)
    data["removed"] = re.findall(r'name="removed" value="([^"]*)"', form)
    data["based_on"] = re.findall(r'name="based_on" value="([^"]*)"', form)[0]
    return data


def test_the_next_version_is_written_without_javascript(client):
    text = make_text()
    one, two, three = keys_of(text)
    kept = {"outcome": "kept", "outcome_reason": "Oui."}
    replacing = make_contribution(text, paragraph_key=one, words="Mots repris.", **kept)
    adding = make_contribution(text, paragraph_key=one, kind="add", words="Mots ajoutés.", **kept)
    deleting = make_contribution(text, paragraph_key=three, kind="delete", words="", why="Trop.", **kept)
    whole = make_contribution(text, paragraph_key="", kind="comment", words="Plus simple.", **kept)
    client.force_login(examiner_of(text.process))
    where = address("text_edit", text)
    page = client.get(where).text
    for do in (
        f"take-{replacing.token}",
        f"take-{adding.token}",
        f"take-{deleting.token}",
        f"up-{two}",
        "preview",
    ):
        page = client.post(where, {**fields_of(page), "do": do}).text
    assert "Paragraphe supprimé" in page and "Mots ajoutés." in page
    assert current_version(text).number == 1
    data = fields_of(page)
    refused = client.post(where, {**data, "do": "publish"})
    assert refused.status_code == 400 and "ce qui change" in refused.text and "Mots repris." in refused.text
    data = {**fields_of(refused.text), "words": "Trois idées.", "do": "publish"}
    data["kept"] = [*data["kept"], f"{whole.token}:"]
    done = client.post(where, data)
    assert done.status_code == 302 and done.url == address("text_difference", text, old=1, new=2)
    written = [(row.key, row.words) for row in current_version(text).paragraphs.all()]
    assert [words for _key, words in written] == ["Mots repris.", "Paragraphe fictif 2.", "Mots ajoutés."]
    assert [written[0][0], written[1][0]] == [one, two]
    page = client.get(done.url).text
    for token in (replacing.token, adding.token, deleting.token):
        assert token in page
    marks = client.get(address("text_footprint", text)).text
    assert whole.token in marks and replacing.token in marks and adding.token in marks


def test_a_version_published_meanwhile_keeps_what_was_typed(client):
    text = make_text()
    first = keys_of(text)[0]
    client.force_login(examiner_of(text.process))
    data = {
        **fields_of(client.get(address("text_edit", text)).text),
        "words": "Autre chose.",
        "do": "publish",
    }
    data[f"words-{first}"] = "Mes mots à garder."
    next_version(text, {first: "Ses mots."})
    page = client.post(address("text_edit", text), data)
    assert page.status_code == 409
    assert "La version 2 a été publiée" in page.text and "Mes mots à garder." in page.text
    client.post(
        address("text_edit", text), {**fields_of(page.text), "words": "Autre chose.", "do": "publish"}
    )
    assert current_version(text).number == 3


def test_facilitators_write_no_version(client):
    text = make_text()
    client.force_login(give_power(text.process, Power.FACILITATOR))
    assert client.get(address("text_edit", text)).status_code == 403
    assert client.post(address("text_edit", text), {"do": "publish"}).status_code == 403
    assert JournalEntry.objects.filter(verb="refuse-process-act").count() == 1


def test_an_editor_of_three_hundred_paragraphs_is_sent_whole(client):
    text = make_text(size=300)
    client.force_login(examiner_of(text.process))
    data = {**fields_of(client.get(address("text_edit", text)).text), "words": "Un mot.", "do": "publish"}
    data[f"words-{keys_of(text)[299]}"] = "Le dernier, changé."
    assert client.post(address("text_edit", text), data).status_code == 302
    assert current_version(text).paragraphs.count() == 300
