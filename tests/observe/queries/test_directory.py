"""The filter as a queryset and as columns in memory agree, on anything; counts are those a hand would count."""

import random
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.commons.enums import Diffusion, Nature, Perimeter
from terreau.commons.models import JournalEntry, Party
from terreau.commons.search.fold import fold_for_search, party_search_text
from terreau.observe.models import Scheme, SchemeMember
from terreau.observe.nomenclatures import naf_sections, section_of_division
from terreau.observe.queries import facets, visible_parties
from terreau.observe.queries.directory import DirectoryFilter, list_entries, sites_in
from terreau.observe.queries.facets import look_up
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_columns(monkeypatch) -> None:
    monkeypatch.setattr(facets, "_latest", None)


@pytest.fixture
def region() -> dict:
    """Four communes in two départements, one basin across them, a region."""
    names = ["Zède", "Abri", "Étang", "Bois"]
    communes = [
        make_place(f"9900{n}", name=name, search_text=fold_for_search(name)) for n, name in enumerate(names)
    ]
    first = make_place("97", "departement", communes[:2])
    second = make_place("98", "departement", communes[2:])
    basin = make_place("99100", "bassin_de_vie", communes[1:3])
    whole = make_place("99", "region", communes)
    return {"communes": communes, "departements": [first, second], "basin": basin, "region": whole}


def add_party(name: str, *places, closed_site: bool = False, **values) -> Party:
    party = make_party(name, search_text=party_search_text(name), **values)
    for place in places:
        if place.zoning_id == "departement":
            make_site(party, None, departement=place, is_active=not closed_site)
        else:
            make_site(party, place, is_active=not closed_site)
    return party


@pytest.fixture
def many(region) -> dict:
    """300 parties drawn at random, with everything that may be absent absent at times."""
    draw = random.Random(20141)
    sources = [make_source(code, precedence=rank) for rank, code in enumerate(["un", "deux", "trois"])]
    naf = ["88.99B", "94.99Z", "01.11Z", "", "99.99Z"]
    for number in range(300):
        name = (
            f"{draw.choice(['Épicerie', 'Atelier', 'Jardin'])} {draw.choice(['vélo', 'bois'])} {number % 40}"
        )
        party = add_party(
            name,
            *draw.sample([*region["communes"], *region["departements"]], draw.randrange(3)),
            nature=draw.choice(Nature.values),
            perimeter=draw.choice(Perimeter.values),
            naf=draw.choice(naf),
            is_active=draw.random() < 0.9,
            diffusion=draw.choice(["open", "open", "open", "partial", "masked"]),
            closed_site=draw.random() < 0.1,
        )
        for source in draw.sample(sources, draw.randrange(1, 4)):
            make_record(party, source)
        for scheme in draw.sample(Scheme.values, draw.choice([0, 0, 1, 2])):
            SchemeMember.objects.create(party=party, scheme=scheme, source=sources[0])
    return region


def draw_filter(draw: random.Random, region: dict) -> DirectoryFilter:
    places = [None, None, region["basin"], region["region"], *region["communes"], *region["departements"]]
    few = lambda values: tuple(draw.sample(list(values), draw.choice([0, 0, 1, 2])))  # noqa: E731
    return DirectoryFilter(
        text=draw.choice(["", "", "épiceries", "velo", "jardin du bois", "rien de tel", "!!!"]),
        natures=few(Nature.values),
        sections=few(naf_sections()),
        schemes=few(Scheme.values),
        perimeters=few(Perimeter.values),
        sources=few(["un", "deux", "trois"]),
        place=draw.choice(places),
        with_closed=draw.random() < 0.3,
        sort=draw.choice(["", "nom", "commune", "pertinence"]),
    )


def test_columns_and_queryset_select_the_same(many, monkeypatch) -> None:
    monkeypatch.setattr(facets, "CACHED_FROM", 1)
    draw = random.Random(7)
    sizes = set()
    for _ in range(150):
        asked = draw_filter(draw, many)
        keys = look_up(asked).keys.tolist()
        assert len(keys) == len(set(keys))
        assert set(keys) == set(asked.parties().values_list("pk", flat=True)), asked
        sizes.add(len(keys))
    assert len(sizes) > 10  # the filters drawn do select various things


def test_facet_counts_are_what_choosing_them_alone_gives(many) -> None:
    draw = random.Random(11)
    names = {"natures": "nature", "perimeters": "perimeter"}
    for _ in range(25):
        asked = draw_filter(draw, many)
        counts = look_up(asked).facets
        for field, column in names.items():
            without = DirectoryFilter(**{**vars(asked), field: ()}).parties()
            assert getattr(counts, field) == Counter(without.values_list(column, flat=True))
        for field, related in (("schemes", "schemes__scheme"), ("sources", "records__source")):
            without = DirectoryFilter(**{**vars(asked), field: ()}).parties()
            pairs = {(key, value) for key, value in without.values_list("pk", related) if value}
            assert getattr(counts, field) == Counter(value for _key, value in pairs)
        without = DirectoryFilter(**{**vars(asked), "sections": ()}).parties()
        letters = (section_of_division().get(naf[:2]) for naf in without.values_list("naf", flat=True))
        assert counts.sections == Counter(letter for letter in letters if letter)
        without = DirectoryFilter(**{**vars(asked), "place": None}).parties()
        for place in many["departements"]:
            inside = set(sites_in(place).values_list("party", flat=True))
            expected = sum(1 for key in without.values_list("pk", flat=True) if key in inside)
            assert counts.departements[place.code] == expected


