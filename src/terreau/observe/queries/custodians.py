"""Who speaks for an organisation, what would prove it, and what stewards have to send."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from terreau.commons.models import Party, Site, User
from terreau.observe.mail_domains import domain_of_mail, domain_of_site, proves, why_shared
from terreau.observe.models import Claim

from . import visible_parties

#: The source of what persons corrected here. It proves nothing: whoever asks may have typed it.
CONTRIBUTED = "corrections"
_OF_AN_ADDRESS = {"address", "post_code", "commune"}


@dataclass
class Proofs:
    """``domains``: where an e-mail address proves it. ``refused``: domains of its sites that do not, and why.
    ``sites``: where a letter may go.
    """

    domains: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)


def proofs_for(party: Party) -> Proofs:
    """Only from what the harvested sources say of it."""
    found = Proofs(sites=_letter_boxes(party))
    records = party.records.exclude(source=CONTRIBUTED).values_list("values", flat=True)
    named = dict.fromkeys(domain_of_site(str(values.get("website") or "")) for values in records)
    for domain in filter(None, named):
        reason = why_shared(domain) or _why_of_several(domain, party)
        if reason:
            found.refused.append((domain, reason))
        else:
            found.domains.append(domain)
    return found


def _why_of_several(domain: str, party: Party) -> str:
    others = visible_parties().exclude(pk=party.pk).filter(website__icontains=domain)
    if any(domain_of_site(other) == domain for other in others.values_list("website", flat=True)):
        return _("d’autres organisations de l’annuaire y ont aussi leur site")
    return ""


def _letter_boxes(party: Party) -> list[Site]:
    sites = party.sites.filter(is_active=True).exclude(address="").select_related("commune")
    return [site for site in sites if (site.post_code or site.commune_id) and _is_attested(site)]


def _is_attested(site: Site) -> bool:
    said = list(site.records.values_list("source", "values"))
    typed_here = [values for source, values in said if source == CONTRIBUTED]
    return len(said) > len(typed_here) and not any(_OF_AN_ADDRESS & values.keys() for values in typed_here)


def why_not_address(party: Party, address: str) -> str:
    """Why an e-mail address does not prove that one speaks for ``party``, in words; nothing when it does."""
    mail = domain_of_mail(address)
    found = proofs_for(party)
    if any(proves(mail, domain) for domain in found.domains):
        return ""
    if reason := why_shared(mail):
        return _("Une adresse chez %(domain)s ne prouve rien : %(reason)s.") % {
            "domain": mail,
            "reason": reason,
        }
    return _("Cette adresse n’est pas au domaine du site de l’organisation (%(domains)s).") % {
        "domains": ", ".join(found.domains)
    }


def letter_lines(site: Site) -> str:
    """The address as it is written on an envelope, under the name of the organisation."""
    commune = site.commune.name if site.commune else ""
    return "\n".join(filter(None, (site.name, site.address, f"{site.post_code} {commune}".strip())))


def parties_of(user: User) -> "QuerySet[Party]":
    """Those for which this person speaks now."""
    granted = Claim.objects.filter(user=user, state=Claim.State.GRANTED)
    return visible_parties().filter(pk__in=granted.values("party"))


def has_custodian(party: Party) -> bool:
    return party.claims.filter(state=Claim.State.GRANTED, user__is_active=True).exists()


def custodians_of(party: Party) -> "QuerySet[User]":
    granted = party.claims.filter(state=Claim.State.GRANTED)
    return User.objects.filter(pk__in=granted.values("user"), is_active=True)


def claim_of(user: User, party: Party) -> Claim | None:
    """What became of this person's request: the one that stands, else the last."""
    claims = Claim.objects.filter(user=user, party=party)
    live = claims.filter(state__in=[Claim.State.GRANTED, Claim.State.OPEN])
    return live.order_by("state", "-pk").first() or claims.order_by("-pk").first()


def letters_to_send() -> "QuerySet[Claim]":
    """Those to send first, the oldest before; then those sent, the newest before."""
    asked = _shown().filter(state=Claim.State.OPEN, method=Claim.Method.PAPER)
    return asked.order_by(F("sent_at").desc(nulls_first=True), "asked_at", "pk")


def claims_granted() -> "QuerySet[Claim]":
    return _shown().filter(state=Claim.State.GRANTED).order_by("-answered_at", "-pk")


def _shown() -> "QuerySet[Claim]":
    return Claim.objects.filter(party__in=visible_parties()).select_related("party", "user")


def find_claim(key: int) -> Claim | None:
    return _shown().filter(pk=key).first()


def claims_held_on(user: User) -> list[dict[str, Any]]:
    """For the export of an account. The postal address of an organisation may be private: it is not hers."""
    held = []
    for claim in _shown().filter(user=user).order_by("pk"):
        address = claim.address if claim.method == Claim.Method.EMAIL else ""
        columns = ("method", "state", "asked_at", "answered_at", "ended_at", "ended_because")
        told = {name: getattr(claim, name) for name in columns}
        held.append({"organisation": claim.its_party.public_id, "address": address, **told})
    return held
