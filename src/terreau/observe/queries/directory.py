"""The directory: what a visitor may ask, the parties that this selects, and the lines of a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from terreau.commons.models import Membership, Party, Place, Site
from terreau.commons.search.index import matching
from terreau.observe.models import Scheme, SchemeMember, SourceRecord
from terreau.observe.nomenclatures import naf_label, naf_sections

from . import visible_parties

RELEVANCE, BY_NAME, BY_COMMUNE = "pertinence", "nom", "commune"
SORTS = {RELEVANCE: _("pertinence"), BY_NAME: _("nom"), BY_COMMUNE: _("commune")}

#: Money that an organisation received: it says nothing of what it does.
FUNDING_SCHEMES = (Scheme.FONJEP, Scheme.ADULTE_RELAIS, Scheme.STATE_GRANT)


def sites_in(place: Place) -> "QuerySet[Site]":
    """The active sites that a source places in ``place``: by their commune, else by their département."""
    sites = Site.objects.filter(is_active=True)
    if place.zoning_id == "commune":
        return sites.filter(commune=place)
    in_communes = Q(commune__in=Membership.objects.filter(place=place).values("commune"))
    if place.zoning_id == "departement":
        return sites.filter(in_communes | Q(departement=place))
    if place.zoning_id == "region":
        return sites.filter(in_communes | Q(departement__communes_in_region__gt=0))
    return sites.filter(in_communes)


@dataclass(frozen=True)
class DirectoryFilter:
    """What a visitor asks. Several values of one facet widen the choice; facets narrow each other."""

    text: str = ""
    natures: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()  # letters of the NAF
    schemes: tuple[str, ...] = ()
    perimeters: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    place: Place | None = None
    with_closed: bool = False
    sort: str = ""

    @property
    def effective_sort(self) -> str:
        """Relevance has a meaning only for words."""
        if self.text:
            return self.sort or RELEVANCE
        return self.sort if self.sort in {BY_NAME, BY_COMMUNE} else BY_NAME

    def parties(self) -> "QuerySet[Party]":
        """The parties selected, in no order. ``facets.look_up`` gives the same ones, sorted and counted."""
        parties = visible_parties().order_by()
        if not self.with_closed:
            parties = parties.filter(is_active=True)
        if self.natures:
            parties = parties.filter(nature__in=self.natures)
        if self.perimeters:
            parties = parties.filter(perimeter__in=self.perimeters)
        if self.sections:
            divisions = [
                division for letter in self.sections for division in naf_sections()[letter].divisions
            ]
            parties = parties.alias(division=Substr("naf", 1, 2)).filter(division__in=divisions)
        if self.schemes:
            members = SchemeMember.objects.filter(scheme__in=self.schemes)
            parties = parties.filter(pk__in=members.order_by().values("party"))
        if self.sources:
            records = SourceRecord.objects.filter(source__in=self.sources)
            parties = parties.filter(pk__in=records.order_by().values("party"))
        if self.place:
            parties = parties.filter(pk__in=sites_in(self.place).order_by().values("party"))
        if self.text:
            parties = matching(parties, self.text)
        return parties


@dataclass(frozen=True)
class Entry:
    """One line of the list: the party, what it does, the communes where it works, the sources that know it."""

    party: Party
    does: str
    communes: tuple[str, ...]
    departements: tuple[str, ...]  # when no source gives a commune
    sources: tuple[str, ...]


def list_entries(parties: Iterable[Party]) -> list[Entry]:
    """Three queries for a page of parties, whatever their number."""
    page = list(parties)
    does = what_they_do(page)
    keys = [party.pk for party in page]
    communes: dict[int, dict[str, None]] = {key: {} for key in keys}
    departements: dict[int, dict[str, None]] = {key: {} for key in keys}
    sites = Site.objects.filter(party__in=keys, is_active=True).order_by("pk")
    for key, commune, departement in sites.values_list("party", "commune__name", "departement__name"):
        if commune:
            communes[key][commune] = None
        elif departement:
            departements[key][departement] = None
    sources: dict[int, list[str]] = {key: [] for key in keys}
    records = SourceRecord.objects.filter(party__in=keys).order_by("source__precedence", "source")
    for key, title in records.values_list("party", "source__title").distinct():
        sources[key].append(title)
    return [
        Entry(party, does[key], tuple(communes[key]), tuple(departements[key]), tuple(sources[key]))
        for key, party in zip(keys, page, strict=True)
    ]


def what_they_do(parties: Iterable[Party]) -> dict[int, str]:
    """Key of each party → its activity, then its schemes, as words; "" when no source says. One query."""
    page = list(parties)
    words = {party.pk: [naf_label(party.naf)] if naf_label(party.naf) else [] for party in page}
    members = SchemeMember.objects.filter(party__in=words).exclude(scheme__in=FUNDING_SCHEMES)
    for key, scheme in members.order_by("scheme").values_list("party", "scheme").distinct():
        words[key].append(str(Scheme(scheme).label))
    return {key: " · ".join(said) for key, said in words.items()}
