"""Search across everything: each source says in one page of answers what it found, and where its whole list is.

A later room adds its source to SOURCES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import ProgrammeItem
from terreau.commitments.queries import visible_commitments
from terreau.commitments.queries.commitments import matching as matching_commitments
from terreau.commitments.queries.listing import by_attention, with_what_a_line_says
from terreau.commitments.words import lines_of
from terreau.commons.search.fold import STOP_WORDS, fold_for_search
from terreau.commons.search.index import matching as matching_parties
from terreau.deliberate.enums import Standing
from terreau.deliberate.queries.processes import listed as listed_processes
from terreau.lake.catalogue import datasets
from terreau.observe.queries import visible_parties
from terreau.observe.queries.directory import what_they_do
from terreau.observe.queries.places import search_places

MOST_OF_EACH = 5
LONGEST = 200
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """``sentence``: what helps to tell it from another."""

    title: str
    address: str
    sentence: str = ""


@dataclass(frozen=True)
class Group:
    """``count``: how many there are in all; ``hits``: the first ones; ``all_address``: the whole list, if any."""

    title: str
    count: int
    hits: list[Hit]
    all_address: str = ""


Source = Callable[[str], Group]
"""Asked with words that hold at least SHORTEST letters; it folds them as its own list does."""


def search(words: str) -> list[Group]:
    """Every group, empty ones too, in the order of SOURCES. Nothing for words too short to mean anything."""
    return [source(words) for source in SOURCES] if is_searchable(words) else []


def is_searchable(words: str) -> bool:
    return len(fold_for_search(words).replace(" ", "")) >= SHORTEST


def _list(route: str, words: str) -> str:
    return f"{reverse(route)}?{urlencode({'q': words})}"


def _tells(text: str, words: str) -> bool:
    """Whether a text that no index holds has a word that begins like each one asked."""
    folded = f" {fold_for_search(text)}"
    asked = fold_for_search(words).split()
    return all(f" {word}" in folded for word in [one for one in asked if one not in STOP_WORDS] or asked)


def _commitments(words: str) -> Group:
    today = timezone.localdate()
    found = matching_commitments(visible_commitments(), on=today, words=words)
    lines = lines_of(with_what_a_line_says(by_attention(found))[:MOST_OF_EACH], today)
    hits = [
        Hit(
            line.commitment.title,
            reverse("commitments:commitment", args=[line.commitment.token]),
            " · ".join(
                [
                    *([_("exemple fictif")] if line.commitment.is_demonstration else []),
                    line.owner.name,
                    line.standing,
                ]
            ),
        )
        for line in lines
    ]
    return Group(_("Engagements"), found.count(), hits, _list("commitments:commitments", words))


def _items(words: str) -> Group:
    found = []
    for item in ProgrammeItem.objects.select_related("programme").filter(is_withdrawn=False):
        if _tells(f"{item.title} {item.aim} {item.said('title')} {item.said('aim')}", words):
            found.append(item)
    hits = [
        Hit(
            f"{item.code}. {item.said('title')}",
            reverse("commitments:programme_item", args=[item.programme.slug, item.code]),
            item.programme.said("title"),
        )
        for item in found[:MOST_OF_EACH]
    ]
    return Group(_("Points des programmes"), len(found), hits, reverse("commitments:programmes"))


def _processes(words: str) -> Group:
    found = listed_processes(timezone.now(), words=words)
    hits = [
        Hit(
            row.title,
            reverse("deliberate:process", args=[row.slug]),
            " · ".join(
                [*([_("exemple fictif")] if row.is_demonstration else []), str(Standing(row.standing).label)]
            ),
        )
        for row in found[:MOST_OF_EACH]
    ]
    return Group(_("Démarches"), found.count(), hits, _list("deliberate:processes", words))


def _organisations(words: str) -> Group:
    active = visible_parties().filter(is_active=True)
    parties = list(matching_parties(active, words, ranked=True)[:MOST_OF_EACH])
    does = what_they_do(parties)
    hits = [
        Hit(party.name, reverse("observe:party", args=[party.public_id]), does[party.pk]) for party in parties
    ]
    count = matching_parties(active, words).aggregate(n=Count("pk"))["n"]
    return Group(_("Organisations"), count, hits, _list("observe:directory", words))


def _places(words: str) -> Group:
    found = search_places(words)
    communes = [
        Hit(
            one.commune.name,
            reverse("observe:place", args=["commune", one.commune.code]),
            _("commune (%(code)s)") % {"code": one.commune.code},
        )
        for one in found.communes
    ]
    zones = [
        Hit(zone.name, reverse("observe:place", args=[zone.zoning_id, zone.code]), str(zone.zoning))
        for zone in found.zones
    ]
    every = [*communes, *zones]
    return Group(_("Territoires"), len(every), every[:MOST_OF_EACH], _list("observe:place_search", words))


def _datasets(words: str) -> Group:
    hits = []
    for dataset in datasets().values():
        if _tells(f"{dataset.title} {dataset.description}", words):
            hits.append(
                Hit(dataset.title, reverse("observe:dataset", args=[dataset.name]), dataset.description)
            )
    return Group(_("Jeux de données"), len(hits), hits[:MOST_OF_EACH], reverse("observe:datasets"))


SOURCES: tuple[Source, ...] = (_commitments, _items, _processes, _organisations, _places, _datasets)
