"""Accepted corrections as source records of the source ``corrections``, and as values of places.

Records are derived from the corrections that stand: the newest one wins each field, so that undoing it brings
back what an older one said.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.identifiers import departement_of
from terreau.commons.models import Party, Place, PostCode, Revision, Site, Source, User, Version
from terreau.commons.search.fold import fold_for_search
from terreau.observe.models import Correction, SourceRecord
from terreau.observe.queries.corrections import ADDRESS_FIELDS, PLACE_FIELDS, SITE_FIELDS
from terreau.observe.queries.identities import roots_among

from .changing import open_revision
from .parties import CORRECTIONS, give_public_ids

LOCAL = f"local:{CORRECTIONS}:"


def corrections_source() -> Source:
    described = {
        "title": "Corrections proposées par des personnes",
        "publisher": "Ce site",
        "licence": "etalab-2.0",
        "precedence": 5,
        "covers": "Ce que des personnes ont corrigé, avec leur source, et qui a été accepté.",
    }
    return Source.objects.get_or_create(code=CORRECTIONS, defaults=described)[0]


def is_of_missing_party(correction: Correction) -> bool:
    """Whether it brought, or would bring, its party to the site."""
    return correction.identity == f"{LOCAL}{correction.token}"


def is_of_place(correction: Correction) -> bool:
    return correction.place_id is not None and not correction.identity


def make_party(correction: Correction) -> None:
    """The party and the site that ``correction`` brings, still without their values."""
    identity = roots_among([correction.identity])[correction.identity]
    (digest,) = give_public_ids([identity])
    correction.party = Party.objects.create(
        identity=identity, public_id=digest, name=correction.values["name"]
    )
    correction.site = Site.objects.create(identity=correction.identity, party=correction.party)
    correction.site_identity = correction.site.identity
    correction.save(update_fields=["party", "site", "site_identity"])


def write_records(identity: str) -> set[int]:
    """Make the records of ``identity`` be what its accepted corrections say. Returns the keys of the parties."""
    standing = Correction.objects.filter(
        identity=identity, state=Correction.State.ACCEPTED, is_erased=False, party__isnull=False
    )
    accepted = list(standing.select_related("party", "site").order_by("-answered_at", "-pk"))
    if identity.startswith(LOCAL) and not any(map(is_of_missing_party, accepted)):
        accepted = []  # nobody else says that this party is
    source = corrections_source()
    before = SourceRecord.objects.filter(source=source, identity=identity)
    touched = set(before.values_list("party", flat=True))
    kept = [one.token for one, values in _each_field_once(accepted) if _write(source, one, values)]
    before.exclude(key__in=kept).delete()
    return touched | {one.party_id for one in accepted if one.party_id}


def _each_field_once(accepted: Iterable[Correction]) -> list[tuple[Correction, dict[str, Any]]]:
    told: set[tuple[int | None, str]] = set()
    found = []
    for one in accepted:
        said = {
            (one.site_id if name in SITE_FIELDS else None, name): value for name, value in _whole(one).items()
        }
        found.append((one, {key[1]: value for key, value in said.items() if key not in told}))
        told |= said.keys()
    return found


def _whole(correction: Correction) -> dict[str, Any]:
    """Its values; with the rest of the address when it corrects a part of it, for that is believed as a whole."""
    values = dict(correction.values)
    if not any(name in values for name in ADDRESS_FIELDS):
        return values
    before = correction.values_before
    rest = {name: before[name] for name in ADDRESS_FIELDS if before.get(name) and name not in values}
    code = values.get("commune")
    has_moved = code is not None and code != before.get("commune")
    if has_moved and "post_code" in rest:
        is_there_too = PostCode.objects.filter(code=rest["post_code"], commune__code=code).exists()
        rest = rest if is_there_too else {name: rest[name] for name in rest if name != "post_code"}
    return {**rest, **values}


def _write(source: Source, correction: Correction, values: dict[str, Any]) -> bool:
    """Whether a record is left: all its fields may have been corrected again since."""
    if not values or correction.party is None:
        return False
    if commune := values.get("commune"):
        values = {**values, "departement": departement_of(commune)}
    text = json.dumps([values, correction.identity], sort_keys=True, ensure_ascii=False)
    record, _made = SourceRecord.objects.update_or_create(
        source=source,
        key=correction.token,
        defaults={
            "identity": correction.identity,
            "party": correction.party,
            "site": correction.site,
            "line": 0,
            "observed_on": timezone.localdate(correction.proposed_at),
            "values": values,
            "digest": blake2b(text.encode(), digest_size=16).hexdigest(),
        },
    )
    if correction.record_id != record.pk:
        Correction.objects.filter(pk=correction.pk).update(record=record)
    return True


def change_place(correction: Correction, *, verb: str, by: User | None, reason: str) -> None:
    """Make the place show what its accepted corrections say, else what it showed before the first of them."""
    place = Place.objects.select_for_update().get(corrections=correction)
    subject = f"correction:{correction.token}"
    revision = open_revision(verb=verb, subject=subject, by=by, credit=correction.credit, reason=reason)
    _archive_place(place, revision)
    for name in correction.values:
        setattr(place, name, _place_value(correction, name))
    place.search_text = fold_for_search(place.name)[:200]
    place.save(update_fields=["name", "population", "search_text"])
    correction.revision = revision
    correction.save(update_fields=["revision"])


def _place_value(correction: Correction, name: str) -> Any:
    ever = Correction.objects.filter(
        place=correction.place_id,
        identity="",
        state__in=[Correction.State.ACCEPTED, Correction.State.UNDONE],
        values_before__has_key=name,
    ).order_by("answered_at", "pk")
    standing = [
        one.values[name]
        for one in ever
        if one.state == Correction.State.ACCEPTED and not one.is_erased and name in one.values
    ]
    if standing:
        return standing[-1]
    first = ever.order_by("proposed_at", "pk").first()
    return (first or correction).values_before[name]


def _archive_place(place: Place, revision: Revision) -> None:
    subject = f"place:{place.zoning_id}:{place.code}"
    last = Version.objects.filter(subject=subject).order_by("-number").first()
    Version.objects.create(
        subject=subject,
        number=last.number + 1 if last else 1,
        since=last.until if last else None,
        until=revision,
        content={name: getattr(place, name) for name in PLACE_FIELDS},
    )


def label_of(correction: Correction) -> str:
    """What it is about, for a mail."""
    if correction.party:
        return correction.party.name
    if is_of_place(correction):
        return str(correction.place)
    return str(correction.values.get("name") or _("une organisation"))
