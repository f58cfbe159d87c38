"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.commons.enums import College, Role
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, Power, StepKind
from terreau.deliberate.models import Process, ProcessRole, Statement, Step

from . import make_user
from .deliberate import close, give_power, make_participant, make_process, make_statement, make_step
from .opinions import make_opinions, two_camps

A_PROCESS = {"slug": "essai"}
A_PROCESS_DRAFT = {"slug": "essai-brouillon"}
A_STEP = {**A_PROCESS, "token": "etapefict2"}
SOME_WORDS = {**A_PROCESS, "token": "motsfictf2"}
A_RESULT, A_STATEMENT = {"slug": "essai-close"}, "affirmfict"


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


def results() -> Process:
    """A closed one whose people are of two opinions."""
    process = make_process(
        slug=A_RESULT["slug"], title="Que planter sur la place fictive ?", asks_college=True
    )
    colleges = [College.CITIZENS, College.ASSOCIATIONS, College.FIRMS, College.CITIZENS]
    statements, _people = make_opinions(process, two_camps(16), [colleges[at % 4] for at in range(32)])
    statements[0].token, statements[0].words = A_STATEMENT, "La place fictive est plantée de tilleuls"
    statements[0].save()
    close(process)
    return process
