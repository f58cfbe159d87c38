"""What a list says of each point, version after version; and the commitment that a pledge becomes."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import Answer, Basis, Level, Phase
from terreau.commitments.models import Candidacy, Commitment, Position, ProgrammeItem
from terreau.commitments.models.pledges import DELIVERABLE_LENGTH, WORDS_LENGTH
from terreau.commitments.queries.pledges import digest_of, is_bound, items_of
from terreau.commitments.rules import is_keeper
from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import write_file_anew
from terreau.commons.models import Party, User

from .drafting import save_draft
from .elections import locked_candidacy, subject_of_candidacy
from .opening import open_commitment
from .writing import NotAllowed, web_address_or_nothing


class TooLate(NotAllowed):
    """Answers are closed, or the vote is near: nothing appears nor changes any more."""


@dataclass(frozen=True)
class Said:
    """An answer as it is typed."""

    answer: str
    level: str = ""
    words: str = ""
    due_on: dt.date | None = None
    deliverable: str = ""

    def tidy(self) -> "Said":
        """Without spaces around, and without what a no does not have."""
        said = replace(self, words=self.words.strip(), deliverable=self.deliverable.strip())
        return replace(said, level="", due_on=None, deliverable="") if said.answer == Answer.NO else said


def problems_of(said: Said, today: dt.date) -> dict[str, str]:
    """Field → what to do, in French. Nothing when it may be published."""
    problems = {}
    for name, words, most in (
        ("words", said.words, WORDS_LENGTH),
        ("deliverable", said.deliverable, DELIVERABLE_LENGTH),
    ):
        if len(words) > most:
            facts = {"most": most, "count": len(words)}
            problems[name] = _("%(most)d signes au plus : vous en avez écrit %(count)d.") % facts
    if said.answer == Answer.NO:
        return problems
    if not said.level:
        problems["level"] = _("Dites jusqu’où va votre accord : choisissez un niveau.")
    elif said.level != Level.PRINCIPLE and said.due_on is None:
        problems["due_on"] = _("Donnez la date, ou choisissez « accord de principe ».")
    if said.due_on and said.due_on <= today:
        problems["due_on"] = _("Cette date est déjà passée : donnez-en une à venir.")
    if said.answer == Answer.PARTLY and not said.words.strip():
        problems["words"] = _("Dites quelle partie : sans cela, on ne saura pas à quoi vous dites oui.")
    return problems


@transaction.atomic
def keep_draft(
    *, candidacy: Candidacy, secret: str, draft: Mapping[str, Mapping[str, str]], by: User | None
) -> None:
    """Keep what is typed, right or wrong: code of the point → its fields. Raises NotAllowed."""
    row = _by_link(candidacy, secret)
    _require_open(row)
    row.draft = {code: dict(fields) for code, fields in draft.items()}
    row.save(update_fields=["draft"])
    write_journal(verb="keep-position-draft", subject=subject_of_candidacy(row), by=by)


@transaction.atomic
def publish_positions(
    *, candidacy: Candidacy, secret: str, said: Mapping[str, Said], by: User | None
) -> list[Position]:
    """By the list, through its link. ``said``: code of the point → answer. What is the same stays as it is.

    Raises ValidationError (keys: codes), NotAllowed, TooLate.
    """
    row = _by_link(candidacy, secret)
    written = _write(row, said, source="", by=by)
    row.draft = {}
    row.save(update_fields=["draft"])
    return written


@transaction.atomic
def enter_positions(
    *, candidacy: Candidacy, said: Mapping[str, Said], source: str, by: User
) -> list[Position]:
    """By a keeper, from a document that the list gave out. What the list wrote herself is hers to change.

    Raises as above.
    """
    row = locked_candidacy(candidacy, keeper=by)
    if not source.strip():
        raise ValidationError({"source": _("Dites d’où vient cette réponse : une adresse, ou un document.")})
    own = set(
        row.positions.filter(is_current=True, source="", item__code__in=said).values_list(
            "item__code", flat=True
        )
    )
    if own:
        why = _("La liste a répondu elle-même sur ce point : elle seule change sa réponse.")
        raise ValidationError(dict.fromkeys(own, why))
    return _write(row, said, source=source.strip(), by=by)


def _by_link(candidacy: Candidacy, secret: str) -> Candidacy:
    row = locked_candidacy(candidacy)
    if not row.secret_digest or not hmac.compare_digest(row.secret_digest, digest_of(secret)):
        raise NotAllowed(_("Ce lien n’ouvre plus : demandez-en un autre à qui vous l’a envoyé."))
    return row


def _require_open(row: Candidacy) -> None:
    """Raises NotAllowed, TooLate."""
    if row.withdrawn_on:
        raise NotAllowed(_("Cette liste est retirée : elle ne répond plus."))
    match row.election.phase_at(timezone.now()):
        case Phase.CLOSED:
            raise TooLate(_("Le délai pour répondre est passé : ce qui est publié reste tel quel."))
        case Phase.FROZEN:
            raise TooLate(
                _(
                    "De la veille du premier tour à la fin du scrutin, aucune position ne paraît ni ne change "
                    "(code électoral, article L49). Ce qui est publié reste lisible."
                )
            )
        case Phase.AFTER:
            raise TooLate(_("Le scrutin est terminé : ce qui a été promis reste tel quel."))


def _write(row: Candidacy, said: Mapping[str, Said], *, source: str, by: User | None) -> list[Position]:
    _require_open(row)
    items = {item.code: item for item in items_of(row.election) if not item.is_withdrawn}
    _check(said, items.keys())
    before = {one.item.code: one for one in row.positions.filter(is_current=True).select_related("item")}
    now, written, changed = timezone.now(), [], False
    for code, answer in said.items():
        tidy, old = answer.tidy(), before.get(code)
        if old is not None and _same(old, tidy, source):
            continue
        if old is not None:
            changed = True
            old.is_current = False
            old.save(update_fields=["is_current"])
        position = Position(
            candidacy=row,
            item=items[code],
            number=old.number + 1 if old else 1,
            published_at=max(now, old.published_at) if old else now,
            source=source,
            entered_by=by if source else None,
            **asdict(tidy),
        )
        position.full_clean(
            exclude=["candidacy", "item", "commitment", "entered_by"], validate_constraints=False
        )
        position.save()
        written.append(position)
    if written:
        write_journal(
            verb="change-positions" if changed else "publish-positions",
            subject=subject_of_candidacy(row),
            by=by,
            points=[one.item.code for one in written],
            from_document=bool(source),
        )
    return written


def _check(said: Mapping[str, Said], codes: Iterable[str]) -> None:
    known, today = set(codes), timezone.localdate()
    problems: dict[str, Any] = {
        code: _("Ce point n’est pas de ceux que l’on demande ici.") for code in said if code not in known
    }
    for code in said.keys() & known:
        found = problems_of(said[code].tidy(), today)
        if found:
            problems[code] = list(found.values())
    if problems:
        raise ValidationError(problems)


def _same(old: Position, new: Said, source: str) -> bool:
    kept = Said(old.answer, old.level, old.words, old.due_on, old.deliverable)
    return kept == new and old.source == source and not old.is_erased


@transaction.atomic
def erase_position_words(*, position: Position, secret: str = "", by: User | None) -> Position:
    """At the request of the list, by its link or by a keeper: the answer and its date stay, its words go.

    At any time: to erase is not to say something else. Raises NotAllowed.
    """
    candidacy = locked_candidacy(position.candidacy)
    if secret:
        _by_link(candidacy, secret)
    elif not is_keeper(by):
        raise NotAllowed(_("Seuls la liste et les gardiens du registre effacent ses mots."))
    row = Position.objects.select_for_update(of=("self",)).select_related("item").get(pk=position.pk)
    row.words, row.deliverable, row.is_erased = "", "", True
    row.save(update_fields=["words", "deliverable", "is_erased"])
    candidacy.draft = {code: said for code, said in candidacy.draft.items() if code != row.item.code}
    candidacy.save(update_fields=["draft"])
    transaction.on_commit(write_file_anew)
    write_journal(
        verb="erase-position-words",
        subject=subject_of_candidacy(candidacy),
        by=by,
        point=row.item.code,
        version=row.number,
    )
    return row


@transaction.atomic
def turn_into_commitment(
    *,
    position: Position,
    title: str,
    deliverable: str,
    due_on: dt.date | None,
    owner: Party | None,
    owner_name: str = "",
    details: str = "",
    page: str,
    by: User,
) -> Commitment:
    """Publish the commitment that a pledge becomes, once: a second call returns the first one. ``page``: of the pledge.

    Raises ValidationError, NotAllowed.
    """
    candidacy = locked_candidacy(position.candidacy, keeper=by)
    row = (
        Position.objects.select_for_update(of=("self",))
        .select_related("item", "commitment")
        .get(pk=position.pk)
    )
    if row.commitment is not None:
        return row.commitment
    if not (row.is_current and row.is_promise and is_bound(candidacy)):
        raise NotAllowed(
            _("Seul un oui d’une liste élue, ou d’un organisme consulté, devient un engagement.")
        )
    if owner is None and not owner_name.strip():
        raise ValidationError({"owner_name": _("Dites qui s’engage : une organisation, ou un nom.")})
    election = candidacy.election
    draft = save_draft(
        title=title,
        details=details,
        owner=owner,
        owner_name="" if owner else owner_name.strip(),
        deliverable=deliverable,
        due_on=due_on,
        basis=Basis.PLEDGE,
        basis_words=f"{candidacy.name}, {election.title}"[:300],
        basis_url=web_address_or_nothing(page),
        place=election.place,
        items=[row.item],
        by=by,
    )
    row.commitment = open_commitment(draft=draft, by=by)
    row.save(update_fields=["commitment"])
    write_journal(
        verb="turn-pledge-into-commitment",
        subject=subject_of_candidacy(candidacy),
        by=by,
        point=row.item.code,
        commitment=row.commitment.token,
    )
    return row.commitment


def proposed_terms(position: Position) -> dict[str, Any]:
    """What the commitment of a pledge would say, to be reviewed before it is published."""
    item: ProgrammeItem = position.item
    return {
        "title": item.title[:200],
        "deliverable": (position.deliverable or position.words)[:500],
        "details": position.words[:3000],
        "due_on": position.due_on or position.candidacy.election.mandate_end,
    }


def refuse_position_and_log(*, candidacy: Candidacy, by: User | None) -> None:
    """Write in the log that a change came too late. Outside the transaction that the refusal undid."""
    with transaction.atomic():
        write_journal(verb="refuse-position-change", subject=subject_of_candidacy(candidacy), by=by)
