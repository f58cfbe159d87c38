"""A declared interest locks its file at every address of the site, whatever the format (trap 2).

Each locked file has a word that nothing else on the site has: one that leaks anywhere is found. The same walk by a
visitor finds it, or the search would prove nothing.
"""

import io
from collections.abc import Iterator

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commons.enums import Role
from terreau.commons.models import Party, User
from terreau.deliberate import actions
from terreau.deliberate.actions.sheets import Sheet
from terreau.deliberate.actions.voting import cast_known_vote
from terreau.deliberate.actions.writing import PUBLISHED, NotAllowed
from terreau.deliberate.enums import Moderation, Power
from terreau.deliberate.models import (
    Contribution,
    Process,
    Proposal,
    ProposalVersion,
    Reply,
    Statement,
    Text,
)
from terreau.deliberate.queries.file_gate import gate
from terreau.lake.catalogue import Dataset, datasets, datasets_of
from terreau.lake.gates import gate_of
from terreau.lake.publishing import publish_all, published_file
from terreau.lake.versions import versions_of
from tests.attacks.nasty import address_of, readable_routes
from tests.factories import make_user
from tests.factories.deliberate import (
    close,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
)
from tests.factories.deliberation import A_PROCESS, A_PROPOSAL, A_STATEMENT, A_TEXT
from tests.factories.opinions import make_opinions, two_camps
from tests.factories.texts import make_contribution
from tests.factories.world import make_world

pytestmark = pytest.mark.django_db

IN_PROPOSAL, IN_TEXT, IN_STATEMENT = "zinzoline", "smaragdine", "nacarat"
EVERY_MARK = (IN_PROPOSAL, IN_TEXT, IN_STATEMENT)


@pytest.fixture
def process(tmp_path, settings) -> Process:
    settings.DATA_DIR = tmp_path
    make_world()
    found = Process.objects.get(slug=A_PROCESS["slug"])
    _mark_statements(found)
    _mark_proposal(Proposal.objects.get(token=A_PROPOSAL["token"]))
    _mark_text(Text.objects.get(token=A_TEXT["token"]))
    publish_all(PUBLISHED)
    make_proposal(found, "Une autre, qui fait une version de plus")
    publish_all(PUBLISHED)
    return found


def _mark_statements(process: Process) -> None:
    statements, _people = make_opinions(process, two_camps(8), ["citizens"] * 16)
    for one in process.statements.all():
        Statement.objects.filter(pk=one.pk).update(words=f"{one.words} {IN_STATEMENT}")
    process.statements.exclude(motive="").update(motive=f"Motif {IN_STATEMENT}")
    Proposal.objects.get(token=A_PROPOSAL["token"]).statements.add(
        statements[0], Statement.objects.get(token=A_STATEMENT)
    )


def _mark_proposal(proposal: Proposal) -> None:
    said = f"Mots {IN_PROPOSAL}"
    ProposalVersion.objects.filter(proposal=proposal).update(title=f"Titre {IN_PROPOSAL}", words=said)
    Proposal.objects.filter(pk=proposal.pk).update(meeting=said)
    Reply.objects.create(
        proposal=proposal, number=1, is_current=True, answer="partly", reasons=said, in_the_name_of=said,
        no_commitment_because=said, at=timezone.now(),
    )  # fmt: skip


def _mark_text(text: Text) -> None:
    for version in text.versions.all():
        version.paragraphs.update(words=f"Paragraphe {IN_TEXT}")
        text.versions.filter(pk=version.pk).update(words=f"Pourquoi {IN_TEXT}")
    for field in ("words", "why", "outcome_reason"):
        Contribution.objects.filter(text=text).exclude(**{field: ""}).update(**{field: f"Dit {IN_TEXT}"})
    make_contribution(text, words=f"Attend {IN_TEXT}", moderation=Moderation.WAITING)
    make_contribution(text, moderation=Moderation.REFUSED, motive=f"Motif {IN_TEXT}")


def official(process: Process) -> User:
    """Whoever holds every role: nothing but the interest closes a page to her."""
    user = make_user("", *(set(Role.values) - {Role.MEMBER.value}))
    for power in Power:
        give_power(process, power, user)
    return user


