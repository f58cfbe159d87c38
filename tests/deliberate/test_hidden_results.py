"""Hidden until closing means everywhere: pages, files, feeds, API, dump, whoever asks (trap 10).

The counts are numbers that nothing else on the site has: one that leaks anywhere is found.
"""

import datetime as dt
import io
import re
from itertools import count

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, urlencode

from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.deliberate.actions import close_step, publish_results, reopen_step
from terreau.deliberate.actions.writing import PUBLISHED
from terreau.deliberate.enums import Power, StepKind
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.queries.results import were_counts_shown
from terreau.deliberate.web.result_files import FILES
from terreau.lake.catalogue import datasets
from terreau.lake.dump import write_dump
from terreau.lake.publishing import publish_all
from terreau.lake.versions import versions_of
from terreau.portal.archive.door import Door
from tests import factories
from tests.attacks.nasty import PARAMETERS, address_of, readable_routes
from tests.factories import commitments, deliberate, make_user, pledges, register, texts
from tests.factories.deliberate import close, give_power, make_process
from tests.factories.deliberation import A_PROCESS, A_STATEMENT
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db

COUNTS = {1: 611, -1: 211, 0: 111}
SHARES = ("65,5", "65.5", "22,6", "22.6", "11,9", "11.9")
LEAK = re.compile(r"(?<![\w#.-])(?:611|211|111)(?![\w.-])|" + "|".join(map(re.escape, SHARES)))


