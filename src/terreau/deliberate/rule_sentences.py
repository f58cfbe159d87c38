"""The rules of a process in sentences: the same on screen, on paper and in the API, from one object."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from terreau.commons.enums import College
from terreau.deliberate.enums import Eligibility
from terreau.deliberate.instants import said_instant
from terreau.deliberate.models import Process
from terreau.deliberate.queries.processes import decider_name


@dataclass(frozen=True)
class Rules:
    """All that the sentences are made of. ``closes_at``: None as long as no step of people is dated."""

    eligibility: Eligibility
    colleges: tuple[str, ...]
    asks_college: bool
    hides_results: bool
    asks_at_a_time: int
    closes_at: dt.datetime | None
    decider: str
    legal_basis: str
    reply_by: dt.date | None
    deliberation_number: str
    deliberation_on: dt.date | None


def rules_of(process: Process) -> Rules:
    return Rules(
        eligibility=Eligibility(process.eligibility),
        colleges=tuple(process.colleges),
        asks_college=process.asks_college,
        hides_results=process.hides_results,
        asks_at_a_time=process.asks_at_a_time,
        closes_at=process.closes_at,
        decider=decider_name(process),
        legal_basis=process.legal_basis,
        reply_by=process.reply_by,
        deliberation_number=process.deliberation_number,
        deliberation_on=process.deliberation_on,
    )


def sentences(rules: Rules) -> list[str]:
    return [
        *_who_takes_part(rules),
        _asked(rules),
        _("Ce que quelqu’un a écrit, personne d’autre ne le modifie : ni un animateur, ni un élu."),
        _(
            "Ce qu’écrit une personne encore inconnue du site est relu avant d’être publié. Un refus a un motif "
            "public, et un recours va à une seconde personne."
        ),
        _hidden(rules),
        *_decided(rules),
    ]


def _who_takes_part(rules: Rules) -> list[str]:
    who = {
        Eligibility.ANYONE: _("Toute personne peut prendre part, sans compte."),
        Eligibility.MEMBERS: _("Toute personne qui a un compte sur ce site peut prendre part."),
        Eligibility.INVITED: _("Prennent part les personnes invitées par les animateurs."),
    }[rules.eligibility]
    names = [str(College(code).label) for code in rules.colleges if code in College.values]
    if not names:
        return [who]
    told = {"names": ", ".join(names)}
    if rules.asks_college:
        return [who, _("Chacun dit de quel collège il est avant de prendre part : %(names)s.") % told]
    return [who, _("Chacun peut dire de quel collège il est : %(names)s.") % told]


def _asked(rules: Rules) -> str:
    return ngettext(
        "Les affirmations sont posées %(count)s par %(count)s ; on s’arrête quand on veut, et la dernière réponse "
        "compte.",
        "Les affirmations sont posées par %(count)s ; on s’arrête quand on veut, et la dernière réponse compte.",
        rules.asks_at_a_time,
    ) % {"count": rules.asks_at_a_time}


def _hidden(rules: Rules) -> str:
    closing = said_instant(rules.closes_at) if rules.closes_at else ""
    if not rules.hides_results:
        return _("Les nombres d’avis et de soutiens se lisent à tout moment.")
    if not closing:
        return _("Aucun nombre d’avis ni de soutiens n’est montré avant la clôture, à personne.")
    return _("Aucun nombre d’avis ni de soutiens n’est montré avant la clôture (%(day)s), à personne.") % {
        "day": closing
    }


def _decided(rules: Rules) -> list[str]:
    told = []
    if rules.decider:
        basis = f" ({rules.legal_basis})" if rules.legal_basis else ""
        told.append(_("Décide en droit : %(who)s%(basis)s.") % {"who": rules.decider, "basis": basis})
    if rules.reply_by:
        told.append(
            _("Chaque proposition adoptée reçoit une réponse publique et motivée, au plus tard le %(day)s.")
            % {"day": date_format(rules.reply_by)}
        )
    if rules.deliberation_number and rules.deliberation_on:
        told.append(
            _("Une délibération a été prise : n° %(number)s du %(day)s.")
            % {"number": rules.deliberation_number, "day": date_format(rules.deliberation_on)}
        )
    else:
        told.append(
            _(
                "Le résultat est consultatif : il n’oblige personne en droit tant que le numéro d’une délibération "
                "n’est pas entré ici."
            )
        )
    return told
