"""Two records of one organisation that no identifier joins: pairs to examine, merges, and how they are undone."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, User
from terreau.lake.bulk import insert_rows
from terreau.lake.turn import take_turn
from terreau.observe.bridge import possible_links
from terreau.observe.models import Candidate, MaskRequest, Merge, SourceRecord
from terreau.observe.queries.documents import subject_of
from terreau.observe.queries.identities import identities_within, roots
from terreau.observe.queries.merges import organisations_to_compare, party_of_identity

from .changing import change_parties
from .joining import join, part
from .parties import attesting, sites_of
from .refreshing import refresh_published
from .returning import refresh_after_change

_CODES = ("siren", "rna")


class MergeRefused(ValueError):
    """The message says why, in French, to whoever asked."""


@dataclass(frozen=True)
class Candidates:
    """Counts. ``compared``: organisations; ``waiting``: pairs to examine now; ``new``: those of them just found."""

    compared: int
    waiting: int
    new: int

    def __str__(self) -> str:
        return _(
            "%(compared)d organisations comparées ; %(waiting)d paires à examiner, dont %(new)d nouvelles"
        ) % {
            "compared": self.compared,
            "waiting": self.waiting,
            "new": self.new,
        }


def find_candidates(*, by: User | None) -> Candidates:
    """Compare every organisation shown by names and places. Nothing is merged: a person looks at each pair.

    A pair that was decided is not asked again; one that no longer looks alike is no longer asked.
    """
    organisations = organisations_to_compare()
    found = possible_links(organisations)
    with transaction.atomic():
        take_turn()
        decided = set(Candidate.objects.exclude(state=Candidate.State.OPEN).values_list("first", "second"))
        before = Candidate.objects.filter(state=Candidate.State.OPEN)
        known = set(before.values_list("first", "second"))
        rows = [pair for pair in found if pair[:2] not in decided]
        before.delete()
        insert_rows(Candidate, ("first", "second", "probability", "explanation"), rows)
        new = len({pair[:2] for pair in rows} - known)
        write_journal(verb="find-candidates", by=by, compared=len(organisations), waiting=len(rows), new=new)
    return Candidates(len(organisations), len(rows), new)


@transaction.atomic
def answer_candidate(*, candidate: Candidate, is_same: bool, by: User, reason: str = "") -> Merge | None:
    """Merge the two, or remember that they differ. An answer may be changed: differing ones may be merged later.

    Raises MergeRefused.
    """
    take_turn()
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.state == Candidate.State.SAME:
        raise MergeRefused(_("Cette paire est déjà réunie. Pour revenir en arrière, défaites la fusion."))
    first, second = party_of_identity(candidate.first), party_of_identity(candidate.second)
    if first is None or second is None:
        raise MergeRefused(_("L’une des deux organisations n’est plus ici : passez à la paire suivante."))
    merge = None
    if is_same:
        merge = _merge(first, second, reason, by, probability=candidate.probability)
    state = Candidate.State.SAME if is_same else Candidate.State.DIFFERENT
    Candidate.objects.filter(pk=candidate.pk).update(state=state, decided_by=by, decided_at=timezone.now())
    write_journal(
        verb="answer-candidate",
        subject=subject_of(first.public_id),
        by=by,
        candidate=candidate.pk,
        state=state,
    )
    return merge


@transaction.atomic
def merge_parties(*, first: Party, second: Party, reason: str, by: User) -> Merge:
    """Two parties that a person knows to be one. Which one stays follows from their identifiers: SIREN, then RNA.

    Raises MergeRefused.
    """
    if not reason.strip():
        raise MergeRefused(
            _("Une fusion sans raison n’est pas enregistrée. Dites ce qui montre que c’est la même.")
        )
    take_turn()
    merge = _merge(first, second, reason.strip(), by)
    write_journal(verb="merge-parties", subject=subject_of(merge.gone_public_id), by=by, merge=merge.pk)
    return merge


def _merge(first: Party, second: Party, reason: str, by: User, probability: float | None = None) -> Merge:
    there = Party.objects.select_for_update().in_bulk([first.pk, second.pk])
    if len(there) < 2:
        raise MergeRefused(_("Ces deux fiches n’en font déjà qu’une, ou l’une d’elles n’est plus ici."))
    first, second = there[first.pk], there[second.pk]
    _refuse_unmergeable(first, second)
    kept, gone = sorted((first, second), key=lambda one: (one.siren is None, one.rna is None, one.pk))
    sites = sites_of([kept.pk, gone.pk])
    with change_parties(
        parties=[kept.pk, gone.pk],
        verb="merge",
        subject=subject_of(kept.public_id),
        by=by,
        reason=reason,
    ) as revision:
        merge = join(
            gone=gone,
            kept=kept,
            basis=Merge.Basis.REVIEW,
            revision=revision,
            by=by,
            probability=probability,
            reason=reason,
        )
        refresh_after_change(parties={kept.pk}, sites=sites)
    transaction.on_commit(lambda: refresh_published(by=by))
    return merge


def _refuse_unmergeable(first: Party, second: Party) -> None:
    for code in _CODES:
        one, other = getattr(first, code), getattr(second, code)
        if one and other and one != other:
            raise MergeRefused(
                _("Deux numéros %(code)s différents désignent deux organisations : %(one)s et %(other)s.")
                % {"code": code.upper(), "one": one, "other": other}
            )
    if Diffusion.MASKED in (first.diffusion, second.diffusion):
        raise MergeRefused(_("L’une des deux organisations n’est plus ici : passez à la paire suivante."))
    waiting = MaskRequest.objects.filter(party__in=[first, second], state=MaskRequest.State.OPEN)
    if waiting.exists():
        raise MergeRefused(_("Une demande de masquage attend sur l’une des deux : répondez-lui d’abord."))


@transaction.atomic
def undo_merge(*, merge: Merge, reason: str, by: User) -> Party:
    """Both are as their sources have them: each record goes back where its own identity says.

    Raises MergeRefused, for one already undone too: to undo an undo is to merge again.
    """
    if not reason.strip():
        raise MergeRefused(_("Défaire une fusion demande une raison."))
    take_turn()
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    whole = _whole_of(merge)
    sites = sites_of([whole.pk])
    with change_parties(
        parties=[whole.pk],
        verb="undo-merge",
        subject=subject_of(whole.public_id),
        by=by,
        reason=reason.strip(),
    ):
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_because=reason.strip())
        again = part(merge, whole)
        refresh_after_change(parties={whole.pk}, sites=set())
        refresh_after_change(parties={again.pk}, sites=sites)
    Candidate.objects.filter(
        state=Candidate.State.SAME,
        first=min(merge.gone_identity, merge.kept_identity),
        second=max(merge.gone_identity, merge.kept_identity),
    ).update(state=Candidate.State.DIFFERENT, decided_by=by, decided_at=timezone.now())
    transaction.on_commit(lambda: refresh_published(by=by))
    write_journal(verb="undo-merge", subject=subject_of(merge.gone_public_id), by=by, merge=merge.pk)
    return Party.objects.get(pk=again.pk)


def _whole_of(merge: Merge) -> Party:
    if merge.undone_at is not None:
        raise MergeRefused(
            _("Cette fusion est déjà défaite. Pour réunir de nouveau les deux fiches, fusionnez-les.")
        )
    if merge.basis == Merge.Basis.IDENTIFIER:
        raise MergeRefused(
            _(
                "Un identifiant commun réunit ces fiches : c’est dans la source qui le donne qu’il faut le corriger."
            )
        )
    whole = Party.objects.filter(identity=roots()[merge.gone_identity]).first()
    own = identities_within(merge.gone_identity)
    records = attesting(SourceRecord.objects.filter(party=whole))
    if whole is None or not records.filter(identity__in=own).exists():
        raise MergeRefused(_("Plus aucune source ne parle de la fiche jointe : il n’y a rien à rendre."))
    if not records.exclude(identity__in=own).exists():
        raise MergeRefused(
            _("Plus aucune source ne parle de la fiche gardée : il n’y aurait plus rien sous son nom.")
        )
    return whole
