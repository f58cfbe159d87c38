"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, Power, StepKind
from terreau.deliberate.models import Process, ProcessRole, Statement, Step

from . import make_user
from .deliberate import give_power, make_participant, make_process, make_statement, make_step

A_PROCESS = {"slug": "essai"}
A_PROCESS_DRAFT = {"slug": "essai-brouillon"}
A_STATEMENT = "affirmati2"
A_STEP = {**A_PROCESS, "token": "etapefict2"}
SOME_WORDS = {**A_PROCESS, "token": "motsfictf2"}


def make_deliberation() -> Process:
    """Open, with a step behind, one now and one ahead; a draft beside it. Its people are of the site by their role."""
    process = make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?", steps=())
    make_step(process, StepKind.OBSERVE, starts=-20, ends=-10)
    now = make_step(process, StepKind.VOTE, starts=-2, ends=10)
    Step.objects.filter(pk=now.pk).update(token=A_STEP["token"])
    make_step(process, StepKind.DECIDE, starts=10, ends=40)
    facilitator = make_user("animatrice@exemple.invalid", Role.FACILITATOR)
    give_power(process, Power.FACILITATOR, facilitator)
    words = make_statement(
        process, "La halle reste ouverte.", author=make_participant(process), moderation=Moderation.WAITING
    )
    Statement.objects.filter(pk=words.pk).update(token=SOME_WORDS["token"])
    draft = make_process(
        slug=A_PROCESS_DRAFT["slug"], title="Brouillon fictif", state="draft", opened_at=None, steps=()
    )
    give_power(draft, Power.FACILITATOR, facilitator)
    make_statements(process)
    return process


def let_facilitators_act() -> None:
    """Those of the site facilitate and decide here: pages of each role are then opened by one person."""
    for process in Process.objects.filter(slug__in=(A_PROCESS["slug"], A_PROCESS_DRAFT["slug"])):
        for user in User.objects.filter(role_grants__role=Role.FACILITATOR):
            for power in (Power.FACILITATOR, Power.EXAMINER, Power.DECIDER):
                ProcessRole.objects.get_or_create(
                    process=process, user=user, power=power, defaults={"shown_name": "Animatrice fictive"}
                )


def make_statements(process: Process) -> None:
    first = make_statement(
        process, "La halle fictive reste ouverte le soir.", token=A_STATEMENT, is_seed=True
    )
    make_statement(process, "Un atelier de réparation y a sa place.")
    make_statement(
        process, "La halle n’est pas fermée la nuit.", same_as=first, same_because="Mêmes horaires."
    )
    make_statement(process, "Mots refusés.", moderation=Moderation.REFUSED, motive="Nomme une personne.")
