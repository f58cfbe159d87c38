"""An adopted proposal is owed a reasoned reply, which yields commitments or says why it yields none."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commitments.enums import Basis
from terreau.commitments.enums import State as CommitmentState
from terreau.commitments.models import Commitment
from terreau.commons.models import LogEntry
from terreau.deliberate.actions import draw_proposal, reply_to_proposal
from terreau.deliberate.actions.replies import Promise
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Interest, Proposal, Reply
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment, make_draft, make_item
from tests.factories.deliberate import (
    adopt,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
)

pytestmark = pytest.mark.django_db
PROMISE = Promise("Ouvrir la halle", dt.date(2035, 1, 31), "Deux soirs par semaine")


def reply(proposal: Proposal, by, **values) -> Reply:
    said = {
        "answer": "yes",
        "reasons": "La salle est libre.",
        "in_the_name_of": "Région fictive",
        "promises": [PROMISE],
        **values,
    }
    return reply_to_proposal(proposal=proposal, by=by, **said)


def test_a_reply_writes_the_commitment_of_who_decides() -> None:
    """Her role in the process is enough: she keeps no register, and nobody gave her the organisation."""
    decider, place, item = make_party("Région inventée"), make_place("99001"), make_item("4")
    process = make_process(decider=decider, decider_identity=decider.identity, decider_name="", place=place)
    process.items.add(item)
    official = give_power(process, Power.DECIDER)
    row = adopt(make_proposal(process))
    given = reply(row, official, page="https://exemple.invalid/p")
    promised = given.commitments.get()
    assert (promised.state, promised.owner, promised.basis) == (CommitmentState.OPEN, decider, Basis.DECISION)
    assert (promised.place, list(promised.items.all())) == (place, [item])
    assert promised.basis_words == f"Réponse à la proposition n° 1, démarche « {process.title} »".replace(
        "« ", "«\u00a0"
    ).replace(" »", "\u00a0»")
    assert LogEntry.objects.filter(verb="reply-to-proposal").count() == 1
    assert LogEntry.objects.filter(verb="open-commitment").count() == 1


def test_or_it_names_public_commitments_or_says_why_none() -> None:
    process = make_process()
    official, row = give_power(process, Power.DECIDER), adopt(make_proposal(process))
    existing, draft = make_commitment(), make_draft()
    assert list(reply(row, official, promises=[], commitments=[existing]).commitments.all()) == [existing]
    with pytest.raises(ValidationError):
        reply(row, official, promises=[], commitments=[draft])
    none = reply(row, official, answer="no", promises=[], no_commitment_because="La loi l’interdit.")
    assert not none.commitments.exists()
    both = {"promises": [PROMISE], "no_commitment_because": "Rien"}
    for values, field in (
        ({"promises": []}, "no_commitment_because"),
        (both, "no_commitment_because"),
        ({"reasons": " "}, "reasons"),
        ({"answer": "maybe"}, "answer"),
        ({"in_the_name_of": ""}, "in_the_name_of"),
        ({"promises": [Promise("Sans date", None, "Un lieu")]}, "promise1-due_on"),
        ({"promises": [PROMISE, Promise("", dt.date(2035, 1, 1), "Un lieu")]}, "promise2-title"),
    ):
        with pytest.raises(ValidationError) as error:
            reply(row, official, **values)
        assert set(error.value.message_dict) == {field}
    assert Commitment.objects.count() == 2, "what a refused reply promised was never written"


def test_a_new_reply_is_another_row_and_the_former_stays() -> None:
    process = make_process()
    official, row = give_power(process, Power.DECIDER), adopt(make_proposal(process))
    first, second = reply(row, official), reply(row, official, answer="partly", reasons="La salle est prise.")
    first.refresh_from_db()
    assert [(one.number, one.is_current, one.answer) for one in row.replies.all()] == [
        (1, False, "yes"),
        (2, True, "partly"),
    ]
    assert first.reasons == "La salle est libre." and second.number == 2
    assert LogEntry.objects.filter(verb="change-reply").count() == 1


def test_only_a_decider_without_interest_replies_and_only_to_what_was_adopted() -> None:
    process = make_process()
    official, row = give_power(process, Power.DECIDER), adopt(make_proposal(process))
    for power in (Power.FACILITATOR, Power.EXAMINER, Power.VOTER):
        with pytest.raises(NotAllowed, match="décideurs"):
            reply(row, give_power(process, power))
    with pytest.raises(NotAllowed, match="adoptées"):
        reply(make_proposal(process), official)
    Interest.objects.create(
        process=process,
        user=official,
        shown_name="Fictif",
        proposal=row,
        words="x",
        declared_at=timezone.now(),
    )
    with pytest.raises(NotAllowed, match="intérêt"):
        reply(row, official)
    assert not Reply.objects.exists()


def test_its_author_is_told_without_words(django_capture_on_commit_callbacks) -> None:
    process, person = make_process(), make_user()
    row = adopt(make_proposal(process, author=make_participant(process, user=person)))
    with django_capture_on_commit_callbacks(execute=True):
        reply(row, give_power(process, Power.DECIDER))
    assert [one.to for one in mail.outbox] == [[person.email]]
    assert "salle" not in mail.outbox[0].body


def test_who_wrote_the_statement_is_told_what_became_of_it(django_capture_on_commit_callbacks) -> None:
    """Drawn, adopted, answered: three mails, and none once an interest locks the file."""
    process, person = make_process(), make_user()
    statement = make_statement(process, "La halle est vide", author=make_participant(process, user=person))
    facilitator, official = give_power(process, Power.FACILITATOR), give_power(process, Power.DECIDER)
    with django_capture_on_commit_callbacks(execute=True):
        row = draw_proposal(
            process=process, statements=[statement], title="Ouvrir", words="Le soir", by=facilitator
        )
        adopt(row, by=facilitator)
        reply(row, official)
    assert [one.to for one in mail.outbox] == [[person.email]] * 3
    assert all("La halle est vide" in one.body for one in mail.outbox)
    Interest.objects.create(
        process=process, user=person, shown_name="Fictif", proposal=row, words="x", declared_at=timezone.now()
    )
    with django_capture_on_commit_callbacks(execute=True):
        reply(row, official, answer="partly")
    assert len(mail.outbox) == 3
