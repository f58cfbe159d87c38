"""A person proves that she speaks for an organisation: by a code at its domain, or on paper at its address."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import forget_mail, queue_mail
from terreau.commons.models import Party, Site, User
from terreau.observe.models import Claim
from terreau.observe.queries.custodians import letter_lines, proofs_for, why_not_address
from terreau.observe.queries.documents import subject_of
from terreau.observe.rules import CUSTODIAN, may, ties_with

MAIL_LASTS = dt.timedelta(days=3)  # somebody else may read the mail of the organisation
LETTER_LASTS = dt.timedelta(days=60)
MOST_ATTEMPTS = 5


class ClaimRefused(ValueError):
    """The message says why, in French, to whoever asked."""


@transaction.atomic
def ask_by_mail(*, party: Party, address: str, page: str, by: User) -> Claim:
    """Send a code to ``address``, at the domain of the site of ``party``. ``page``: where to type it.

    A code asked for before no longer counts. Raises ClaimRefused.
    """
    _refuse_who_may_not_ask(party, by)
    if reason := why_not_address(party, address):
        raise ClaimRefused(reason)
    claim = _open(party, by, Claim.Method.EMAIL, address, MAIL_LASTS)
    facts = {"code": _give_code(claim), "name": party.name, "asker": by.email, "page": page}
    body = _(
        "Bonjour,\n\n"
        "La personne dont l’adresse est %(asker)s demande à parler pour « %(name)s » sur ce site : déclarer ses "
        "pratiques et répondre si on les conteste.\n\n"
        "Si vous êtes d’accord, donnez-lui ce code, à recopier à cette page dans les trois jours :\n\n"
        "    %(code)s\n\n"
        "%(page)s\n\n"
        "Si vous ne la connaissez pas, ne faites rien : sans ce code, sa demande s’éteint.\n"
    )
    queue_mail(
        to=address,
        subject=_("[Terreau] Un code pour parler au nom de votre organisation"),
        body=body % facts,
        about=f"person:{by.pk} {_name_of(claim)}",
        by=by,
    )
    _journal("ask-claim", claim, by)
    return claim


@transaction.atomic
def ask_by_letter(*, party: Party, site: Site, by: User) -> Claim:
    """Ask that a steward send a code on paper to the address of ``site``. Raises ClaimRefused."""
    _refuse_who_may_not_ask(party, by)
    if site not in proofs_for(party).sites:
        raise ClaimRefused(_("Aucune source ne donne l’adresse de ce lieu : choisissez-en un autre."))
    claim = _open(party, by, Claim.Method.PAPER, letter_lines(site)[:300], LETTER_LASTS)
    _journal("ask-claim", claim, by)
    return claim


def _refuse_who_may_not_ask(party: Party, by: User) -> None:
    Party.objects.select_for_update().get(pk=party.pk)
    if CUSTODIAN in ties_with(by, party):
        raise ClaimRefused(_("Vous parlez déjà pour cette organisation."))
    if not may(by, "ask_claim", party):
        raise ClaimRefused(_("Il faut un compte pour demander à parler pour une organisation."))


def _open(party: Party, by: User, method: Claim.Method, address: str, lasts: dt.timedelta) -> Claim:
    for before in Claim.objects.filter(user=by, party=party, state=Claim.State.OPEN):
        _close(before, Claim.State.EXPIRED, by)
    return Claim.objects.create(
        party=party,
        identity=party.identity,
        user=by,
        method=method,
        address=address,
        expires_at=timezone.now() + lasts,
    )


def _give_code(claim: Claim) -> str:
    """A new code, kept as a keyed digest: who reads the database cannot try all the codes."""
    digits = f"{secrets.randbelow(10**8):08d}"
    claim.code_digest, claim.attempts = _digest(claim, digits), 0
    claim.save(update_fields=["code_digest", "attempts"])
    return f"{digits[:4]}-{digits[4:]}"


def _digest(claim: Claim, digits: str) -> str:
    return salted_hmac("terreau.claim", f"{claim.pk}:{digits}", algorithm="sha256").hexdigest()


def _close(claim: Claim, state: Claim.State, by: User | None) -> None:
    """Whatever its end, the address and the code have no use any more, nor a mail that still waits with them."""
    claim.state, claim.address, claim.code_digest = state, "", ""
    claim.save(update_fields=["state", "address", "code_digest"])
    forget_mail(about=_name_of(claim), by=by)


def _name_of(claim: Claim) -> str:
    return f"claim:{claim.pk}"


def _locked(claim: Claim) -> Claim:
    found = Claim.objects.select_for_update(of=("self",)).select_related("party", "user").get(pk=claim.pk)
    if found.party is None:
        raise ClaimRefused(_("Cette organisation n’est plus ici : aucune source ne parle plus d’elle."))
    return found


def _journal(verb: str, claim: Claim, by: User | None) -> None:
    write_journal(
        verb=verb,
        subject=subject_of(claim.its_party.public_id),
        by=by,
        claim=claim.pk,
        method=claim.method,
        state=claim.state,
    )


@transaction.atomic
def write_letter(*, claim: Claim, by: User) -> str:
    """A code to print on the letter, shown this once. One printed before no longer counts. Raises ClaimRefused."""
    claim = _locked_letter(claim, by)
    code = _give_code(claim)
    claim.expires_at, claim.sent_at = timezone.now() + LETTER_LASTS, None
    claim.save(update_fields=["expires_at", "sent_at"])
    _journal("write-claim-letter", claim, by)
    return code


@transaction.atomic
def mark_letter_sent(*, claim: Claim, by: User) -> Claim:
    """Raises ClaimRefused, for a letter that was not printed too."""
    claim = _locked_letter(claim, by)
    if not claim.code_digest:
        raise ClaimRefused(_("Imprimez d’abord la lettre : elle n’a pas encore de code."))
    claim.sent_at = timezone.now()
    claim.save(update_fields=["sent_at"])
    _journal("send-claim-letter", claim, by)
    return claim


def _locked_letter(claim: Claim, by: User) -> Claim:
    claim = _locked(claim)
    if not may(by, "send_letter", claim.its_party):
        raise ClaimRefused(
            _("Un autre gardien doit envoyer cette lettre : personne ne prouve pour soi-même.")
        )
    if claim.state != Claim.State.OPEN or claim.method != Claim.Method.PAPER:
        raise ClaimRefused(_("Cette demande n’attend plus de lettre."))
    return claim


@transaction.atomic
def answer_claim(*, claim: Claim, code: str, by: User) -> Claim:
    """Try a code. The claim returned is granted, open with one attempt more, or expired. Raises ClaimRefused."""
    claim = _locked(claim)
    if claim.user_id != by.pk or claim.state != Claim.State.OPEN or not claim.code_digest:
        raise ClaimRefused(_("Aucun code n’est attendu ici : faites d’abord une demande."))
    digits = "".join(filter(str.isdecimal, code))
    if claim.expires_at <= timezone.now():
        _close(claim, Claim.State.EXPIRED, by)
    elif constant_time_compare(_digest(claim, digits), claim.code_digest):
        _close(claim, Claim.State.GRANTED, by)
        claim.answered_at = timezone.now()
        claim.save(update_fields=["answered_at"])
    else:
        claim.attempts += 1
        claim.save(update_fields=["attempts"])
        if claim.attempts >= MOST_ATTEMPTS:
            _close(claim, Claim.State.EXPIRED, by)
    _journal("answer-claim", claim, by)
    return claim


@transaction.atomic
def end_claim(*, claim: Claim, by: User, reason: str = "") -> Claim:
    """By the person herself at any time; by a steward with a reason, which is sent to her. Raises ClaimRefused."""
    claim = _locked(claim)
    if claim.state not in (Claim.State.OPEN, Claim.State.GRANTED):
        raise ClaimRefused(_("Cette demande est déjà terminée."))
    is_own = claim.user_id == by.pk
    if not is_own:
        if not may(by, "end_claim", claim.its_party):
            raise ClaimRefused(_("Seul un gardien étranger à cette organisation peut le faire."))
        if not reason.strip():
            raise ClaimRefused(_("Une décision sans raison n’est pas enregistrée."))
    _close(claim, Claim.State.ENDED, by)
    claim.ended_at, claim.ended_because = timezone.now(), reason.strip()
    claim.save(update_fields=["ended_at", "ended_because"])
    if not is_own:
        facts = {"name": claim.its_party.name, "reason": claim.ended_because}
        body = _(
            "Bonjour,\n\nUn gardien des données a mis fin à votre rôle, ou à votre demande, pour « %(name)s ».\n\n"
            "Raison donnée : %(reason)s\n\nCe que l’organisation a déclaré reste en place.\n"
        )
        queue_mail(
            to=claim.user.email,
            subject=_("[Terreau] Fin de votre rôle pour une organisation"),
            body=body % facts,
            about=f"person:{claim.user_id}",
            by=by,
        )
    _journal("end-claim", claim, by)
    return claim


@transaction.atomic
def forget_overdue_claims(*, by: User | None) -> int:
    """Those whose code is out of date: their address is not kept. Returns how many."""
    overdue = list(
        Claim.objects.select_for_update().filter(state=Claim.State.OPEN, expires_at__lte=timezone.now())
    )
    for claim in overdue:
        _close(claim, Claim.State.EXPIRED, by)
    if overdue:
        write_journal(verb="forget-overdue-claims", by=by, count=len(overdue))
    return len(overdue)
