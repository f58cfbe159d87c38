"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.deliberate.models import Process

from .deliberate import make_participant, make_process
from .texts import examiner_of, make_contribution, make_text, next_version

A_PROCESS = {"slug": "essai"}
A_TEXT = {**A_PROCESS, "token": "textefict2"}
A_PARAGRAPH = {**A_TEXT, "key": "paragrapha"}
A_CONTRIBUTION = {**A_PROCESS, "token": "contribut2"}


def make_deliberation() -> Process:
    process = make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?")
    texts(process)
    return process


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
    examiner_of(process)
