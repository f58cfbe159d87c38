"""Opening an election or a consultation, entering who stands, sending reply links, noting who was elected.

Facilitators and stewards do it, and nothing of what lists say.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from terreau.commitments.enums import Phase
from terreau.commitments.models import Candidacy, Election
from terreau.commitments.queries.pledges import digest_of
from terreau.commitments.rules import is_keeper
from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import forget_mail, queue_mail
from terreau.commons.models import Party, User
from terreau.lake.turn import take_turn

from .following import require_reason
from .writing import NotAllowed

ELECTION_FIELDS = (
    "title",
    "body_kind",
    "body_name",
    "body",
    "place",
    "programme",
    "asked_by",
    "presentation",
    "first_round_on",
    "second_round_on",
    "answers_until",
    "own_reserve_start",
    "own_reserve_end",
    "own_freeze",
    "mandate_ends_on",
)
RESERVED_SLUGS = {"nouvelle", "repondre"}
MOST_LISTS = 60


@transaction.atomic
def open_election(*, by: User | None, **values: Any) -> Election:
    """``values``: of ELECTION_FIELDS; without a first round, a consultation of bodies. Raises ValidationError,
    NotAllowed. ``by`` nobody: a command.
    """
    if by is not None:
        _require_keeper(by)
    take_turn()
    election = Election(created_by=by)
    _set_values(election, values)
    election.slug = _free_slug(election.title)
    election.save()
    write_journal(verb="open-election", subject=subject_of_election(election), by=by)
    return election


@transaction.atomic
def change_election(*, election: Election, by: User, **values: Any) -> Election:
    """The page says what changed through the public log. Raises ValidationError, NotAllowed."""
    _require_keeper(by)
    take_turn()
    row = Election.objects.select_for_update(of=("self",)).get(pk=election.pk)
    before = {name: getattr(row, name) for name in ELECTION_FIELDS}
    _set_values(row, values)
    if (
        row.programme_id != before["programme"].pk
        and row.candidacies.filter(positions__isnull=False).exists()
    ):
        raise ValidationError({"programme": _("Des listes ont déjà répondu : le programme ne change plus.")})
    changed = sorted(name for name in ELECTION_FIELDS if getattr(row, name) != before[name])
    if changed:
        row.save()
        write_journal(verb="change-election", subject=subject_of_election(row), by=by, fields=changed)
    return row


@transaction.atomic
def remove_election(*, election: Election, by: User) -> None:
    """One opened by mistake, where no list was ever entered. Raises NotAllowed."""
    _require_keeper(by)
    take_turn()
    row = Election.objects.select_for_update(of=("self",)).get(pk=election.pk)
    if row.candidacies.exists():
        raise NotAllowed(_("Des listes y sont inscrites : cette page reste."))
    subject = subject_of_election(row)
    row.delete()
    write_journal(verb="remove-election", subject=subject, by=by)


@transaction.atomic
def add_candidacy(*, election: Election, name: str, party: Party | None = None, by: User | None) -> Candidacy:
    """Enter a list or a body; its rank is drawn by lot, once. Raises ValidationError, NotAllowed."""
    if by is not None:
        _require_keeper(by)
    take_turn()
    said = " ".join(name.split())
    if election.candidacies.filter(name__iexact=said).exists():
        raise ValidationError({"name": _("Cette liste est déjà inscrite ici.")})
    if election.candidacies.count() >= MOST_LISTS:
        raise ValidationError({"name": _("Soixante listes au plus : celle-ci est de trop.")})
    row = Candidacy(election=election, name=said, lot=secrets.randbelow(2**62))
    row.party, row.party_identity = party, party.identity if party else ""
    row.full_clean(exclude=["party", "election"])
    row.save()
    write_journal(verb="add-candidacy", subject=subject_of_candidacy(row), by=by, election=row.election.slug)
    return row


@transaction.atomic
def change_candidacy(*, candidacy: Candidacy, name: str, party: Party | None, by: User) -> Candidacy:
    """Its name or its page in the directory; never its rank. Raises ValidationError, NotAllowed."""
    row = locked_candidacy(candidacy, keeper=by)
    said = " ".join(name.split())
    if row.election.candidacies.exclude(pk=row.pk).filter(name__iexact=said).exists():
        raise ValidationError({"name": _("Cette liste est déjà inscrite ici.")})
    row.name, row.party, row.party_identity = said, party, party.identity if party else ""
    row.full_clean(exclude=["party", "election"])
    row.save()
    write_journal(verb="change-candidacy", subject=subject_of_candidacy(row), by=by)
    return row


@transaction.atomic
def withdraw_candidacy(*, candidacy: Candidacy, reason: str, by: User) -> Candidacy:
    """It no longer stands. What it said stays readable. Raises ValidationError, NotAllowed."""
    row = locked_candidacy(candidacy, keeper=by)
    if row.withdrawn_on:
        raise NotAllowed(_("Cette liste est déjà retirée."))
    row.withdrawn_on, row.withdrawn_because = timezone.localdate(), require_reason(reason)
    row.full_clean(exclude=["party", "election"])
    row.save()
    write_journal(verb="withdraw-candidacy", subject=subject_of_candidacy(row), by=by)
    return row


@transaction.atomic
def give_reply_link(*, candidacy: Candidacy, link_of: Callable[[str], str], to: str = "", by: User) -> str:
    """The private link of a list, told this once; one given before no longer opens. ``link_of``: secret → address.

    ``to``: where to mail it; the address is forgotten once the mail has left. Raises NotAllowed.
    """
    row = locked_candidacy(candidacy, keeper=by)
    if row.withdrawn_on:
        raise NotAllowed(_("Cette liste est retirée : elle ne répond plus."))
    secret = secrets.token_urlsafe(24)
    row.secret_digest, row.linked_at = digest_of(secret), timezone.now()
    row.save(update_fields=["secret_digest", "linked_at"])
    link = link_of(secret)
    about = subject_of_candidacy(row)
    forget_mail(about=about, by=by)
    if to:
        _mail_link(row, link, to, about, by)
    write_journal(verb="give-reply-link", subject=about, by=by)
    return link


def _mail_link(row: Candidacy, link: str, to: str, about: str, by: User) -> None:
    last = row.election.last_day_to_answer
    facts = {
        "name": row.name,
        "election": row.election.title,
        "asker": row.election.asked_by,
        "programme": row.election.programme.title,
        "link": link,
        "until": _("jusqu’au %s inclus") % last.strftime("%d/%m/%Y") if last else _("sans date limite"),
    }
    body = _(
        "Bonjour,\n\n"
        "%(asker)s demande à « %(name)s » où elle se situe sur chaque point de « %(programme)s ».\n"
        "Élection ou consultation : %(election)s.\n\n"
        "Ce lien ouvre votre page de réponse, %(until)s. Il vaut signature : ne le donnez qu’à qui répond pour "
        "vous.\n\n"
        "%(link)s\n\n"
        "Vos réponses paraissent avec leur date dès que vous les publiez. Toutes les listes ont les mêmes questions "
        "et les mêmes limites ; leur ordre est tiré au sort.\n"
    )
    queue_mail(to=to, subject=_("[Terreau] Votre page pour répondre"), body=body % facts, about=about, by=by)


@transaction.atomic
def mark_elected(*, candidacy: Candidacy, source_url: str, by: User) -> Candidacy:
    """Once the last round is over; ``source_url``: where the result is published. Raises as above."""
    row = locked_candidacy(candidacy, keeper=by)
    election = row.election
    if election.is_consultation:
        raise NotAllowed(
            _("Personne n’est élu par une consultation : chaque organisme s’engage pour lui-même.")
        )
    if election.phase_at(timezone.now()) != Phase.AFTER:
        raise NotAllowed(
            _(
                "Le résultat se note une fois le dernier tour passé. Si un tour a suffi, retirez d’abord le second."
            )
        )
    row.elected_on, row.elected_url = row.elected_on or timezone.localdate(), source_url.strip()
    if not row.elected_url:
        raise ValidationError({"source_url": _("Donnez l’adresse où le résultat est publié.")})
    row.full_clean(exclude=["party", "election"])
    row.save()
    write_journal(verb="mark-elected", subject=subject_of_candidacy(row), by=by)
    return row


@transaction.atomic
def undo_elected(*, candidacy: Candidacy, by: User) -> Candidacy:
    """Noted by mistake, before any of its pledges became a commitment. Raises NotAllowed."""
    row = locked_candidacy(candidacy, keeper=by)
    if row.positions.filter(commitment__isnull=False).exists():
        raise NotAllowed(_("Ses promesses sont déjà des engagements : la liste reste notée comme élue."))
    row.elected_on, row.elected_url = None, ""
    row.save()
    write_journal(verb="undo-elected", subject=subject_of_candidacy(row), by=by)
    return row


def locked_candidacy(candidacy: Candidacy, *, keeper: User | None = None) -> Candidacy:
    """The row as it is now, held until the transaction ends. ``keeper``: must be one. Raises NotAllowed."""
    if keeper is not None:
        _require_keeper(keeper)
    take_turn()
    return (
        Candidacy.objects.select_for_update(of=("self",))
        .select_related("election__programme")
        .get(pk=candidacy.pk)
    )


def subject_of_election(election: Election) -> str:
    return f"election:{election.slug}"


def subject_of_candidacy(candidacy: Candidacy) -> str:
    return f"candidacy:{candidacy.token}"


def _require_keeper(by: User | None) -> None:
    if not is_keeper(by):
        raise NotAllowed(_("Seuls les animateurs et les gardiens du registre le font."))


def _free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "election"
    taken = (
        set(Election.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    )
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


def _set_values(election: Election, values: dict[str, Any]) -> None:
    unknown = values.keys() - set(ELECTION_FIELDS)
    if unknown:
        raise TypeError(f"not a field of an election: {sorted(unknown)}")
    for name, value in values.items():
        setattr(election, name, value)
    if "body" in values:
        election.body_identity = election.body.identity if election.body else ""
    election.full_clean(
        exclude=["slug", "body", "place", "created_by"], validate_constraints=False, validate_unique=False
    )
    problems = _problems_of_dates(election)
    if problems:
        raise ValidationError(problems)


def _problems_of_dates(election: Election) -> dict[str, str]:
    first, last = election.first_round_on, election.last_round_on
    electoral = ("second_round_on", "own_reserve_start", "own_reserve_end", "own_freeze")
    if first is None:
        without = _("Donnez d’abord la date du premier tour.")
        return {name: without for name in electoral if getattr(election, name)}
    problems = {}
    if election.second_round_on and election.second_round_on <= first:
        problems["second_round_on"] = _("Le second tour vient après le premier : corrigez l’une des dates.")
    if election.own_freeze and election.freezes_on != election.own_freeze:
        problems["own_freeze"] = _(
            "Le gel peut commencer plus tôt que la veille du premier tour, pas plus tard."
        )
    if election.own_reserve_start and election.reserve_starts_on != election.own_reserve_start:
        problems["own_reserve_start"] = _(
            "La réserve peut commencer plus tôt que la loi ne le dit, pas plus tard."
        )
    if election.own_reserve_end and last and election.own_reserve_end < last:
        problems["own_reserve_end"] = _("La réserve peut finir plus tard que le dernier tour, pas plus tôt.")
    if election.answers_until and election.freezes_on and election.answers_until >= election.freezes_on:
        problems["answers_until"] = _(
            "Le dernier jour pour répondre vient avant le gel : choisissez-en un plus tôt."
        )
    if election.mandate_ends_on and last and election.mandate_ends_on <= last:
        problems["mandate_ends_on"] = _("Le mandat finit après l’élection : corrigez l’une des dates.")
    return problems