@pytest.fixture
def lake(tmp_path, settings) -> None:
    """Named before ``process``, whose pictures lie there too."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def process(monkeypatch) -> Process:
    for factory in (factories, commitments, deliberate, pledges, register, texts):
        monkeypatch.setattr(factory, "_numbers", count(10_000))  # « Point fictif 111 » is no count
    found = make_world() and Process.objects.get(slug=A_PROCESS["slug"])
    statement = Statement.objects.get(token=A_STATEMENT)
    people = Participant.objects.bulk_create(
        Participant(process=found, joined_on=timezone.localdate(), college="citizens")
        for _number in range(sum(COUNTS.values()))
    )
    values = [value for value, number in COUNTS.items() for _time in range(number)]
    Vote.objects.bulk_create(
        Vote(participant=person, statement=statement, value=value)
        for person, value in zip(people, values, strict=True)
    )
    assert found.hides_results
    return found


def who_ask(process: Process) -> dict[str, User | None]:
    everything = make_user("", *(set(Role.values) - {Role.MEMBER.value}))
    for power in Power:
        give_power(process, power, everything)
    return {"visitor": None, "whoever holds every role": everything}


def leaks(process: Process) -> list[str]:
    party = Process.objects.model._meta.apps.get_model("commons", "Party").objects.first().public_id
    found = []
    for who, user in who_ask(process).items():
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        for route in readable_routes():
            queries = [""]
            if route.startswith("deliberate:"):
                queries += [f"?{name}=1" for name in PARAMETERS.get(route, ())]
            for query in queries:
                response = client.get(address_of(route, party) + query)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                response.close()
                text = re.sub(r'data:image[^"]*|<svg.*?</svg>', "", body.decode(errors="replace"), flags=re.S)
                text += str(
                    {name: said for name, said in response.headers.items() if name != "Content-Length"}
                )
                if leak := LEAK.search(text):
                    found.append(
                        f"{who}: {route}{query}: {text[max(0, leak.start() - 60) : leak.end() + 20]}"
                    )
    return found


def test_no_page_file_feed_nor_api_tells_before_the_closing(process) -> None:
    assert leaks(process) == []
    close(process)
    told = "\n".join(leaks(process))
    for route in ("deliberate:statements", "deliberate:statement", "deliberate:screen"):
        assert route in told  # or the search above would find nothing, ever


def test_what_is_answered_to_a_vote_tells_nothing(process) -> None:
    address = address_of("deliberate:vote", "")
    for data in ({"statement": A_STATEMENT, "value": "1"}, {"statement": A_STATEMENT, "value": "9"}):
        page = Client().post(address, data, follow=True)
        assert not LEAK.search(page.text)


def test_a_dump_has_no_vote_before_the_closing(process, tmp_path) -> None:
    write_dump(tmp_path / "a")
    votes = pl.read_parquet(tmp_path / "a" / "statement_votes.parquet")
    assert votes.filter(pl.col("statement") == A_STATEMENT).is_empty()


def told_at_a_first_closing(process: Process) -> dict[str, bytes]:
    """Address of each file of a version that holds counts → its bytes; the process is then open again."""
    publish_all(PUBLISHED)
    close(process)
    publish_results(process=process, by=None)
    publish_all(PUBLISHED)
    files = {}
    for name in ("affirmations", "propositions"):
        for format_ in datasets()[name].formats:
            where = [name, versions_of(name)[0].number, name, format_]
            address = reverse("observe:dataset_version_file", args=where)
            files[address] = Client().get(address).getvalue()
    by, step = give_power(process, Power.FACILITATOR), process.steps.get(kind=StepKind.VOTE)
    reopen_step(step=step, last_day=timezone.localdate() + dt.timedelta(days=9), reason="Salle pleine", by=by)
    return files


def file_addresses() -> list[str]:
    """Of now, of each version, and as of the moment that each was published."""
    found = []
    for name in ("affirmations", "propositions"):
        for format_ in datasets()[name].formats:
            now = reverse("observe:dataset_file", args=[name, format_])
            moments = [one.since.isoformat() for one in versions_of(name)]
            found += [now, *(f"{now}?{urlencode({'au': moment})}" for moment in moments)]
            found += [
                reverse("observe:dataset_version_file", args=[name, one.number, name, format_])
                for one in versions_of(name)
            ]
    return found


def counts_in(response) -> set[str]:
    content = response.getvalue()
    response.close()
    if content.startswith(b"PAR1"):
        content = str(pl.read_parquet(io.BytesIO(content)).to_dicts()).encode()
    return set(LEAK.findall(content.decode()))


def test_what_a_first_closing_published_is_withheld_while_the_vote_is_open_again(
    lake, process, tmp_path
) -> None:
    files = told_at_a_first_closing(process)
    assert any(
        LEAK.search(content.decode()) for at, content in files.items() if at.endswith("affirmations.csv")
    )
    process = Process.objects.get(pk=process.pk)
    everything = who_ask(process)["whoever holds every role"]
    for user in (None, everything):
        client = Client()
        if user:
            client.force_login(user)
        for moment in ("before the files follow", "after"):
            for address in file_addresses():
                response = client.get(address, follow=True)
                assert response.status_code in {200, 409} and counts_in(response) == set(), (moment, address)
            for address in files:
                held = {"If-None-Match": "*"}
                assert client.get(address, headers=held).status_code == 409, address
            publish_all(PUBLISHED)
        now = client.get(reverse("observe:dataset_file", args=["affirmations", "csv"]))
        assert now.status_code == 200
        now.close()
    assert leaks(process) == []
    page = Client().get(address_of("deliberate:results", "")).text
    assert "des comptes d’une première clôture ont déjà été vus" in page
    for name in FILES:
        assert Client().get(reverse("deliberate:result_file", args=[process.slug, name])).status_code == 403
    assert Door().ask(next(iter(files))).status == 409  # so no archive holds them
    write_dump(tmp_path / "dump")
    for table in ("statement_votes", "show_of_hands"):
        assert LEAK.search(str(pl.read_parquet(tmp_path / "dump" / f"{table}.parquet").to_dicts())) is None
    close(process)
    for address, content in files.items():
        again = Client().get(address)
        assert (again.status_code, again.getvalue()) == (200, content), address
        etag = again["ETag"]
        assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304


def test_a_withheld_file_says_until_when(lake, process) -> None:
    address = next(iter(told_at_a_first_closing(process)))
    closes = Process.objects.get(pk=process.pk).closes_at
    problem = Client().get(address)
    assert problem["Retry-After"] == http_date(closes.timestamp()) and "no-store" in problem["Cache-Control"]
    assert dt.datetime.fromisoformat(problem.json()["until"]).timestamp() == pytest.approx(
        closes.timestamp(), abs=1
    )
    page = Client().get(address, headers={"Accept": "text/html"})
    assert page.status_code == 409 and "Fichier retenu jusqu’au" in page.text and process.title in page.text
    publish_all(PUBLISHED)
    listed = Client().get(reverse("observe:dataset", args=["affirmations"])).text
    assert address not in listed and "Fichier retenu jusqu’au" in listed


def test_who_reopens_is_warned_that_counts_were_seen(client) -> None:
    for hides, is_warned in ((True, True), (False, False)):
        found = make_process(steps=(StepKind.VOTE,), hides_results=hides)
        close(found)
        client.force_login(give_power(found, Power.FACILITATOR))
        address = reverse("deliberate:step", args=[found.slug, found.steps.get().token, "rouvrir"])
        assert ("ses comptes ont pu être vus" in client.get(address).text) is is_warned


def test_what_shows_its_results_from_the_start_withholds_nothing(lake, process) -> None:
    Process.objects.filter(pk=process.pk).update(hides_results=False)
    for address, content in told_at_a_first_closing(Process.objects.get(pk=process.pk)).items():
        assert Client().get(address).getvalue() == content


def test_counts_were_shown_only_if_all_had_closed(process) -> None:
    found = make_process(steps=(StepKind.PROPOSE, StepKind.VOTE))
    by, day = give_power(found, Power.FACILITATOR), timezone.localdate() + dt.timedelta(days=9)
    step = found.steps.get(kind=StepKind.PROPOSE)
    close_step(step=step, reason="Assez", by=by)
    reopen_step(step=found.steps.get(pk=step.pk), last_day=day, reason="Pas assez", by=by)
    assert not were_counts_shown(Process.objects.get(pk=found.pk))
    for kind in (StepKind.PROPOSE, StepKind.VOTE):
        close_step(step=found.steps.get(kind=kind), reason="Assez", by=by)
    reopen_step(step=found.steps.get(kind=StepKind.VOTE), last_day=day, reason="Encore", by=by)
    assert were_counts_shown(Process.objects.get(pk=found.pk))
