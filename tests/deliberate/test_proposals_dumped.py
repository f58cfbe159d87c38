"""Proposals, replies, conferences and resonances leave and come back; refused words, authors and hidden counts stay."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.deliberate.actions import reply_to_proposal
from terreau.deliberate.actions.replies import Promise
from terreau.deliberate.enums import Moderation, Power, ProposalState
from terreau.deliberate.models import (
    Conference,
    Process,
    Proposal,
    Reply,
    Resonance,
    ResonanceMatrix,
    ShowOfHands,
)
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import adopt, close, give_power, make_participant, make_process, make_proposal
from tests.factories.deliberation import conference
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def test_they_come_back_the_same_without_what_stays(tmp_path) -> None:
    process = make_process()
    official = give_power(process, Power.DECIDER)
    author = make_participant(process)
    adopted = adopt(make_proposal(process, "Ouvrir la halle", author=author))
    for reasons in ("Pas encore.", "Oui, au printemps."):
        reply_to_proposal(
            proposal=adopted,
            answer="yes",
            reasons=reasons,
            in_the_name_of="Région fictive",
            promises=[Promise("Ouvrir", dt.date(2035, 1, 1), "Deux soirs")],
            by=official,
        )
    make_proposal(process, "Mots refusés fictifs", moderation=Moderation.REFUSED, motive="Hors sujet")
    make_proposal(process, "Mots en attente fictifs", moderation=Moderation.WAITING)
    make_proposal(
        process, state=ProposalState.WITHDRAWN, withdrawn_because="Secret retiré", moderation=Moderation.REFUSED,
        motive="Nomme quelqu’un",
    )  # fmt: skip
    hidden = make_process(hides_results=True)
    adopt(make_proposal(hidden))
    close(process)
    conference(process)
    write_dump(tmp_path / "a")
    left = b"".join(file.read_bytes() for file in (tmp_path / "a").iterdir())
    for stays in ("Mots refusés fictifs", "Mots en attente fictifs", "Secret retiré"):
        assert stays.encode() not in left, stays
    proposals = [p for p in (tmp_path / "a").iterdir() if p.name.startswith("proposals.")]
    assert author.token.encode() not in proposals[0].read_bytes()
    Reply.objects.all().delete()
    ResonanceMatrix.objects.all().delete()
    Process.objects.all().delete()
    empty()
    insert_content(read_dump(tmp_path / "a"))
    back = Proposal.objects.get(process__slug=process.slug, number=1)
    assert (back.state, back.author, back.versions.get().title) == (
        ProposalState.ADOPTED,
        None,
        "Ouvrir la halle",
    )
    assert [(one.number, one.is_current, one.commitments.count()) for one in back.replies.all()] == [
        (1, False, 1),
        (2, True, 1),
    ]
    assert ShowOfHands.objects.get().in_favour == 20, "of the closed process alone"
    assert Proposal.objects.filter(moderation=Moderation.REFUSED, versions=None).count() == 2
    assert Conference.objects.get().agenda.count() == 3
    assert Resonance.objects.get().words == "Le samedi"
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_a_process_without_steps_hides_its_counts_as_the_page_does() -> None:
    from terreau.deliberate.queries.proposals import shows_counts

    now = timezone.now()
    made = [make_process(steps=()), make_process(), make_process(hides_results=False)]
    closed = make_process()
    close(closed)
    made.append(closed)
    for process in made:
        adopt(make_proposal(process))
    shown = ShowOfHands.objects.filter(shows_counts(now, "proposal__process"))
    slugs = {one.proposal.process.slug for one in shown}
    assert slugs == {one.slug for one in made if one.shows_results_at(now)}
