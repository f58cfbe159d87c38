"""Changing what is shown of parties: what it replaces is kept as a version, under a revision that says who and why."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from django.db.models import Max, ProtectedError
from django.utils import timezone

from terreau.commons.models import Party, Revision, User, Version
from terreau.lake.bulk import insert_rows
from terreau.observe.queries.documents import party_documents, subject_of

from .tables import chunks

_SOME = 2_000  # documents held in memory at a time


@contextmanager
def change_parties(
    *,
    parties: Iterable[int],
    verb: str,
    subject: str = "",
    by: User | None,
    credit: str = "",
    reason: str = "",
) -> Iterator[Revision]:
    """Around everything that writes about ``parties`` (primary keys; all that may change), in the caller's transaction.

    What they show is kept before the caller writes. Then those that did not change lose the version just made,
    the others and the new ones get the revision; and a revision that changed nothing goes.
    """
    revision = open_revision(verb=verb, subject=subject, by=by, credit=credit, reason=reason)
    last = Party.objects.aggregate(last=Max("pk"))["last"] or 0
    kept = _keep_versions(set(parties), revision)
    yield revision
    _drop_unchanged(kept, revision)
    Party.objects.filter(pk__gt=last).update(revision=revision)
    if not (revision.closed.exists() or Party.objects.filter(revision=revision).exists()):
        with suppress(ProtectedError):  # a row of the caller names it
            revision.delete()


def open_revision(
    *, verb: str, subject: str, by: User | None, credit: str = "", reason: str = ""
) -> Revision:
    """The next revision. A clock that was set back does not make dates go back."""
    last = Revision.objects.aggregate(at=Max("at"))["at"]
    now = timezone.now()
    at = max(now, last) if last else now
    return Revision.objects.create(at=at, verb=verb, subject=subject, by=by, credit=credit, reason=reason)


def _keep_versions(keys: set[int], revision: Revision) -> dict[int, str]:
    """Write what each party shows as its next version. Returns primary key → subject."""
    subjects: dict[int, str] = {}
    columns = ("subject", "number", "since", "until", "content")
    for some in chunks(keys, _SOME):
        documents = party_documents(some)
        named = {key: subject_of(one["party"]["public_id"]) for key, one in documents.items()}
        versions = Version.objects.filter(subject__in=named.values()).order_by().values("subject")
        last = dict(versions.annotate(last=Max("number")).values_list("subject", "last"))
        since = dict(Party.objects.filter(pk__in=documents).values_list("pk", "revision"))
        rows = [
            (name, last.get(name, 0) + 1, since[key], revision.pk, documents[key])
            for key, name in named.items()
        ]
        insert_rows(Version, columns, rows)
        subjects |= named
    return subjects


def _drop_unchanged(subjects: dict[int, str], revision: Revision) -> None:
    for some in chunks(subjects, _SOME):
        now = party_documents(some)
        key_of = {subjects[key]: key for key in some}
        unchanged = [
            version.pk
            for version in Version.objects.filter(until=revision, subject__in=key_of)
            if now.get(key_of[version.subject]) == version.content
        ]
        Version.objects.filter(pk__in=unchanged).delete()
        changed = Version.objects.filter(until=revision, subject__in=key_of).values_list("subject", flat=True)
        Party.objects.filter(pk__in=[key_of[name] for name in changed]).update(revision=revision)
