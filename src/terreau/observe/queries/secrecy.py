"""What of history may not be shown: of parties that are masked now, under every identity and address they had."""

from collections.abc import Iterable, Mapping
from typing import Any

from terreau.commons.diffusion import without_private
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Revision
from terreau.observe.models import Correction, Merge

from .documents import Document, subject_of
from .identities import roots, roots_among

_PARTY = subject_of("")


def hidden_identities() -> set[str]:
    """Of every masked party, and of all that was merged into one."""
    masked = set(_masked().values_list("identity", flat=True))
    return masked | {gone for gone, root in roots().items() if root in masked}


def hidden_public_ids() -> set[str]:
    """The addresses that the page of a masked party has or had."""
    return set(_masked().values_list("public_id", flat=True)) | _former(hidden_identities())


def partial_public_ids() -> set[str]:
    """The addresses, former ones too, of parties of partial diffusion."""
    partial = Party.objects.filter(diffusion=Diffusion.PARTIAL).order_by()
    rows = dict(partial.values_list("identity", "public_id"))
    return set(rows.values()) | _former({gone for gone, root in roots().items() if root in rows})


def hidden_among(identities: Iterable[str]) -> set[str]:
    """Those of ``identities`` that belong to a masked party, without reading all the others."""
    found = roots_among(identities)
    masked = set(_masked().filter(identity__in=set(found.values())).values_list("identity", flat=True))
    return {identity for identity, root in found.items() if root in masked}


def hidden_addresses_among(public_ids: Iterable[str]) -> set[str]:
    wanted = set(public_ids)
    if not wanted:
        return set()
    masked = set(_masked().filter(public_id__in=wanted).values_list("public_id", flat=True))
    merges = Merge.objects.filter(gone_public_id__in=wanted, undone_at__isnull=True).order_by()
    gone = dict(merges.values_list("gone_public_id", "gone_identity"))
    hidden = hidden_among(gone.values())
    return masked | {public_id for public_id, identity in gone.items() if identity in hidden}


def documents_shown(documents: Mapping[int, Document], *, is_partial: bool) -> dict[int, Document]:
    """Those that may be shown, without what may not. ``is_partial``: whether their party is now.

    A document that says of itself that it is masked is not shown, nor one that holds what a source says of a party
    that is masked now: they were one for a while.
    """
    identities, peers = set(), set()
    for document in documents.values():
        identities |= identities_in(document)
        peers |= {one["peer"] for one in _confirmations(document)}
    hidden, hidden_peers = hidden_among(identities), hidden_addresses_among(peers)
    return {
        key: shown
        for key, document in documents.items()
        if (shown := shown_document(document, is_partial, hidden, hidden_peers)) is not None
    }


def shown_document(
    document: Document, is_partial: bool, hidden: set[str], hidden_peers: set[str]
) -> Document | None:
    diffusion = document.get("party", {}).get("diffusion")
    if diffusion == Diffusion.MASKED or not hidden.isdisjoint(identities_in(document)):
        return None
    shown = document
    if is_partial or diffusion == Diffusion.PARTIAL:
        shown = without_private(document)
        choices = document.get("choices", [])
        if choices:
            shown["choices"] = [one for one in choices if one["field"] not in PRIVATE_FIELDS]
    if any(one["peer"] in hidden_peers for one in _confirmations(document)):
        shown = {**shown, "practices": [_without(hidden_peers, one) for one in shown["practices"]]}
    return shown


def identities_in(document: Document) -> set[str]:
    """Whom a document speaks of."""
    own = document.get("party", {}).get("identity")
    said = {record["identity"] for record in document.get("records", []) if record.get("identity")}
    return said | ({own} if own else set())


def told(revisions: Iterable[Revision]) -> list[Revision]:
    """``revisions`` without the words of those that speak of a masked party; not saved."""
    found = list(revisions)
    silent = {one.pk for one in found if one.pk is not None} & _silent(found)
    for one in found:
        if one.pk in silent:
            one.subject, one.credit, one.reason = "", "", ""
    return found


def _silent(revisions: list[Revision]) -> set[int]:
    subjects = {
        one.pk: one.subject.removeprefix(_PARTY) for one in revisions if one.subject.startswith(_PARTY)
    }
    hidden = hidden_addresses_among(subjects.values())
    # A harvest has no words of a person, and many merges: they need not be read.
    others = [one.pk for one in revisions if not one.subject.startswith("source:")]
    silent = {key for key, public_id in subjects.items() if public_id in hidden}
    return silent | revisions_speaking_of_hidden(others)


def revisions_speaking_of_hidden(keys: Iterable[int]) -> set[int]:
    """Those of ``keys`` that made a merge or a correction of what is masked now."""
    wanted = set(keys)
    if not wanted:
        return set()
    pairs: list[tuple[int | None, str]] = []
    merges = Merge.objects.filter(revision__in=wanted).order_by()
    for gone, kept, revision in merges.values_list("gone_identity", "kept_identity", "revision"):
        pairs += [(revision, gone), (revision, kept)]
    pairs += Correction.objects.filter(revision__in=wanted).order_by().values_list("revision", "identity")
    hidden = hidden_among(identity for _revision, identity in pairs if identity)
    return {revision for revision, identity in pairs if identity in hidden and revision is not None}


def _masked() -> Any:
    """The only question that looks for masked parties, so as to leave them out."""
    return Party.objects.filter(diffusion=Diffusion.MASKED).order_by()


def _former(identities: Iterable[str]) -> set[str]:
    merges = Merge.objects.filter(undone_at__isnull=True).order_by()
    pairs = merges.values_list("gone_identity", "gone_public_id")
    wanted = set(identities)
    return {public_id for identity, public_id in pairs if identity in wanted}


def _confirmations(document: Document) -> list[Document]:
    return [one for practice in document.get("practices", []) for one in practice.get("confirmations", [])]


def _without(hidden_peers: set[str], practice: Document) -> Document:
    kept = [one for one in practice.get("confirmations", []) if one["peer"] not in hidden_peers]
    return {**practice, "confirmations": kept}
