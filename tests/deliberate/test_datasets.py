"""Deliberation as open data: what is in it, what is not, and that no count leaves before everybody may know it."""

import datetime as dt
import json

import polars as pl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from terreau.commitments.enums import Answer
from terreau.commons.actions.publishing import publish_datasets
from terreau.commons.enums import Diffusion, PartyKind
from terreau.deliberate.actions import publish_words, refuse_words
from terreau.deliberate.actions.writing import PUBLISHED, write_change
from terreau.deliberate.datasets import (
    DATASETS,
    read_affirmations,
    read_contributions,
    read_demarches,
    read_propositions,
    read_textes,
)
from terreau.deliberate.enums import ContributionKind, Moderation, Outcome, ProposalState, State
from terreau.deliberate.models import (
    Contribution,
    Participant,
    Proposal,
    ProposalSupport,
    ProposalVersion,
    Reply,
    ShowOfHands,
    Statement,
    Vote,
)
from terreau.lake.publishing import manifest, published_file
from terreau.lake.versions import parquet_of, versions_of
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment, make_draft
from tests.factories.deliberate import close, make_participant, make_process, make_statement, make_step
from tests.factories.letters import make_text, make_version

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def data(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path


def rows(read) -> list[dict]:
    return read().frame.to_dicts()


def contribute(text, words: str, author: Participant | None = None, **values) -> Contribution:
    defaults = {
        "author": author,
        "college": author.college if author else "",
        "version": text.versions.first(),
        "kind": ContributionKind.COMMENT,
        "at": NOW,
        "moderation": Moderation.PUBLISHED,
    }
    return Contribution.objects.create(text=text, words=words, **{**defaults, **values})


def propose(process, title: str, **values) -> Proposal:
    defaults = {"at": NOW, "moderation": Moderation.PUBLISHED, "number": process.proposals.count() + 1}
    row = Proposal.objects.create(process=process, **{**defaults, **values})
    ProposalVersion.objects.create(proposal=row, number=1, title=title, words="Mots fictifs.", at=NOW)
    return row


def vote(statement, *values: int) -> None:
    for value in values:
        who = make_participant(statement.process)
        Vote.objects.create(participant=who, statement=statement, value=value)


def test_an_act_publishes_the_datasets_of_the_room() -> None:
    assert [one.name for one in DATASETS] == list(PUBLISHED)


def test_a_process_in_full_and_the_drafts_that_are_not_there() -> None:
    place, decider = (
        make_place("99001", name="Fictive"),
        make_party("Ville fictive", kind=PartyKind.PUBLIC_BODY),
    )
    process = make_process(place=place, decider=decider, decider_name="", colleges=["citizens", "public"])
    make_process(state=State.DRAFT, opened_at=None)
    make_process(is_demonstration=True)
    (found,) = rows(read_demarches)
    assert (found["slug"], found["title"], found["subject"]) == (process.slug, process.title, process.subject)
    assert (found["decider"], found["decider_public_id"]) == ("Ville fictive", decider.public_id)
    assert (found["zoning"], found["place_code"], found["place"]) == ("commune", "99001", "Fictive")
    assert (found["colleges"], found["state"]) == ("citizens|public", "open")
    assert found["closes_on"] == timezone.localdate(process.closes_at)
    decider.diffusion = Diffusion.MASKED
    decider.save()
    (found,) = rows(read_demarches)
    assert (found["decider"], found["decider_public_id"]) == (None, None)


def test_every_paragraph_of_every_version() -> None:
    process = make_process()
    text = make_text(process, "Charte fictive")
    make_version(text, "Un", "Deux")
    make_text(make_process(is_demonstration=True))
    found = rows(read_textes)
    assert [(one["version"], one["rank"], one["words"]) for one in found] == [
        (1, 0, "Un paragraphe fictif."),
        (2, 0, "Un"),
        (2, 1, "Deux"),
    ]
    assert {(one["process"], one["title"], one["text"]) for one in found} == {
        (process.slug, "Charte fictive", text.token)
    }


def test_contributions_name_nobody_and_wait_for_review() -> None:
    process = make_process()
    text = make_text(process)
    author = make_participant(process, college="citizens", user=make_user("x@exemple.invalid"))
    author.shown_name = "Zinzoline Fictive"
    author.save()
    kept = contribute(
        text, "Publiée", author=author, outcome=Outcome.KEPT, outcome_reason="Utile", outcome_at=NOW,
        kept_in=text.versions.first(),
    )  # fmt: skip
    hidden = contribute(text, "En attente", moderation=Moderation.WAITING)
    contribute(text, "Refusée", moderation=Moderation.REFUSED, motive="x")
    contribute(text, "Dans le fil", answers=hidden)
    found = {one["words"]: one for one in rows(read_contributions)}
    assert set(found) == {"Publiée", "Dans le fil"}
    assert found["Dans le fil"]["answers"] is None and found["Dans le fil"]["outcome"] is None
    row = found["Publiée"]
    assert (row["token"], row["college"], row["outcome"], row["kept_in"]) == (
        kept.token,
        "citizens",
        "kept",
        1,
    )
    assert "Zinzoline" not in str(found) and "exemple.invalid" not in str(found)


def test_counts_of_votes_are_empty_until_the_closing_and_not_zero() -> None:
    process, open_one = make_process(), make_process(hides_results=False)
    make_statement(process, "Cachée"), make_statement(open_one, "Montrée")
    make_statement(process, "En attente", moderation=Moderation.WAITING)
    for words in ("Cachée", "Montrée"):
        vote(Statement.objects.get(words=words), 1, 1, -1, 0, 0, 0)
    counts = {one["words"]: (one["agree"], one["disagree"], one["passed"]) for one in rows(read_affirmations)}
    assert counts == {"Cachée": (None, None, None), "Montrée": (2, 1, 3)}
    close(process)
    counts = {one["words"]: (one["agree"], one["disagree"], one["passed"]) for one in rows(read_affirmations)}
    assert counts["Cachée"] == (2, 1, 3)
    make_step(process, "vote", ends=3)
    assert {one["agree"] for one in rows(read_affirmations)} == {None, 2}, "re-opened: hidden again"


def test_proposals_with_their_reply_and_its_lateness() -> None:
    process = make_process(reply_by=timezone.localdate() - dt.timedelta(days=10))
    statement = make_statement(process)
    judged = {"state": ProposalState.ADOPTED, "judged_on": NOW.date()}
    answered, owed = propose(process, "Répondue", **judged), propose(process, "Due", **judged)
    propose(process, "En attente", moderation=Moderation.WAITING)
    refused = propose(process, "Refusée", moderation=Moderation.REFUSED, motive="x")
    answered.statements.add(statement)
    for college, votes in (("citizens", 5), ("public", 2)):
        ShowOfHands.objects.create(proposal=answered, college=college, in_favour=votes, against=1)
    values = {"proposal": answered, "reasons": "Raisons", "in_the_name_of": "Région fictive"}
    Reply.objects.create(**values, number=1, answer=Answer.NO, at=NOW - 7 * DAY, is_current=False)
    reply = Reply.objects.create(**values, number=2, answer=Answer.YES, at=NOW - DAY)
    promise = make_commitment()
    reply.commitments.add(promise, make_draft())
    ProposalSupport.objects.create(participant=make_participant(process), version=answered.versions.get())
    found = {one["number"]: one for one in rows(read_propositions)}
    assert set(found) == {answered.number, owed.number, refused.number}
    row = found[answered.number]
    assert (row["title"], row["statements"], row["supports"]) == ("Répondue", statement.token, None)
    assert (row["in_favour"], row["against"], row["abstained"]) == (None, None, None)
    assert (row["answer"], row["days_late"], row["replied_on"]) == (
        "yes",
        3,
        timezone.localdate(NOW - 7 * DAY),
    )
    assert row["commitments"] == promise.token
    due = found[owed.number]
    assert (due["reply_by"], due["replied_on"], due["days_late"], due["in_favour"]) == (
        process.reply_by, None, None, None,
    )  # fmt: skip
    assert (found[refused.number]["title"], found[refused.number]["words"]) == (None, None)
    assert found[refused.number]["reply_by"] is None
    close(process)
    found = {one["number"]: one for one in rows(read_propositions)}
    row, due = found[answered.number], found[owed.number]
    assert (row["supports"], due["supports"]) == (1, 0)
    assert (row["in_favour"], row["against"], row["abstained"]) == (7, 2, 0)
    assert due["in_favour"] is None


def test_every_format_with_licence_and_attribution() -> None:
    make_statement(make_process(licence="odbl-1.0"))
    publish_datasets(names=PUBLISHED, by=None)
    for name in PUBLISHED:
        entry = manifest(name)
        assert entry is not None and set(entry["files"]) == {"csv", "parquet", "json"}
        assert entry["licence"] == "odbl-1.0" and "Démarches" in entry["attribution"]
    (row,) = pl.read_parquet(published_file("affirmations", "parquet")).to_dicts()
    assert row["agree"] is None
    assert json.loads(published_file("affirmations", "json").read_text())


def test_what_is_published_or_refused_follows_at_once(django_capture_on_commit_callbacks) -> None:
    moderator = make_user("", "moderator")
    process = make_process()
    statement = make_statement(process, "Une phrase", moderation=Moderation.WAITING)
    proposal = propose(process, "Un titre", moderation=Moderation.WAITING)

    def published(name: str) -> str:
        return published_file(name, "csv").read_text()

    with django_capture_on_commit_callbacks(execute=True):
        publish_words(row=statement, by=moderator)
        publish_words(row=proposal, by=moderator)
    assert "Une phrase" in published("affirmations") and "Un titre" in published("propositions")
    with django_capture_on_commit_callbacks(execute=True):
        refuse_words(row=Statement.objects.get(), motive="Motif", by=moderator)
        refuse_words(row=Proposal.objects.get(), motive="Motif", by=moderator)
    for name, words in (("affirmations", "Une phrase"), ("propositions", "Un titre")):
        assert words not in published(name)
        for entry in versions_of(name):
            assert words not in pl.read_parquet(parquet_of(name, entry)).write_csv(), (
                "nor in what was published before"
            )


def test_a_change_publishes_when_it_is_certain(django_capture_on_commit_callbacks) -> None:
    process = make_process(title="Titre fictif")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        write_change(process, "open-process", by=None)
        assert manifest("demarches") is None
    assert "Titre fictif" in published_file("demarches", "csv").read_text()


@pytest.mark.parametrize("read", [one.read for one in DATASETS], ids=[one.name for one in DATASETS])
def test_queries_do_not_grow_with_rows(read) -> None:
    counts = []
    for size in (1, 2):
        for number in range(size):
            process = make_process()
            contribute(make_text(process), "Mots")
            make_statement(process)
            proposal = propose(process, f"{number}", state=ProposalState.ADOPTED, judged_on=NOW.date())
            Reply.objects.create(proposal=proposal, number=1, answer=Answer.NO, reasons="x", at=NOW)
        with CaptureQueriesContext(connection) as queries:
            read()
        counts.append(len(queries))
    assert counts[0] == counts[1]
