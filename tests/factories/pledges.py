"""Elections for tests, with lists whose names are clearly fictional."""

import datetime as dt
from itertools import count
from typing import Any

from terreau.commitments.actions import add_candidacy, give_reply_link, open_election, publish_positions
from terreau.commitments.actions.pledges import Said
from terreau.commitments.models import Candidacy, Election, Position, Programme
from terreau.commitments.queries.pledges import digest_of

from .commitments import make_item, make_keeper

_numbers = count(1)
AN_ELECTION = {"slug": "election-fictive"}
A_LIST = {**AN_ELECTION, "token": "listefict2"}
A_BODY = {"slug": "consultation-fictive", "token": "corpsfict2"}
A_SECRET = "secret-fictif"
FIRST_ROUND = dt.date(2032, 3, 14)
SECOND_ROUND = dt.date(2032, 3, 21)


def make_election(items: int = 2, **values: Any) -> Election:
    """Of March 2032, with two rounds; its programme has ``items`` points, ``"1"``, ``"2"``…"""
    number = next(_numbers)
    programme = f"essai-{number}"
    for rank in range(1, items + 1):
        make_item(str(rank), programme=programme, rank=rank)
    values = {
        "title": f"Élection fictive {number}",
        "asked_by": "Réseau fictif",
        "programme": Programme.objects.get(slug=programme),
        "body_name": "Conseil fictif",
        "first_round_on": FIRST_ROUND,
        "second_round_on": SECOND_ROUND,
        **values,
    }
    return open_election(by=None, **values)


def make_consultation(**values: Any) -> Election:
    return make_election(first_round_on=None, second_round_on=None, **values)


def make_list(election: Election, name: str = "", **values: Any) -> Candidacy:
    return add_candidacy(election=election, name=name or f"Liste fictive {next(_numbers)}", by=None, **values)


def link_of(candidacy: Candidacy) -> str:
    """The secret of its reply link."""
    return give_reply_link(candidacy=candidacy, link_of=lambda secret: secret, by=make_keeper())


def answer(
    candidacy: Candidacy, code: str = "1", said: Said | None = None, secret: str = ""
) -> list[Position]:
    said = said or Said("yes", "principle", "Nous le ferons.")
    return publish_positions(
        candidacy=candidacy, secret=secret or link_of(candidacy), said={code: said}, by=None
    )


def make_votes() -> None:
    """For the world of pages: an election where one list of two answered, a body whose yes waits to be followed."""
    election = make_election(title="Élection fictive", presentation="Une élection inventée.")
    for token, name in (
        (A_LIST["token"], "Liste fictive du Pont"),
        ("listefict3", "Liste fictive du Moulin"),
    ):
        one = make_list(election, name)
        Candidacy.objects.filter(pk=one.pk).update(token=token, secret_digest=digest_of(A_SECRET))
    one = Candidacy.objects.get(token=A_LIST["token"])
    answer(one, said=Said("no"), secret=A_SECRET)
    answer(
        one, said=Said("yes", "dated", "Nous le ferons.", dt.date(2034, 1, 1), "Un local"), secret=A_SECRET
    )
    body = make_list(make_consultation(title="Consultation fictive"), "Fédération fictive")
    answer(body)
    Candidacy.objects.filter(pk=body.pk).update(token=A_BODY["token"])
