"""The result of a conversation in sentences: what it says, how far to trust it, who it speaks for."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from terreau.commons.enums import College
from terreau.deliberate.bridge import FEWEST, Opinion
from terreau.deliberate.enums import ProposalState
from terreau.deliberate.instants import said_instant
from terreau.deliberate.models import Process, Statement
from terreau.deliberate.queries.fates import Fate
from terreau.deliberate.queries.results import were_counts_shown
from terreau.ui.templatetags.ui import format_number, percent

FEW_PEOPLE = 30
SOLID, FAIR = 0.85, 0.6
SIGNS = ("●", "■", "▲", "◆", "✚", "▼")


def participants(number: int) -> str:
    return ngettext("%s participant", "%s participants", number) % format_number(number)


def votes(number: int) -> str:
    return ngettext("%s avis", "%s avis", number) % format_number(number)


def statements(number: int) -> str:
    return ngettext("%s affirmation", "%s affirmations", number) % format_number(number)


def percentage(share: float) -> str:
    return percent(share)


def first_sentences(opinion: Opinion, *, is_closed: bool) -> list[str]:
    """How many spoke and how little that allows to conclude, before anything else."""
    people = opinion["people"]
    if not people:
        return [
            _("Personne n’a donné d’avis : il n’y a pas de résultat.")
            if is_closed
            else _("Personne n’a encore donné d’avis : il n’y a rien à montrer.")
        ]
    if people < FEWEST:
        return [
            _("%s seulement : c’est trop peu pour un résultat.") % participants(people),
            _(
                "À moins de %d, qui connaît l’une de ces personnes saurait ce qu’elle pense : les avis ne sont pas "
                "montrés."
            )
            % FEWEST,
        ]
    said = _("%(people)s, %(votes)s sur %(statements)s.") % {
        "people": participants(people),
        "votes": votes(opinion["votes"]),
        "statements": statements(opinion["statements"]),
    }
    crowd = _(
        "Ce sont des personnes qui ont choisi de venir : une foule qui a choisi de venir n’est pas la région."
    )
    if people < FEW_PEOPLE:
        few = _("C’est peu : quelques avis de plus pourraient changer ce qui suit. À lire comme des pistes.")
        return [f"{said} {few}", crowd]
    return [f"{said} {crowd}"]


def says_enough(opinion: Opinion) -> bool:
    return int(opinion["people"]) >= FEWEST


def all_circles(opinion: Opinion, process: Process) -> str:
    """Who a sentence of consensus speaks of: no more than was counted apart."""
    if len(opinion["colleges"]) < 2:
        return _("Tous les groupes") if opinion["groups"] else _("La plupart des participants")
    is_whole = not _uncounted(opinion, process)
    if opinion["groups"]:
        return (
            _("Tous les groupes et tous les collèges")
            if is_whole
            else _("Tous les groupes et tous les collèges comptés")
        )
    return _("Tous les collèges") if is_whole else _("Tous les collèges comptés")


def uniting_sentence(opinion: Opinion, process: Process, row: Mapping[str, Any], words: str) -> str:
    values = {"who": all_circles(opinion, process), "words": words}
    if row["side"] == "agree":
        return _("%(who)s sont d’accord pour dire : « %(words)s »") % values
    return _("%(who)s disent non à : « %(words)s »") % values


def circle_name(circle: list[str]) -> str:
    """``circle``: ["group", "A"] or ["college", "elected"]."""
    kind, name = circle
    return _("collège : %s") % college_name(name) if kind == "college" else _("groupe %s") % name


def college_name(code: str) -> str:
    return str(College(code).label) if code in College.values else code


def groups_sentences(opinion: Opinion) -> list[str]:
    redrawn = opinion["stability"]
    groups = opinion["groups"]
    if groups:
        said = [
            ngettext("%d groupe d’opinion se distingue.", "%d groupes d’opinion se distinguent.", len(groups))
            % len(groups)
        ]
    elif opinion["without_opinion"] == opinion["people"]:
        return [
            _("Tout le monde a passé : personne n’a pris parti, il n’y a ni accord ni désaccord à montrer.")
        ]
    else:
        said = [_("Pas de groupes nets : les avis ne se rangent pas en camps.")]
    if redrawn:
        times = redrawn["resamples"]
        same = round(redrawn["same_number_of_groups"] * times)
        if same == times:
            said.append(
                _(
                    "C’est ce que l’on trouve aussi chaque fois que l’on tire au sort une partie des participants."
                )
            )
        else:
            said.append(
                _(
                    "On retrouve ce nombre dans %(same)d des %(times)d tirages au sort d’une partie des participants."
                )
                % {"same": same, "times": times}
            )
    if opinion["without_opinion"]:
        said.append(
            ngettext(
                "%s participant n’a fait que passer : il n’est dans aucun groupe.",
                "%s participants n’ont fait que passer : ils ne sont dans aucun groupe.",
                opinion["without_opinion"],
            )
            % format_number(opinion["without_opinion"])
        )
    return said


def stability_words(stability: float | None) -> str:
    if stability is None:
        return ""
    if stability >= SOLID:
        return _("solide")
    return _("assez solide") if stability >= FAIR else _("fragile")


def group_sentence(opinion: Opinion, group: Mapping[str, Any]) -> str:
    return _("%(people)s, %(share)s de ceux qui ont pris parti ; groupe %(stability)s.") % {
        "people": participants(group["people"]),
        "share": percentage(group["people"] / max(1, opinion["people"] - opinion["without_opinion"])),
        "stability": stability_words(group["stability"]),
    }


def telling_sentence(row: Mapping[str, Any], words: str) -> str:
    """What a group says more than the others."""
    said = {"words": words, "share": percentage(row["share"]), "others": percentage(row["others"])}
    if row["side"] == "agree":
        return _("D’accord, à %(share)s contre %(others)s ailleurs : « %(words)s »") % said
    return _("Pas d’accord, à %(share)s contre %(others)s ailleurs : « %(words)s »") % said


def uncounted_colleges(opinion: Opinion, process: Process) -> str:
    """The colleges that no figure is about, without saying how few they are."""
    names = _uncounted(opinion, process)
    if not names:
        return ""
    return _(
        "Collèges pas comptés à part, parce qu’ils ont moins de %(fewest)d participants ou n’ont personne, ou pour "
        "que ceux-là ne se devinent pas par différence : %(names)s."
    ) % {"fewest": FEWEST, "names": ", ".join(names)}


def _uncounted(opinion: Opinion, process: Process) -> list[str]:
    counted = {code for code, _number in opinion["colleges"]}
    if not process.asks_college and not counted:
        return []
    return [college_name(code) for code in process.colleges if code not in counted]


def shown_words(statement: Statement | None) -> str:
    """Its words, as long as they may be read."""
    if statement is None:
        return _("affirmation retirée")
    if statement.is_erased:
        return _("mots effacés à la demande de leur auteur")
    return statement.words if statement.is_published else _("affirmation retirée : %s") % statement.motive


def fate_sentence(fate: Fate) -> str:
    said = [_("proposition n° %d") % fate.proposal.number, str(ProposalState(fate.proposal.state).label)]
    if fate.reply:
        said.append(_("réponse : %s") % fate.reply.get_answer_display())
        number = len(fate.commitments)
        if number:
            said.append(ngettext("%d engagement", "%d engagements", number) % number)
    elif fate.proposal.state == ProposalState.ADOPTED:
        said.append(_("réponse due"))
    return capfirst(", ".join(said))


def hidden_until(process: Process) -> str:
    """Why no count is shown, and when one will be."""
    if process.is_draft:
        return _("Cette démarche n’est pas encore publique : il n’y a pas de résultat.")
    closes = process.closes_at
    if closes is None:
        return _("Les résultats sont cachés pour tout le monde, administrateurs compris, jusqu’à la clôture.")
    hidden = _(
        "Les résultats sont cachés pour tout le monde, administrateurs compris, jusqu’à la clôture, le %(day)s. "
        "Ni cette page, ni un fichier, ni un message ne les donne avant."
    ) % {"day": said_instant(closes)}
    if not were_counts_shown(process):
        return hidden
    seen = _("La démarche a été rouverte : des comptes d’une première clôture ont déjà été vus.")
    return f"{hidden} {seen}"
