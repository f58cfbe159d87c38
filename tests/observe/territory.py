"""A region of three communes in two départements, and an EPCI that crosses its border."""

from dataclasses import dataclass

from terreau.commons.models import Party, Place, PopulationCount, Source
from terreau.observe.models import Funding, Scheme, SchemeMember
from tests.factories import make_party, make_place, make_record, make_site, make_source


@dataclass(frozen=True)
class Territory:
    west_1: Place
    west_2: Place
    east: Place
    abroad: Place  # a commune of another region, in the EPCI that crosses the border
    epci_west: Place
    epci_border: Place
    departement_west: Place
    departement_east: Place
    region: Place


def make_territory() -> Territory:
    west_1 = make_place("99001", name="Épreuve-sur-Loire", lon=1.0, lat=47.0, population=1200)
    west_2 = make_place("99002", name="Saint-Essai", lon=1.1, lat=47.0, population=800)
    east = make_place("98001", name="La Ferté-Fictive", lon=2.0, lat=47.5, population=400)
    abroad = make_place(
        "97001", name="Ailleurs-la-Fictive", communes_in_region=0, communes_total=1, lon=3.0, lat=48.0
    )
    for commune, counts in (
        (west_1, (1000, 1200)),
        (west_2, (900, 800)),
        (east, (None, 400)),
        (abroad, (5000, 5000)),
    ):
        for year, population in zip((2020, 2021), counts, strict=True):
            if population is not None:
                PopulationCount.objects.create(commune=commune, year=year, population=population)
    return Territory(
        west_1,
        west_2,
        east,
        abroad,
        make_place("990000001", "epci", [west_1, west_2], name="CC de l’Ouest fictif"),
        make_place(
            "990000002",
            "epci",
            [east, abroad],
            name="CC du Bord fictif",
            communes_in_region=1,
            communes_total=2,
        ),
        make_place("99", "departement", [west_1, west_2], name="Ouest-Fictif"),
        make_place("98", "departement", [east], name="Est-Fictif"),
        make_place("00", "region", [west_1, west_2, east], name="Région fictive"),
    )


def make_organisation(
    siren: str, *communes: Place | None, departement: Place | None = None, **values: object
) -> Party:
    """A party with a SIREN, one site in each commune, and one record of the trial source for each."""
    party = make_party(siren=siren, identity=f"siren:{siren}", **values)
    for commune in communes:
        site = make_site(party, commune, departement=departement)
        make_record(party, site=site)
    return party


def join_scheme(party: Party, source: Source | None = None, scheme: Scheme = Scheme.WORK_INTEGRATION) -> None:
    source = source or make_source()
    SchemeMember.objects.create(party=party, scheme=scheme, source=source)


def fund(party: Party, year: int, cents: int, posts: int = 0, **place: Place) -> Funding:
    return Funding.objects.create(
        record=make_record(party), party=party, year=year, amount_cents=cents, posts=posts, **place
    )
