"""Hidden until closing means everywhere: pages, files, feeds, API, dump, whoever asks (trap 10).

The counts are numbers that nothing else on the site has: one that leaks anywhere is found.
"""

import re
from itertools import count

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone

from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.lake.dump import write_dump
from tests import factories
from tests.attacks.nasty import PARAMETERS, address_of, readable_routes
from tests.factories import commitments, deliberate, make_user, pledges, register, texts
from tests.factories.deliberate import close, give_power
from tests.factories.deliberation import A_PROCESS, A_STATEMENT
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db

COUNTS = {1: 611, -1: 211, 0: 111}
SHARES = ("65,5", "65.5", "22,6", "22.6", "11,9", "11.9")
LEAK = re.compile(r"(?<![\w#.-])(?:611|211|111)(?![\w.-])|" + "|".join(map(re.escape, SHARES)))


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
