"""The process of the small fictional region: each part of the room adds what its pages show."""

import datetime as dt

from django.utils import timezone

from terreau.commitments.models import ProgrammeItem
from terreau.commons.enums import College, Role
from terreau.commons.models import User
from terreau.deliberate.actions import add_resonance, count_attendance, make_matrix
from terreau.deliberate.enums import Moderation, Power, StepKind
from terreau.deliberate.models import (
    AgendaItem,
    Conference,
    Process,
    ProcessRole,
    Proposal,
    ResonanceMatrix,
    Statement,
    Step,
)

from . import make_user
from .commitments import make_item, make_keeper
from .deliberate import (
    adopt,
    close,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
    make_step,
)
from .opinions import make_opinions, two_camps
from .texts import make_contribution, make_text, next_version

A_PROCESS = {"slug": "essai"}
A_STATEMENT = "affirmati2"
A_RESULT = {"slug": "essai-close"}
A_TEXT = {**A_PROCESS, "token": "textefict2"}
A_PARAGRAPH = {**A_TEXT, "key": "paragrapha"}
A_CONTRIBUTION = {**A_PROCESS, "token": "contribut2"}
A_PROCESS_DRAFT = {"slug": "essai-brouillon"}
A_PROPOSAL = {**A_PROCESS, "token": "propofict2"}
A_MATRIX = {"slug": "essai"}
A_STEP = {**A_PROCESS, "token": "etapefict2"}
SOME_WORDS = {**A_PROCESS, "token": "motsfictf2"}


def make_deliberation() -> Process:
    """Open, with a step behind, one now and one ahead; a draft beside it. Its people are of the site by their role."""
    process = make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?", steps=())
    make_step(process, StepKind.OBSERVE, starts=-20, ends=-10)
    now = make_step(process, StepKind.VOTE, starts=-2, ends=10)
    Step.objects.filter(pk=now.pk).update(token=A_STEP["token"])
    now.refresh_from_db()
    make_step(process, StepKind.DECIDE, starts=10, ends=40)
    facilitator = make_user("animatrice@exemple.invalid", Role.FACILITATOR)
    give_power(process, Power.FACILITATOR, facilitator)
    process.items.set(ProgrammeItem.objects.all()[:1])
    count_attendance(step=now, numbers={"elected": 3}, by=facilitator)
    words = make_statement(
        process, "La halle reste ouverte.", author=make_participant(process), moderation=Moderation.WAITING
    )
    Statement.objects.filter(pk=words.pk).update(token=SOME_WORDS["token"])
    draft = make_process(
        slug=A_PROCESS_DRAFT["slug"], title="Brouillon fictif", state="draft", opened_at=None, steps=()
    )
    give_power(draft, Power.FACILITATOR, facilitator)
    texts(process)
    make_statements(process)
    proposals(process)
    conference(process)
    results()
    return process


def let_facilitators_act() -> None:
    """Those of the site facilitate and decide here: pages of each role are then opened by one person."""
    for process in Process.objects.filter(slug__in=(A_PROCESS["slug"], A_PROCESS_DRAFT["slug"])):
        for user in User.objects.filter(role_grants__role=Role.FACILITATOR):
            for power in (Power.FACILITATOR, Power.EXAMINER, Power.DECIDER):
                ProcessRole.objects.get_or_create(
                    process=process, user=user, power=power, defaults={"shown_name": "Animatrice fictive"}
                )


def texts(process: Process) -> None:
    """One text in two versions, with contributions of each kind, one answered and carried."""
    text = make_text(process, size=6)
    process.texts.update(token=A_TEXT["token"])
    first = text.versions.get()
    first.paragraphs.filter(rank=0).update(kind="heading", words="Pour quoi faire")
    first.paragraphs.filter(rank=1).update(key=A_PARAGRAPH["key"])
    first.paragraphs.filter(rank__in=(3, 4)).update(kind="item")
    text.refresh_from_db()
    place = {"paragraph_key": A_PARAGRAPH["key"]}
    citizen = make_participant(process, college="citizens")
    kept = make_contribution(
        text,
        citizen,
        token=A_CONTRIBUTION["token"],
        words="Paragraphe fictif 2, en plus simple.",
        why="Plus simple.",
        outcome="kept",
        outcome_reason="C’est plus clair.",
        **place,
    )
    make_contribution(text, citizen, kind="comment", words="D’accord.", answers=kept, **place)
    make_contribution(text, kind="add", words="Ouvrir le soir.", **place)
    make_contribution(text, kind="delete", words="", why="Trop long.", **place)
    make_contribution(text, kind="comment", paragraph_key="")
    next_version(text, {A_PARAGRAPH["key"]: kept.words}, kept={kept.token: A_PARAGRAPH["key"]})


def proposals(process: Process) -> None:
    """One adopted that waits for its reply, one supported."""
    drawn = adopt(make_proposal(process, "Ouvrir la halle deux soirs par semaine"))
    Proposal.objects.filter(pk=drawn.pk).update(token=A_PROPOSAL["token"])
    drawn.statements.add(make_statement(process, "La halle est vide le soir"))
    make_proposal(process, "Prêter les outils de la commune")


def conference(process: Process) -> None:
    """An agenda, and actions beside orientations with one alone on each side."""
    held = timezone.localdate() - dt.timedelta(days=700)
    row = Conference.objects.create(
        process=process, held_on=held, where="Salle fictive", minutes="Tout fut dit."
    )
    row.minutes_published_at = timezone.now()
    row.save()
    for rank, part in enumerate(("orientations", "means", "results"), 1):
        AgendaItem.objects.create(conference=row, part=part, rank=rank, title=f"Point fictif {rank}")
    orientations = [make_item(str(rank), programme="cap-fictif", rank=rank) for rank in (1, 2)]
    actions = [make_item(str(rank), programme="acteur-fictif", rank=rank) for rank in (1, 2)]
    keeper = make_keeper()
    matrix = make_matrix(
        title="Résonances fictives",
        orientations=orientations[0].programme,
        programmes=[actions[0].programme],
        process=process,
        by=keeper,
    )
    add_resonance(matrix=matrix, action=actions[0], orientation=orientations[0], words="Le samedi", by=keeper)
    ResonanceMatrix.objects.filter(pk=matrix.pk).update(slug=A_MATRIX["slug"])


def make_statements(process: Process) -> None:
    first = make_statement(
        process, "La halle fictive reste ouverte le soir.", token=A_STATEMENT, is_seed=True
    )
    make_statement(process, "Un atelier de réparation y a sa place.")
    make_statement(
        process, "La halle n’est pas fermée la nuit.", same_as=first, same_because="Mêmes horaires."
    )
    make_statement(process, "Mots refusés.", moderation=Moderation.REFUSED, motive="Nomme une personne.")


def results() -> Process:
    """A closed one whose people are of two opinions."""
    process = make_process(
        slug=A_RESULT["slug"], title="Que planter sur la place fictive ?", asks_college=True
    )
    colleges = [College.CITIZENS, College.ASSOCIATIONS, College.FIRMS, College.CITIZENS]
    statements, _people = make_opinions(process, two_camps(16), [colleges[at % 4] for at in range(32)])
    statements[0].words = "La place fictive est plantée de tilleuls"
    statements[0].save()
    close(process)
