"""The result page and what hangs on it: hidden from everybody, then sentences first, and nobody pointed at."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commons.enums import College, Role
from terreau.commons.models import User
from terreau.deliberate.actions.closing import publish_results
from terreau.deliberate.actions.participating import digest_of, new_secret
from terreau.deliberate.enums import Channel, Moderation, Power, State
from terreau.deliberate.models import Interest, OpinionResult, Process, Vote
from terreau.deliberate.web.asking import COOKIE
from terreau.deliberate.web.result_files import FILES
from tests.factories import make_place, make_user
from tests.factories.deliberate import close, give_power, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps

pytestmark = pytest.mark.django_db
COLLEGES = [College.CITIZENS, College.ASSOCIATIONS]


def closed(people: list[str], of_whom: list[str] | None = None, **values) -> Process:
    process = make_process(asks_college=bool(of_whom), **values)
    make_opinions(process, people, of_whom or [])
    close(process)
    return process


def camps(of_each: int = 20, **values) -> Process:
    return closed(two_camps(of_each, common=0.9), [COLLEGES[at % 2] for at in range(2 * of_each)], **values)


def page(process: Process, client: Client | None = None, query: str = "") -> str:
    answer = (client or Client()).get(reverse("deliberate:results", args=[process.slug]) + query)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def flat(html: str) -> str:
    return re.sub(r"\s+", " ", html.replace("&#x27;", "'").replace("\u00a0", " ").replace("\u202f", " "))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(process: Process) -> list[str]:
    statement = process.statements.first()
    return [
        reverse("deliberate:results", args=[process.slug]),
        reverse("deliberate:process", args=[process.slug]),
        reverse("deliberate:statement", args=[process.slug, statement.token]),
        *(reverse("deliberate:result_file", args=[process.slug, name]) for name in FILES),
    ]


@pytest.mark.parametrize(
    "who", ["visitor", "administrator", "steward", "facilitator", "decider", "superuser"]
)
def test_until_closing_nobody_reads_a_count_anywhere(who: str) -> None:
    """As many agree as no other number of the page says."""
    process = make_process()
    make_opinions(process, ["+++"] * 17)
    publishable = process.closes_at
    if who == "visitor":
        client = Client()
    elif who in ("facilitator", "decider"):
        client = signed_in(give_power(process, Power(who)))
    elif who == "superuser":
        user = make_user()
        user.is_superuser = user.is_staff = True
        user.save()
        client = signed_in(user)
    else:
        client = signed_in(make_user("", Role(who)))
    for address in addresses(process):
        answer = client.get(address)
        content = flat(answer.content.decode())
        counted = re.sub(r"<time.*?</time>|\d+ \w+ 20\d\d|\d\d:\d\d|(fictive |demarche-)\d+", "", content)
        assert not re.search(r"(?<!\d)17(?!\d)", counted), address
        assert "100 %" not in content
        if "/resultats/" in address and not address.endswith("/"):
            assert answer.status_code == 403
            assert "cachés pour tout le monde" in content
    assert "cachés pour tout le monde, administrateurs compris, jusqu’à la clôture" in page(process, client)
    assert f"{timezone.localtime(publishable):%H:%M}" in page(process, client)


def test_hidden_again_when_it_is_opened_again() -> None:
    process = camps()
    publish_results(process=Process.objects.get(pk=process.pk), by=None)
    assert "Résultat n° 1" in page(process)
    process.steps.update(ends_at=timezone.now() + dt.timedelta(days=1))
    assert "Résultat n° 1" not in page(process)
    assert (
        Client().get(reverse("deliberate:result_file", args=[process.slug, "votes.csv"])).status_code == 403
    )


def test_a_process_that_hides_nothing_shows_a_provisional_result() -> None:
    process = make_process(hides_results=False)
    make_opinions(process, two_camps(20))
    assert "Résultat provisoire" in page(process)


def test_a_draft_is_nobodys_and_shows_nothing() -> None:
    process = make_process(state=State.DRAFT, hides_results=False)
    make_opinions(process, ["+"] * 9)
    for address in addresses(process):
        assert Client().get(address).status_code == 404
    assert "pas encore publique" in page(process, signed_in(give_power(process, Power.FACILITATOR)))


def test_sentences_come_first_and_speak_of_groups_and_colleges() -> None:
    process = camps(colleges=[str(one) for one in COLLEGES])
    text = page(process)
    tenth = process.statements.get(number=10)
    sentence = f"Tous les groupes et tous les collèges sont d’accord pour dire : « {tenth.words} »"
    first, table, picture = (text.index(part) for part in (sentence, "<table", '<svg viewBox="0 0 400 300"'))
    assert first < table < picture
    assert "2 groupes d’opinion se distinguent" in text
    assert "une foule qui a choisi de venir n’est pas la région" in text
    assert "Résultat consultatif" in text
    assert "40 participants" in text


def test_colleges_that_are_too_small_are_named_and_not_counted() -> None:
    few = [College.ELECTED, College.OFFICERS] * 3
    text = page(closed(two_camps(20, common=0.9), few + [COLLEGES[at % 2] for at in range(34)]))
    assert "Tous les groupes et tous les collèges comptés sont d’accord" in text
    assert "par différence : élus, agents publics, entreprises, chercheurs." in text
    assert "Élus</th>" not in text


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], "Personne n’a donné d’avis : il n’y a pas de résultat."),
        (["+-"], "1 participant seulement : c’est trop peu pour un résultat."),
        (["+-", "--", "+0"], "3 participants seulement"),
        (["0000"] * 12, "Tout le monde a passé"),
        (["+-+-+", "+++-+"] * 6, "C’est peu : quelques avis de plus pourraient changer"),
    ],
)
def test_nobody_one_three_or_few(people: list[str], said: str) -> None:
    process = closed(people)
    text = page(process)
    assert said in text
    if len(people) < 5:
        assert "<table" not in text and "<svg viewBox" not in text
        for name in FILES:
            assert (
                Client().get(reverse("deliberate:result_file", args=[process.slug, name])).status_code == 403
            )


def test_no_clear_groups_is_an_answer() -> None:
    text = page(closed(["++", "+-"] * 20))
    assert "Pas de groupes nets" in text
    assert "La plupart des participants sont d’accord pour dire" in text


def test_only_she_sees_where_she_is() -> None:
    process = camps()
    someone, other = process.participants.all()[:2]
    secret = new_secret()
    someone.secret_digest = digest_of(process, secret)
    someone.save()
    client = Client()
    client.cookies[COOKIE] = secret
    answer = client.get(reverse("deliberate:results", args=[process.slug]))
    assert "Vous êtes dans le groupe" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "Vous êtes dans le groupe" not in page(process)
    assert other.token not in answer.content.decode()


def test_the_facilitator_publishes_with_a_button_and_nobody_else() -> None:
    process = camps()
    address = reverse("deliberate:result_publish", args=[process.slug])
    assert "Publier le résultat" not in page(process)
    assert signed_in(make_user()).post(address).status_code == 403
    client = signed_in(give_power(process, Power.FACILITATOR))
    assert "Publier le résultat" in page(process, client)
    assert client.get(address).status_code == 405
    assert client.post(address).url == reverse("deliberate:results", args=[process.slug])
    assert OpinionResult.objects.get().process == process
    assert "Résultat n° 1" in page(process)
    assert "Publier le résultat" not in page(process, client)


def test_publishing_before_closing_is_refused_with_a_sentence() -> None:
    process = make_process()
    client = signed_in(give_power(process, Power.FACILITATOR))
    answer = client.post(reverse("deliberate:result_publish", args=[process.slug]))
    assert answer.status_code == 403
    assert "n’est pas close" in answer.content.decode()


def test_an_interest_in_the_whole_process_locks_its_results() -> None:
    process = camps()
    user = make_user()
    Interest.objects.create(
        process=process, user=user, shown_name="Personne fictive", words="Parente", declared_at=timezone.now()
    )
    client = signed_in(user)
    for address in [one for one in addresses(process) if "/resultats/" in one or "/affirmations/" in one]:
        assert client.get(address).status_code == 403, address


def test_what_is_refused_after_closing_is_no_longer_quoted() -> None:
    process = camps()
    publish_results(process=Process.objects.get(pk=process.pk), by=None)
    tenth = process.statements.get(number=10)
    words = tenth.words
    tenth.moderation, tenth.motive = Moderation.REFUSED, "Nomme une personne."
    tenth.save()
    text = page(process)
    assert words + " »" not in text
    assert "affirmation retirée : Nomme une personne." in text


def test_channels_and_places_of_few_are_counted_together() -> None:
    process = camps()
    known, rare = make_place("99001"), make_place("99002")
    people = list(process.participants.all())
    for at, person in enumerate(people):
        person.place = rare if at < 2 else known if at < 30 else None
        person.channel = Channel.PHONE if at == 0 else Channel.PAPER if at < 20 else Channel.WEB
        person.save()
    text = page(process)
    assert known.name in text and rare.name not in text
    assert 'Autres territoires, de moins de 3 participants chacun</th><td class="number">2<' in text
    assert "Par téléphone" not in text


def test_a_long_table_has_pages() -> None:
    process = closed(["+" * 60] * 6)
    assert "Page 1 sur 2" in page(process)
    last = process.statements.get(number=60)
    assert f"60. {last.words}" in page(process, query="?page=2")


def test_questions_do_not_grow_with_what_is_shown() -> None:
    def count(process: Process) -> int:
        publish_results(process=Process.objects.get(pk=process.pk), by=None)
        with CaptureQueriesContext(connection) as captured:
            page(process)
        return len(captured)

    assert count(closed(["+"] * 6)) == count(closed(["+-+"] * 20)) <= 16


def test_the_page_reads_no_vote_once_published() -> None:
    process = camps()
    publish_results(process=Process.objects.get(pk=process.pk), by=None)
    Vote.objects.filter(statement__process=process, statement__number=10).update(value=-1)
    tenth = process.statements.get(number=10)
    assert f"sont d’accord pour dire : « {tenth.words} »" in page(process)


def test_another_result_name_is_not_found() -> None:
    process = camps()
    for name in ("votes.exe", "..", "result.json.bak"):
        assert Client().get(f"/demarches/{process.slug}/resultats/{name}").status_code == 404


def test_the_method_says_where_the_code_is(settings) -> None:
    settings.SOURCE_CODE = "https://exemple.invalid/terreau"
    assert 'href="https://exemple.invalid/terreau"' in page(camps())


def test_without_an_address_of_the_code_no_dead_link() -> None:
    assert settings.SOURCE_CODE == ""
    assert "docs/reference/methods.md" not in page(camps())


def test_a_statement_that_nobody_was_asked_has_no_row() -> None:
    process = camps()
    late = make_statement(process)
    assert late.words not in page(process)
