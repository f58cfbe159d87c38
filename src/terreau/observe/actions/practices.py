"""Practices: declared by the organisation, evidenced, confirmed by a peer, contested by anyone. Never a score."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import Party, User
from terreau.lake.turn import take_turn
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import Confirmation, Contradiction, Practice
from terreau.observe.queries.custodians import custodians_of, parties_of
from terreau.observe.queries.documents import subject_of
from terreau.observe.queries.practices import link_of
from terreau.observe.rules import may

from .changing import change_parties
from .correction_values import CorrectionRefused, read_value

MOST_OF_A_THEME = 3
_UNSIGNED = {"contradict-practice"}  # acts of which history does not keep whose account did them
State = Contradiction.State


class PracticeRefused(ValueError):
    """The message says why, in French, to whoever asked."""


@contextmanager
def _change(verb: str, party: Party, by: User | None, credit: str, **details: object) -> Iterator[None]:
    """A revision of ``party``, and the entry of the journal: which practice, never its words.

    ``credit``: which side did it, for the history; never the name of a person, nor of a peer that may be masked later.
    """
    subject = subject_of(party.public_id)
    signed = None if verb in _UNSIGNED else by
    with change_parties(parties=[party.pk], verb=verb, subject=subject, by=signed, credit=credit):
        yield
    write_journal(verb=verb, subject=subject_of(party.public_id), by=by, **details)


def _require(by: User | None, act: str, party: Party) -> None:
    if not may(by, act, party):
        raise PracticeRefused(_WHO[act]())


_WHO = {
    "declare": lambda: _("Seule sa référente ou son référent parle pour une organisation."),
    "give_evidence": lambda: _("Seule sa référente ou son référent parle pour une organisation."),
    "withdraw": lambda: _("Seule sa référente ou son référent parle pour une organisation."),
    "reply": lambda: _("Seule sa référente ou son référent parle pour une organisation."),
    "confirm": lambda: _(
        "Une pratique est confirmée par la référente ou le référent d’une autre organisation, jamais par soi-même."
    ),
    "contradict": lambda: _("Cette pratique ne peut pas être contestée."),
    "close_contradiction": lambda: _("Un gardien étranger à cette organisation doit trancher."),
}


def _publishable(text: str) -> str:
    """Words without markup nor means to reach a person: the rules of descriptions. Raises PracticeRefused."""
    if not text.strip():
        return ""
    try:
        read_value("description", text)
    except CorrectionRefused as refusal:
        raise PracticeRefused(str(refusal)) from None
    return text.strip()


def _evidence(text: str) -> str:
    return text.strip() if link_of(text.strip()) else _publishable(text)


@transaction.atomic
def declare_practice(*, party: Party, theme: str, text: str, evidence: str = "", by: User | None) -> Practice:
    """Say what ``party`` does under ``theme``. Raises PracticeRefused."""
    take_turn()
    party = Party.objects.select_for_update().get(pk=party.pk)
    _require(by, "declare", party)
    if theme not in PracticeTheme.values or not text.strip():
        raise PracticeRefused(_("Choisissez un thème et dites ce que vous faites."))
    standing = party.practices.filter(theme=theme, withdrawn_at__isnull=True)
    if standing.count() >= MOST_OF_A_THEME:
        raise PracticeRefused(_("Trois déclarations au plus par thème : retirez-en une d’abord."))
    with _change("declare-practice", party, by, _("l’organisation"), theme=theme):
        return Practice.objects.create(
            party=party,
            identity=party.identity,
            theme=theme,
            text=_publishable(text),
            evidence=_evidence(evidence),
            declared_by=by,
        )


@transaction.atomic
def give_evidence(*, practice: Practice, evidence: str, by: User | None) -> Practice:
    """Give what shows it, or take that back when empty. Raises PracticeRefused."""
    practice = _locked(practice)
    _require(by, "give_evidence", practice.its_party)
    with _change("give-evidence", practice.its_party, by, _("l’organisation"), practice=practice.pk):
        practice.evidence = _evidence(evidence)
        practice.save(update_fields=["evidence"])
    return practice


@transaction.atomic
def withdraw_practice(*, practice: Practice, by: User | None) -> Practice:
    """It is no longer shown; history keeps it. To say it otherwise is to declare again. Raises PracticeRefused."""
    practice = _locked(practice)
    _require(by, "withdraw", practice.its_party)
    with _change("withdraw-practice", practice.its_party, by, _("l’organisation"), practice=practice.pk):
        practice.withdrawn_at = timezone.now()
        practice.save(update_fields=["withdrawn_at"])
    return practice


def _locked(practice: Practice) -> Practice:
    take_turn()
    locked = Practice.objects.select_for_update(of=("self",)).select_related("party").get(pk=practice.pk)
    _refuse_if_away(locked)
    if locked.withdrawn_at is not None:
        raise PracticeRefused(_("L’organisation a retiré cette déclaration."))
    return locked


def _refuse_if_away(practice: Practice) -> None:
    if practice.party is None:
        raise PracticeRefused(_("Cette organisation n’est plus ici : aucune source ne parle plus d’elle."))


@transaction.atomic
def confirm_practice(*, practice: Practice, peer: Party, words: str, by: User) -> Confirmation:
    """``peer``, for which ``by`` speaks, has seen it at work. Once for each peer. Raises PracticeRefused."""
    practice = _locked(practice)
    _require(by, "confirm", practice.its_party)
    if peer == practice.its_party or not parties_of(by).filter(pk=peer.pk).exists():
        raise PracticeRefused(_WHO["confirm"]())
    if not words.strip():
        raise PracticeRefused(_("Dites ce que vous avez vu."))
    if practice.confirmations.filter(peer=peer).exists():
        raise PracticeRefused(_("Votre organisation a déjà confirmé cette pratique."))
    with _change(
        "confirm-practice",
        practice.its_party,
        by,
        _("une autre organisation"),
        practice=practice.pk,
        peer=peer.public_id,
    ):
        return Confirmation.objects.create(
            practice=practice, peer=peer, confirmed_by=by, words=_publishable(words)
        )


@transaction.atomic
def withdraw_confirmation(*, confirmation: Confirmation, by: User) -> None:
    """By who gave it, or by who speaks for her organisation now. History keeps it. Raises PracticeRefused."""
    practice = _locked(confirmation.practice)
    if confirmation.confirmed_by_id != by.pk and confirmation.peer not in parties_of(by):
        raise PracticeRefused(_("Une confirmation est retirée par qui l’a donnée."))
    with _change(
        "withdraw-confirmation", practice.its_party, by, _("une autre organisation"), practice=practice.pk
    ):
        Confirmation.objects.filter(pk=confirmation.pk).delete()


@transaction.atomic
def contradict_practice(
    *, practice: Practice, reason: str, evidence: str, contact: str = "", page: str = "", by: User | None
) -> Contradiction:
    """Anyone says that it is not so, and from which source. Its words wait for a steward; that it is contested shows
    at once. ``page``: where the organisation replies; its custodians are told. Raises PracticeRefused.
    """
    practice = _locked(practice)
    _require(by, "contradict", practice.its_party)
    if not reason.strip() or not evidence.strip():
        raise PracticeRefused(_("Dites ce qui n’est pas exact, et d’où vous le savez."))
    with _change(
        "contradict-practice", practice.its_party, by, _("quelqu’un qui le conteste"), practice=practice.pk
    ):
        contradiction = Contradiction.objects.create(
            practice=practice,
            reason=_publishable(reason),
            evidence=_evidence(evidence),
            contact="" if by else contact,
            author=by,
        )
    body = _(
        "Bonjour,\n\nQuelqu’un conteste une pratique déclarée par « %(name)s ». La contestation est en examen : son "
        "texte n’est pas publié.\n\nVous pouvez la lire et y répondre ici :\n\n%(page)s\n"
    )
    for custodian in custodians_of(practice.its_party):
        queue_mail(
            to=custodian.email,
            subject=_("[Terreau] Une pratique déclarée est contestée"),
            body=body % {"name": practice.its_party.name, "page": page},
            about=f"person:{custodian.pk}",
            by=by,
        )
    return contradiction


@transaction.atomic
def reply_to_contradiction(*, contradiction: Contradiction, reply: str, by: User) -> Contradiction:
    """The organisation answers, while the steward has not. Nothing of it shows before. Raises PracticeRefused."""
    contradiction = _open(contradiction)
    party = contradiction.practice.its_party
    _require(by, "reply", party)
    contradiction.reply = _publishable(reply)
    contradiction.save(update_fields=["reply"])
    subject = subject_of(party.public_id)
    write_journal(verb="reply-to-contradiction", subject=subject, by=by, contradiction=contradiction.pk)
    return contradiction


def _open(contradiction: Contradiction) -> Contradiction:
    locked = (
        Contradiction.objects.select_for_update(of=("self",))
        .select_related("practice__party", "author")
        .get(pk=contradiction.pk)
    )
    _refuse_if_away(locked.practice)
    if locked.state != State.OPEN:
        raise PracticeRefused(_("Cette contestation est déjà close."))
    return locked


@transaction.atomic
def close_contradiction(
    *, contradiction: Contradiction, is_upheld: bool, answer: str, by: User
) -> Contradiction:
    """A steward decides, with a reason that is published. Upheld, its words are shown; rejected, they are not.

    Neither its author, nor who speaks for the organisation, nor who confirmed it decides. Raises PracticeRefused.
    """
    take_turn()
    contradiction = _open(contradiction)
    party = contradiction.practice.its_party
    _require(by, "close_contradiction", party)
    has_confirmed = contradiction.practice.confirmations.filter(confirmed_by=by).exists()
    if contradiction.author_id == by.pk or has_confirmed:
        raise PracticeRefused(_WHO["close_contradiction"]())
    if not answer.strip():
        raise PracticeRefused(_("Une décision sans raison n’est pas enregistrée."))
    to = contradiction.author.email if contradiction.author else contradiction.contact
    with _change("close-contradiction", party, by, "", contradiction=contradiction.pk, is_upheld=is_upheld):
        contradiction.state = State.UPHELD if is_upheld else State.REJECTED
        contradiction.answer, contradiction.contact = _publishable(answer), ""
        contradiction.closed_at, contradiction.closed_by = timezone.now(), by
        contradiction.save(update_fields=["state", "answer", "contact", "closed_at", "closed_by"])
    if to:
        about = f"contradiction:{contradiction.pk}"
        if contradiction.author_id:
            about += f" person:{contradiction.author_id}"
        facts = {
            "name": party.name,
            "state": contradiction.get_state_display(),
            "answer": contradiction.answer,
        }
        body = _(
            "Bonjour,\n\nVotre contestation d’une pratique de « %(name)s » est close : %(state)s.\n\nRaison donnée : "
            "%(answer)s\n\nVotre adresse vient d’être effacée de la demande.\n"
        )
        queue_mail(
            to=to,
            subject=_("[Terreau] Réponse à votre contestation"),
            body=body % facts,
            about=about,
            by=by,
        )
    return contradiction
