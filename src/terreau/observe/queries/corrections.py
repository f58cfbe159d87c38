"""Corrections: what is proposed, what waits for an answer, and what is shown now of the fields they change."""

import hmac
from hashlib import sha256
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Place, Site, User
from terreau.observe.models import Choice, Correction, SourceRecord

PARTY_FIELDS = ("name", "acronym", "website", "description", "nature", "naf", "active")
SITE_FIELDS = ("address", "post_code", "commune", "site_name", "opening_hours")
PLACE_FIELDS = ("name", "population")
#: Believed as a whole: a street is of one commune.
ADDRESS_FIELDS = ("address", "post_code", "commune")
#: Of a party that the site does not know yet.
MISSING_FIELDS = ("name", "nature", "website", "description", *ADDRESS_FIELDS)
#: Columns that do not have the name of their field.
_PARTY_COLUMNS = {"active": "is_active"}
_SITE_COLUMNS = {"site_name": "name"}


#: An answer, or the judgment of an appeal.
WAITS = Q(state=Correction.State.PROPOSED) | Q(
    state=Correction.State.REFUSED, is_erased=False, appeal__is_granted__isnull=True, appeal__isnull=False
)


def digest_of(secret: str) -> str:
    """What is stored of the secret of an author's link: 64 hexadecimal digits."""
    return sha256(secret.encode()).hexdigest()


def find_by_secret(token: str, secret: str) -> Correction | None:
    """The correction whose author's link this is."""
    found = _visible().filter(token=token).exclude(secret_digest="").first()
    if found and hmac.compare_digest(found.secret_digest, digest_of(secret)):
        return found
    return None


def corrections_to_review() -> "QuerySet[Correction]":
    """Those to answer or to judge first, the oldest before; then the others, the newest before. Of no masked party.

    Those proposed for a party that no source names any more wait until it is back.
    """
    is_answered = Case(When(WAITS, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        _visible()
        .exclude(_of_away(), state=Correction.State.PROPOSED)
        .annotate(is_answered=is_answered)
        .order_by("is_answered", F("answered_at").desc(nulls_first=True), "proposed_at", "pk")
    )


def refusals() -> "QuerySet[Correction]":
    """Those that a steward refused, even if accepted on appeal since, the newest before: their reasons are public.

    Neither of a masked party or one that is away, nor erased, nor about what the official register keeps private.
    """
    is_refused = Q(state=Correction.State.REFUSED) | Q(appeal__is_granted=True)
    return (
        _visible()
        .filter(is_refused, is_erased=False)
        .exclude(_of_away())
        .exclude(party__diffusion=Diffusion.PARTIAL, values__has_any_keys=list(PRIVATE_FIELDS))
        .annotate(refused_at=Coalesce("appeal__refused_at", "answered_at"))
        .order_by("-refused_at", "-pk")
    )


def proposed_for(party: Party) -> "QuerySet[Correction]":
    """What is proposed for it and not answered yet."""
    return _visible().filter(party=party, state=Correction.State.PROPOSED)


def proposed_at(place: Place) -> "QuerySet[Correction]":
    """What is proposed for a place: of its own values, or an organisation that is missing there."""
    return _visible().filter(place=place, state=Correction.State.PROPOSED)


def accepted_of(user: User) -> int:
    """How many corrections of this person somebody else accepted."""
    accepted = Correction.objects.filter(author=user, state=Correction.State.ACCEPTED, is_erased=False)
    return accepted.filter(answered_by__isnull=False).exclude(answered_by=user).count()


def what_we_hold_of(user: User) -> list[dict[str, Any]]:
    """What a person proposed while signed in, for the export that the law asks for."""
    columns = ("token", "proposed_at", "state", "values", "evidence", "credit", "contact", "answer")
    appealed = {"appealed": F("appeal__words"), "appeal_answer": F("appeal__reason")}
    return list(Correction.objects.filter(author=user).values(*columns, **appealed))


def accepted_for(party: Party) -> "QuerySet[Correction]":
    """What stands of it, the newest first: who corrected is thanked, if she wished."""
    return _standing().filter(party=party)


def accepted_at(place: Place) -> "QuerySet[Correction]":
    """Of its own values: an organisation that was missing has its own page."""
    return _standing().filter(place=place, identity="")


def choices_of(party: Party) -> dict[str, Choice]:
    """field → the choice of a steward that stands."""
    standing = party.choices.filter(undone_at__isnull=True)
    return {choice.field: choice for choice in standing}


def values_shown(*, party: Party | None, site: Site | None, place: Place | None) -> dict[str, Any]:
    """Every field that can be corrected → its value now, as JSON holds it; ``""`` or None when there is none."""
    if party is None:
        return {name: getattr(place, name) for name in PLACE_FIELDS} if place else {}
    shown = {name: getattr(party, _PARTY_COLUMNS.get(name, name)) for name in PARTY_FIELDS}
    if site is None:
        return shown
    shown |= {
        "address": site.address,
        "post_code": site.post_code,
        "commune": site.commune.code if site.commune else "",
        "site_name": site.name,
        "opening_hours": _opening_hours(site),
    }
    return shown


def corrected_places() -> dict[tuple[str, str], dict[str, Any]]:
    """(zoning, code) → the values that accepted corrections give: they hold after a renewal of the tables."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    accepted = Correction.objects.filter(
        place__isnull=False, party=None, identity="", state=Correction.State.ACCEPTED, is_erased=False
    )
    for one in accepted.select_related("place").order_by("answered_at", "pk"):
        assert one.place is not None
        found.setdefault((one.place.zoning_id, one.place.code), {}).update(one.values)
    return found


def _opening_hours(site: Site) -> str:
    records = SourceRecord.objects.filter(site=site, values__has_key="opening_hours")
    first = records.order_by("source__precedence", F("observed_on").desc(nulls_last=True), "pk").first()
    return str(first.values["opening_hours"]) if first else ""


def _of_away() -> Q:
    """Neither of a place, nor of a party that the correction itself would bring."""
    own = Concat(Value("local:corrections:"), "token")
    return Q(party__isnull=True) & ~Q(identity="") & ~Q(identity=own)


def _standing() -> "QuerySet[Correction]":
    standing = _visible().filter(state=Correction.State.ACCEPTED, is_erased=False)
    return standing.order_by("-answered_at", "-pk")


def _visible() -> "QuerySet[Correction]":
    of_masked = Q(party__diffusion=Diffusion.MASKED)
    found = Correction.objects.exclude(of_masked)
    return found.select_related("party", "site__commune", "place__zoning", "author", "answered_by", "appeal")