def addresses(process: Process) -> Iterator[tuple[str, str]]:
    """(name, address): every address of the table of permissions, and every file of every dataset of the room."""
    party = Party.objects.first()
    for route in readable_routes():
        yield route, address_of(route, party.public_id)
    yield (
        "deliberate:words of a waiting contribution",
        reverse(
            "deliberate:words",
            args=[process.slug, Contribution.objects.get(words=f"Attend {IN_TEXT}").token],
        ),
    )
    today = f"{timezone.localdate():%Y-%m-%d}"
    for name, dataset in datasets().items():
        yield f"page {name}", reverse("observe:dataset", args=[name]) + f"?au={today}"
        for format_ in dataset.formats:
            yield f"{name}.{format_}", reverse("observe:dataset_file", args=[name, format_])
            for one in versions_of(name):
                where = [name, one.number, name, format_]
                yield f"{name}.{format_} v{one.number}", reverse("observe:dataset_version_file", args=where)


def body(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    if content.startswith(b"PAR1"):
        return str(pl.read_parquet(io.BytesIO(content)).to_dicts())
    return content.decode(errors="replace") + str(dict(response.headers))


def found_by(
    user: User | None, process: Process, marks: tuple[str, ...], only: frozenset[str] = frozenset()
) -> set[str]:
    """The names of the addresses whose answer holds one of these words. ``only``: of these, every one by default."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    found = set()
    for name, address in addresses(process):
        if not only or name in only:
            told = body(client.get(address, follow=name.startswith("page ")))
            found |= {f"{name}: {mark}" for mark in marks if mark in told}
    return found


FILES_OF = {
    IN_PROPOSAL: {
        "deliberate:proposal", "deliberate:proposals", "deliberate:proposal_file", "deliberate:proposals_csv",
        "deliberate:replies", "api:proposal", "api:proposals", "deliberate:statement",
        *(f"propositions.{format_}" for format_ in ("csv", "parquet", "json")),
        *(f"propositions.{format_} v{number}" for format_ in ("csv", "parquet", "json") for number in (1, 2)),
    },
    IN_TEXT: {
        "deliberate:text", "deliberate:text_difference", "deliberate:text_contributions", "deliberate:paragraph",
        "deliberate:contribution", "api:text", "deliberate:refusals",
        *(f"{name}.{format_}" for name in ("textes", "contributions") for format_ in ("csv", "parquet", "json")),
    },
    IN_STATEMENT: {
        "deliberate:statements", "deliberate:statement", "deliberate:vote",
        *(f"affirmations.{format_}" for format_ in ("csv", "parquet", "json")),
    },
}  # fmt: skip


def test_a_new_dataset_of_the_room_is_closed_by_any_interest(process) -> None:
    assert all(gate_of(one.name) is gate for one in datasets_of("deliberate"))
    assert gate_of("organisations") is None
    known = datasets()["propositions"]
    new = Dataset("soutiens", "Soutiens", "", known.key, known.columns, known.read)
    user, parquet = official(process), published_file("propositions", "parquet")
    assert gate(new, parquet, user) is None
    text = Text.objects.get(token=A_TEXT["token"])
    actions.declare_interest(process=process, words="Ma sœur y travaille.", text=text, by=user)
    assert gate(known, parquet, user) is None  # no row of it is of the text
    refusal = gate(new, parquet, user)
    assert refusal is not None and f"le texte « {text.title} »" in refusal.why[0]
    assert refusal.links[0][1] == reverse("deliberate:interests", args=[process.slug])


def test_a_refused_file_says_why_to_people_and_to_programs(client, process) -> None:
    address = reverse("observe:dataset_file", args=["propositions", "csv"])
    open_to_all = client.get(address)
    assert "Cookie" in open_to_all["Vary"] and open_to_all["Cache-Control"] == "no-cache"
    open_to_all.close()
    user = official(process)
    proposal = Proposal.objects.get(token=A_PROPOSAL["token"])
    actions.declare_interest(process=process, words="Ma sœur y travaille.", proposal=proposal, by=user)
    client.force_login(user)
    held = {"If-None-Match": open_to_all["ETag"]}
    page = client.get(address, headers={**held, "Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 403 and "no-store" in page["Cache-Control"] and "Cookie" in page["Vary"]
    assert f"Ce fichier contient la proposition {proposal.number} de la démarche" in page.text
    assert reverse("deliberate:interests", args=[process.slug]) in page.text
    problem = client.get(address, headers=held)
    assert (problem.status_code, problem["Content-Type"]) == (403, "application/problem+json")
    assert problem.json()["see"] == [
        f"http://testserver{reverse('deliberate:interests', args=[process.slug])}"
    ]
    listed = client.get(reverse("observe:datasets")).text
    assert address not in listed and "Ce fichier vous est fermé" in listed
    client.logout()
    assert client.get(address, headers=held).status_code == 304


def test_what_a_visitor_read_is_not_called_unchanged_once_signed_in(client, process) -> None:
    user = official(process)
    proposal = Proposal.objects.get(token=A_PROPOSAL["token"])
    actions.declare_interest(process=process, words="Ma sœur y travaille.", proposal=proposal, by=user)
    for route in ("api:proposals", "api:texts", "api:text"):
        address = address_of(route, "")
        read = client.get(address)
        same = client.get(address, headers={"If-None-Match": read["ETag"]})
        assert same.status_code == 304 and "Cookie" in same["Vary"]
        client.force_login(user)
        hers = client.get(address, headers={"If-None-Match": read["ETag"]})
        assert hers.status_code == 200 and "ETag" not in hers and "no-store" in hers["Cache-Control"]
        client.logout()


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_no_address_gives_what_an_interest_locks(process, is_closed) -> None:
    if is_closed:
        close(process)
        actions.publish_results(process=process, by=None)
        publish_all(PUBLISHED)
    user = official(process)
    told = {f"{name}: {mark}" for mark, names in FILES_OF.items() for name in names}
    if is_closed:
        told -= {f"deliberate:vote: {IN_STATEMENT}"}
    visitor = found_by(None, process, EVERY_MARK)
    assert told - visitor == set()
    only = frozenset(one.rpartition(": ")[0] for one in told)
    assert told <= found_by(user, process, EVERY_MARK, only)  # so far nothing is closed to her
    declared = [
        actions.declare_interest(process=process, words="Ma sœur y travaille.", by=user, **file)
        for file in (
            {"proposal": Proposal.objects.get(token=A_PROPOSAL["token"])},
            {"text": Text.objects.get(token=A_TEXT["token"])},
        )
    ]
    assert found_by(user, process, (IN_PROPOSAL, IN_TEXT)) == set()
    for interest in declared:
        actions.end_interest(interest=interest, because="Elle n’y travaille plus.", by=user)
    whole = actions.declare_interest(process=process, words="Ma sœur y travaille.", by=user)
    assert found_by(user, process, EVERY_MARK) == set()
    assert told <= found_by(None, process, EVERY_MARK, only)
    actions.end_interest(interest=whole, because="Elle n’y travaille plus.", by=user)
    assert told <= found_by(user, process, EVERY_MARK, only)


def test_an_interest_in_the_whole_process_closes_debate_and_vote(client) -> None:
    process = make_process()
    user, statement = give_power(process, Power.FACILITATOR), make_statement(process)
    participant, now = make_participant(process, user=user), timezone.now()
    vote = {"statement": statement.token, "value": 1, "now": now, "channel": "web"}
    assert cast_known_vote(slug=process.slug, user=user, **vote)
    interest = actions.declare_interest(process=process, words="Ma sœur y travaille.", by=user)
    assert not cast_known_vote(slug=process.slug, user=user, **vote)
    for act, given in (
        (actions.cast_vote, {"participant": participant, "statement": statement, "value": 1, "now": now}),
        (actions.add_statement, {"author": participant, "words": "Ouvrir le soir."}),
        (actions.add_seed_statements, {"lines": ["Ouvrir le soir."]}),
        (actions.enter_sheet, {"number": 1, "sheet": Sheet({statement: 1}), "now": now}),
    ):
        with pytest.raises(NotAllowed, match="un intérêt dans toute cette démarche"):
            act(process=process, by=user, **given)
    client.force_login(user)
    page = client.post(reverse("deliberate:vote", args=[process.slug]), {"value": "1"})
    assert page.status_code == 403 and "Ce dossier vous est fermé" in page.text
    assert client.get(reverse("deliberate:roles", args=[process.slug])).status_code == 200
    actions.end_interest(interest=interest, because="Elle n’y travaille plus.", by=user)
    assert cast_known_vote(slug=process.slug, user=user, **vote)
