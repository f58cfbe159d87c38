"""Sentences about who answered what: read before any table."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from terreau.commitments.enums import Answer, Phase
from terreau.commitments.models import Election
from terreau.commitments.queries.pledges import Grid, Row
from terreau.commitments.words import day_in_words


def answered_sentence(election: Election, answered: int, total: int) -> str:
    """« 3 listes sur 5 ont répondu. »"""
    facts = {"answered": answered, "total": total}
    if election.is_consultation:
        if not total:
            return _("Aucun organisme n’est encore consulté.")
        if not answered:
            return _("Aucun organisme n’a encore répondu, sur %(total)d.") % facts
        return (
            ngettext(
                "%(answered)d organisme sur %(total)d a répondu.",
                "%(answered)d organismes sur %(total)d ont répondu.",
                answered,
            )
            % facts
        )
    if not total:
        return _("Aucune liste n’est encore inscrite.")
    if not answered:
        return _("Aucune liste n’a encore répondu, sur %(total)d.") % facts
    return (
        ngettext(
            "%(answered)d liste sur %(total)d a répondu.",
            "%(answered)d listes sur %(total)d ont répondu.",
            answered,
        )
        % facts
    )


def row_sentence(election: Election, row: Row) -> str:
    """« Toutes les listes disent oui. » or the counts; nobody's silence is a no."""
    if row.is_of_all:
        return _all_say(election, row.same)
    if not row.answered:
        return _("Aucune réponse.")
    named = [(_("oui"), Answer.YES), (_("en partie"), Answer.PARTLY), (_("non"), Answer.NO)]
    said = [f"{row.counts[answer]} {word}" for word, answer in named if row.counts[answer]]
    if silent := row.counts[""]:
        said.append(_("%d sans réponse") % silent)
    return ", ".join(said) + "."


def _all_say(election: Election, answer: str) -> str:
    if election.is_consultation:
        return {
            Answer.YES.value: _("Tous les organismes disent oui."),
            Answer.PARTLY.value: _("Tous les organismes disent oui en partie."),
            Answer.NO.value: _("Tous les organismes disent non."),
        }[answer]
    return {
        Answer.YES.value: _("Toutes les listes disent oui."),
        Answer.PARTLY.value: _("Toutes les listes disent oui en partie."),
        Answer.NO.value: _("Toutes les listes disent non."),
    }[answer]


def unanimous_sentences(election: Election, grid: Grid) -> list[str]:
    """« Sur le point 10, toutes disent oui. » One sentence an answer."""
    said = []
    for answer in Answer.values:
        codes = [row.item.code for row in grid.rows if row.is_of_all and row.same == answer]
        if not codes:
            continue
        points = ngettext("Sur le point %s :", "Sur les points %s :", len(codes)) % ", ".join(codes)
        sentence = _all_say(election, answer)
        said.append(f"{points} {sentence[0].lower()}{sentence[1:]}")
    return said


def phase_sentence(election: Election, now: dt.datetime) -> str:
    """Where the election stands: until when one answers, or why nobody does any more."""
    last = election.last_day_to_answer
    match election.phase_at(now):
        case Phase.OPEN if last:
            return _("Les réponses sont ouvertes jusqu’au %s inclus.") % day_in_words(last)
        case Phase.OPEN:
            return _("Les réponses sont ouvertes, sans date limite.")
        case Phase.CLOSED:
            assert last is not None
            return _("Les réponses sont closes depuis le %s au soir.") % day_in_words(last)
        case Phase.FROZEN:
            assert election.last_round_on is not None
            return _("Les positions sont gelées jusqu’à la fin du scrutin, le %s au soir.") % day_in_words(
                election.last_round_on
            )
        case _:
            return _("Le scrutin est terminé : les positions restent telles quelles.")


def followed_sentence(grid: Grid) -> str:
    """How many promises are not commitments yet; nothing when nobody is bound by one."""
    total = len(grid.promises())
    if not total:
        return ""
    waiting = grid.not_yet_promised()
    if not waiting:
        return ngettext(
            "La promesse de qui a été élu ou consulté est devenue un engagement.",
            "Les %d promesses de qui a été élu ou consulté sont devenues des engagements.",
            total,
        ).replace("%d", str(total))
    return ngettext(
        "%(waiting)d promesse sur %(total)d n’est pas encore devenue un engagement.",
        "%(waiting)d promesses sur %(total)d ne sont pas encore devenues des engagements.",
        waiting,
    ) % {"waiting": waiting, "total": total}
