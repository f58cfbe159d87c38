"""Two people who answer the same correction at the same instant."""

import threading

import pytest
from django.db import connection

from terreau.observe.actions.correction_answers import AlreadyAnswered
from terreau.observe.actions.corrections import (
    accept_correction,
    propose_correction,
    refuse_correction,
)
from terreau.observe.models import Correction, SourceRecord
from tests.factories import make_party, make_record, make_user


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one transaction write at a time")
def test_two_stewards_at_the_same_instant() -> None:
    party = make_party("Épicerie fictive")
    make_record(party)
    correction, _secret = propose_correction(party=party, values={"acronym": "EFIC"}, evidence="vu", by=None)
    stewards = [make_user("", "steward"), make_user("", "steward")]
    told: list[str] = []
    start = threading.Barrier(2)

    def answer(number: int) -> None:
        try:
            start.wait()
            if number:
                refuse_correction(correction=correction, reason="Non", by=stewards[number])
            else:
                accept_correction(correction=correction, by=stewards[number])
            told.append("done")
        except AlreadyAnswered:
            told.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(number,)) for number in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["done", "late"]
    correction.refresh_from_db()
    stands = SourceRecord.objects.filter(source="corrections").exists()
    assert stands == (correction.state == Correction.State.ACCEPTED)
