"""The page of a statement: its words, its counts, and its fate followed from proposal to reply to commitments."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.enums import Answer
from terreau.deliberate.actions import refuse_words
from terreau.deliberate.enums import Moderation, ProposalState
from terreau.deliberate.models import Interest, Process, Proposal, ProposalVersion, Reply, Statement
from tests.factories import make_user
from tests.factories.commitments import make_commitment, make_draft
from tests.factories.deliberate import close, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps

from .test_results import flat, signed_in

pytestmark = pytest.mark.django_db


def make_proposal(statement: Statement, *, state: str = ProposalState.ADOPTED, **values) -> Proposal:
    process = statement.process
    proposal = Proposal.objects.create(
        process=process,
        number=process.proposals.count() + 1,
        state=state,
        judged_on=timezone.localdate(),
        at=timezone.now(),
        **{"moderation": Moderation.PUBLISHED, **values},
    )
    proposal.statements.add(statement)
    ProposalVersion.objects.create(
        proposal=proposal,
        number=1,
        title=f"Titre fictif {proposal.number}",
        words="Le faire.",
        at=timezone.now(),
    )
    return proposal


def make_reply(proposal: Proposal, **values) -> Reply:
    return Reply.objects.create(
        proposal=proposal,
        number=1,
        answer=Answer.YES,
        reasons="Parce que la place fictive le permet.",
        in_the_name_of="Région fictive",
        at=timezone.now(),
        **values,
    )


def read(statement: Statement, client: Client | None = None) -> str:
    address = reverse("deliberate:statement", args=[statement.process.slug, statement.token])
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def closed_camps() -> Process:
    process = make_process()
    make_opinions(process, two_camps(20))
    close(process)
    return process


def test_counts_of_everybody_and_of_each_group() -> None:
    statement = closed_camps().statements.get(number=9)
    text = read(statement)
    assert f"« {statement.words} »" in text
    assert "55 % d’accord, 45 % pas d’accord, 0 % passent <small>(40)" in text
    assert "90 % d’accord" in text and "20 % d’accord" in text


def test_its_fate_goes_from_proposal_to_reply_to_commitments() -> None:
    statement = closed_camps().statements.get(number=9)
    assert "Aucune proposition n’en est encore tirée." in read(statement)
    proposal = make_proposal(statement)
    assert "Proposition n° 1, adoptée, réponse due." in read(statement)
    reply = make_reply(proposal)
    promise = make_commitment(title="Planter dix tilleuls fictifs")
    reply.commitments.add(promise)
    text = read(statement)
    assert "Titre fictif 1" in text
    assert "Proposition n° 1, adoptée, réponse : oui, 1 engagement." in text
    assert "Parce que la place fictive le permet." in text
    assert reverse("commitments:commitment", args=[promise.token]) in text
    results = flat(
        Client().get(reverse("deliberate:results", args=[statement.process.slug])).content.decode()
    )
    assert "Proposition n° 1, adoptée, réponse : oui, 1 engagement" in results


def test_a_reply_without_commitment_says_why() -> None:
    statement = closed_camps().statements.first()
    make_reply(make_proposal(statement), no_commitment_because="Le lieu fictif est déjà planté.")
    assert "Aucun engagement, parce que : Le lieu fictif est déjà planté." in read(statement)


def test_drafts_and_what_waits_for_review_are_not_told() -> None:
    statement = closed_camps().statements.first()
    make_proposal(statement, state=ProposalState.PROPOSED, moderation=Moderation.WAITING)
    assert "Titre fictif" not in read(statement)
    reply = make_reply(make_proposal(statement))
    reply.commitments.add(make_draft(title="Brouillon qui reste caché"))
    assert "Brouillon qui reste caché" not in read(statement)


def test_a_judged_proposal_stays_known_when_its_words_are_refused() -> None:
    statement = closed_camps().statements.first()
    make_proposal(statement, moderation=Moderation.REFUSED, motive="Nomme une personne.")
    text = read(statement)
    assert "Proposition n° 1, adoptée" in text
    assert "Titre fictif 1" not in text


def test_a_file_that_her_interest_locks_is_not_told_to_her() -> None:
    statement = closed_camps().statements.first()
    proposal = make_proposal(statement)
    user = make_user()
    Interest.objects.create(
        process=statement.process,
        proposal=proposal,
        user=user,
        shown_name="Personne fictive",
        words="Parente",
        declared_at=timezone.now(),
    )
    assert "Titre fictif 1" not in read(statement, signed_in(user))
    assert "Titre fictif 1" in read(statement)


def test_refused_waiting_erased() -> None:
    process = closed_camps()
    refused = make_statement(process, moderation=Moderation.REFUSED, motive="Hors sujet fictif.")
    text = read(refused)
    assert refused.words not in text and "Hors sujet fictif." in text
    erased = process.statements.get(number=1)
    erased.is_erased, words = True, erased.words
    erased.save()
    assert words not in read(erased)
    waiting = make_statement(process, moderation=Moderation.WAITING)
    assert Client().get(f"/demarches/{process.slug}/affirmations/{waiting.token}/").status_code == 404


def test_its_author_finds_the_way_to_an_appeal_wherever_she_reads_the_refusal(client) -> None:
    """Without an account nobody writes to her: her own pages say it."""
    process = make_process()
    new = reverse("deliberate:statement_new", args=[process.slug])
    own = client.post(new, {"words": "Phrase fictive à relire"}).url
    row = Statement.objects.get()
    assert "On y répondra dès qu’elle sera publiée." in client.get(own).text
    refuse_words(row=row, motive="Hors sujet fictif.", by=make_user("", "moderator"))
    appeal = reverse("deliberate:words", args=[process.slug, row.token])
    for address in (own, reverse("deliberate:my_votes", args=[process.slug])):
        assert appeal in client.get(address).text, address
        assert appeal not in Client().get(address).text, address
    assert "Déposer un recours" in client.get(appeal).text


def test_a_refused_one_has_no_count_in_the_list(client) -> None:
    process = make_process(hides_results=False)
    make_statement(process, moderation=Moderation.REFUSED, motive="Hors sujet fictif.")
    shown = client.get(reverse("deliberate:statements", args=[process.slug])).text
    assert shown.count(">–</td>") == 3


def test_a_statement_of_another_process_is_not_found() -> None:
    statement = closed_camps().statements.first()
    other = make_process()
    assert Client().get(f"/demarches/{other.slug}/affirmations/{statement.token}/").status_code == 404
