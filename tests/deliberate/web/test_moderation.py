"""Review of words: public motives, appeals to a second person, and nobody edits another's words."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import LogEntry
from terreau.deliberate.actions.participating import new_secret, take_part
from terreau.deliberate.enums import Moderation, Power
from terreau.deliberate.models import Contribution, Proposal
from terreau.deliberate.queries.moderation import waiting_words
from terreau.deliberate.web.asking import COOKIE
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_refusal_counted() -> None:
    """By tests before."""
    cache.clear()


QUEUE = "/demarches/relectures/"


def make_contribution(process, author, **values) -> Contribution:
    text = process.texts.create(title="Texte fictif")
    version = text.versions.create(number=1, published_at=timezone.now())
    values = {"kind": "comment", "words": "Mes mots à moi", "at": timezone.now(), **values}
    return Contribution.objects.create(text=text, version=version, author=author, **values)


def make_proposal(process, author, **values) -> Proposal:
    row = Proposal.objects.create(process=process, number=1, author=author, at=timezone.now(), **values)
    row.versions.create(number=1, title="Ouvrir la halle", words="Le samedi.", at=timezone.now())
    return row


def address(row, name: str = "words") -> str:
    process = row.text.process if isinstance(row, Contribution) else row.process
    return reverse(f"deliberate:{name}", args=[process.slug, row.token])


@pytest.mark.parametrize("power", [Power.FACILITATOR, Power.DECIDER, Power.EXAMINER, None])
@pytest.mark.parametrize("make", [make_contribution, make_proposal])
def test_nobody_edits_the_words_of_a_citizen_and_the_attempt_is_logged(client, make, power) -> None:
    """Acceptance of proposition 1: the official's attempt is refused and logged."""
    process = make_process()
    row = make(process, make_participant(process))
    site_roles = ("facilitator", "steward", "moderator", "administrator")
    client.force_login(give_power(process, power) if power else make_user("", *site_roles))
    answer = client.post(address(row, "rewrite"), {"title": "Autre", "words": "D’autres mots", "why": ""})
    assert answer.status_code == 403 and "Personne ne modifie les mots" in answer.text
    assert LogEntry.objects.get().verb == "refuse-process-act"
    assert "Actes demandés et refusés" in client.get(reverse("deliberate:process", args=[process.slug])).text
    row.refresh_from_db()
    said = row.versions.get().words if isinstance(row, Proposal) else row.words
    assert said != "D’autres mots" and not row.is_published


def test_an_author_known_by_her_browser_corrects_what_waits(client) -> None:
    process, secret = make_process(), new_secret()
    row = make_contribution(process, take_part(process=process, by=None, secret=secret))
    other = make_contribution(process, make_participant(process))
    client.cookies[COOKIE] = secret
    assert "Mes mots à moi" in client.get(address(row, "rewrite")).text
    empty = client.post(address(row, "rewrite"), {"words": "", "why": "Ma raison"})
    assert empty.status_code == 400 and "Ma raison" in empty.text
    assert client.post(address(row, "rewrite"), {"words": "Mieux dit", "why": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.words, row.moderation) == ("Mieux dit", Moderation.WAITING)
    assert client.post(address(other, "rewrite"), {"words": "Pris"}).status_code == 403
    Contribution.objects.filter(pk=row.pk).update(moderation=Moderation.PUBLISHED)
    assert client.post(address(row, "rewrite"), {"words": "Trop tard"}).status_code == 403
    statement = make_statement(process, author=row.author, moderation=Moderation.WAITING)
    refused = client.post(address(statement, "rewrite"), {"words": "Autre"})
    assert refused.status_code == 403 and "écrivez-en une autre" in refused.text


def test_the_queue_shows_the_longest_wait_first_and_not_ones_own(client) -> None:
    process, draft = make_process(), make_process(state="draft", opened_at=None)
    moderator = make_user("", "moderator")
    author = make_participant(process)
    late = make_statement(process, "La plus récente", author=author, moderation=Moderation.WAITING)
    early = make_contribution(process, author, at=timezone.now() - timezone.timedelta(days=1))
    make_statement(
        process, "La sienne", author=make_participant(process, user=moderator), moderation="waiting"
    )
    make_statement(process, "Publiée", author=author)
    make_statement(draft, "D’un brouillon", author=make_participant(draft), moderation="waiting")
    assert [one.row for one in waiting_words(moderator)] == [early, late]
    client.force_login(moderator)
    page = client.get(QUEUE).text
    assert page.index("Mes mots à moi") < page.index("La plus récente")
    assert "La sienne" not in page and "brouillon" not in page
    client.force_login(make_user("", "facilitator"))
    assert client.get(QUEUE).status_code == 403


@pytest.mark.parametrize("make", [make_contribution, make_proposal, make_statement])
def test_words_are_published_or_refused_with_a_public_motive(
    client, make, django_capture_on_commit_callbacks
) -> None:
    process, person = make_process(), make_user("autrice@exemple.invalid")
    author = make_participant(process, user=person)
    waiting = {"author": author, "moderation": Moderation.WAITING}
    row = make_statement(process, **waiting) if make is make_statement else make(process, author)
    client.force_login(make_user("", "moderator"))
    empty = client.post(address(row), {"do": "refuse", "motive": " "})
    assert empty.status_code == 400 and "Donnez le motif" in empty.text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(row), {"do": "refuse", "motive": "Vise une personne nommée."})
    row.refresh_from_db()
    assert row.moderation == Moderation.REFUSED
    assert mail.outbox[0].to == [person.email] and "Vise une personne nommée." in mail.outbox[0].body
    client.logout()
    public = client.get(reverse("deliberate:refusals", args=[process.slug])).text
    assert "Vise une personne nommée." in public
    assert "Mes mots à moi" not in public and "Le samedi." not in public
    assert client.get(address(row)).status_code == 404, (
        "what is refused is read by its author and who reviews"
    )
    client.force_login(make_user("", "moderator"))
    client.post(address(row), {"do": "publish"})
    row.refresh_from_db()
    assert row.is_published