def test_territory_at_every_level(region) -> None:
    zede, abri, etang, _bois = region["communes"]
    in_zede, in_etang = add_party("A", zede), add_party("B", etang)
    two = add_party("C", zede, abri)
    known_by_departement = add_party("D", region["departements"][0])
    nowhere = add_party("E")

    def found(place):
        return set(look_up(DirectoryFilter(place=place)).keys.tolist())

    assert found(zede) == {in_zede.pk, two.pk}
    assert found(region["basin"]) == {two.pk, in_etang.pk}
    assert found(region["departements"][0]) == {in_zede.pk, two.pk, known_by_departement.pk}
    assert found(region["region"]) == {in_zede.pk, in_etang.pk, two.pk, known_by_departement.pk}
    assert nowhere.pk in found(None)


def test_sorted_by_name_without_accents_and_by_commune(region) -> None:
    zede, abri, etang, _bois = region["communes"]
    names = {"Étoile": zede, "Envol": etang, "Zinc": abri, "ébène": None}
    parties = {name: add_party(name, *([place] if place else [])) for name, place in names.items()}

    def order(sort: str) -> list[str]:
        by_key = {party.pk: name for name, party in parties.items()}
        return [by_key[key] for key in look_up(DirectoryFilter(sort=sort)).keys.tolist()]

    assert order("nom") == order("") == ["ébène", "Envol", "Étoile", "Zinc"]
    assert order("commune") == ["Zinc", "Envol", "Étoile", "ébène"]  # Abri, Étang, Zède, none


def test_relevance_puts_names_before_other_words() -> None:
    other = make_party("Maison", search_text=party_search_text("Maison", others="vélo"))
    named = make_party("Vélo", search_text=party_search_text("Vélo"))
    assert look_up(DirectoryFilter(text="velos")).keys.tolist() == [named.pk, other.pk]
    assert look_up(DirectoryFilter(text="velos", sort="nom")).keys.tolist() == [other.pk, named.pk]


def test_masked_are_nowhere_and_closed_only_on_demand() -> None:
    shown = make_party("Une", search_text="une")
    make_party("Masquée", search_text="masque", diffusion=Diffusion.MASKED)
    closed = make_party("Fermée", search_text="ferme", is_active=False)
    assert look_up(DirectoryFilter()).keys.tolist() == [shown.pk]
    assert set(look_up(DirectoryFilter(with_closed=True)).keys.tolist()) == {shown.pk, closed.pk}
    assert look_up(DirectoryFilter(text="masquée")).total == 0
    assert visible_parties().count() == 2


def test_large_data_is_read_again_only_after_an_act(monkeypatch) -> None:
    monkeypatch.setattr(facets, "CACHED_FROM", 1)
    make_party("Une")
    assert look_up(DirectoryFilter()).total == 1
    make_party("Deux")
    assert look_up(DirectoryFilter()).total == 1  # nothing in the journal: nobody did anything
    JournalEntry.objects.create(verb="test")
    assert look_up(DirectoryFilter()).total == 2


@pytest.mark.parametrize("filters", [{}, {"natures": ("association",), "text": "fictive"}])
def test_the_number_of_queries_does_not_depend_on_rows(region, filters) -> None:
    asked = DirectoryFilter(place=region["basin"], **filters)
    counts = []
    for number in (1, 3):
        while Party.objects.count() < number:
            party = add_party("Association fictive", *region["communes"], nature="association")
            make_record(party)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = look_up(asked)
            list_entries(Party.objects.in_bulk(answer.keys.tolist()).values())
        counts.append(len(queries))
        assert answer.total == number
    assert counts[0] == counts[1] <= 14


def test_an_entry_tells_communes_and_sources_once(region) -> None:
    zede, abri, *_others = region["communes"]
    party = add_party("A", zede, zede, abri)
    late, early = make_source("b", title="Deux", precedence=2), make_source("a", title="Un", precedence=1)
    for source in (late, late, early):
        make_record(party, source)
    (entry,) = list_entries([party])
    assert (entry.communes, entry.sources) == (("Zède", "Abri"), ("Un", "Deux"))
    known_by_departement = add_party("B", region["departements"][0])
    (entry,) = list_entries([known_by_departement])
    assert (entry.communes, len(entry.departements)) == ((), 1)