def test_an_author_without_account_appeals_and_a_second_person_judges(client) -> None:
    process, secret = make_process(), new_secret()
    row = make_statement(
        process,
        "Des mots refusés",
        author=take_part(process=process, by=None, secret=secret),
        moderation="waiting",
    )
    first, second = make_user("", "moderator"), make_user("", "steward")
    client.force_login(first)
    client.post(address(row), {"do": "refuse", "motive": "Hors sujet."})
    client.logout()
    assert client.post(address(row), {"do": "appeal", "appeal": "Non"}).status_code == 403
    client.cookies[COOKIE] = secret
    refusals = reverse("deliberate:refusals", args=[process.slug])
    assert address(row) in client.get(refusals).text
    assert client.post(address(row), {"do": "appeal", "appeal": ""}).status_code == 400
    assert (
        client.post(address(row), {"do": "appeal", "appeal": "C’est la question posée."}).status_code == 302
    )
    assert client.post(address(row), {"do": "appeal", "appeal": "Encore"}).status_code == 403
    assert "une seconde personne le juge" in client.get(refusals).text
    client.force_login(first)
    assert [one.row for one in waiting_words(first)] == [] and [one.row for one in waiting_words(second)] == [
        row
    ]
    assert client.post(address(row), {"do": "overturn", "answer": "Oui"}).status_code == 403
    client.force_login(second)
    assert "C’est la question posée." in client.get(address(row)).text
    assert client.post(address(row), {"do": "overturn", "answer": ""}).status_code == 400
    assert client.post(address(row), {"do": "overturn", "answer": "C’est dans le mandat."}).status_code == 302
    row.refresh_from_db()
    assert row.is_published
    client.logout()
    public = client.get(refusals).text
    assert "Recours accepté" in public and "C’est dans le mandat." in public
    assert (
        LogEntry.objects.filter(verb__in=("refuse-words", "appeal-words", "answer-words-appeal")).count() == 3
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_asks_as_much_for_one_as_for_three(client, number, django_assert_max_num_queries) -> None:
    process = make_process()
    for _ in range(number):
        make_statement(process, author=make_participant(process), moderation="waiting")
        make_contribution(process, make_participant(process))
    client.force_login(make_user("", "moderator"))
    with django_assert_max_num_queries(8):
        client.get(QUEUE)


def test_a_page_without_refusals_says_so(client) -> None:
    process = make_process()
    assert "Rien n’a été refusé." in client.get(reverse("deliberate:refusals", args=[process.slug])).text
