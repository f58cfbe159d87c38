"""A small fictional region where every page has something to show: three parties, four communes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from terreau.commitments.actions import open_commitment, record_fulfilment
from terreau.commitments.models import Commitment
from terreau.commons.actions import write_journal
from terreau.commons.enums import Diffusion, Nature, PartyKind, Perimeter, PerimeterBasis
from terreau.commons.models import Party, Place, PopulationCount, PostCode, Source, Workshop
from terreau.commons.search.fold import party_search_text
from terreau.observe.models import (
    Candidate,
    Claim,
    Confirmation,
    Contradiction,
    FundedContent,
    Funding,
    Harvest,
    IndicatorValue,
    Merge,
    Practice,
    Reject,
    Scheme,
    SchemeMember,
)

from . import make_party, make_place, make_record, make_site, make_source, make_user
from .commitments import make_draft, make_item, make_keeper
from .deliberation import make_deliberation
from .pictures import make_file, make_picture
from .pledges import make_votes

FIRST_PARTY = "local:monde:1"
A_COMMITMENT, A_DRAFT = "promesse22", "brouil2222"
A_WORKSHOP = "salle2"
A_KEY = 1_000_001  # far from those that PostgreSQL gives: of a merge, a practice, a contradiction, a claim


@dataclass(frozen=True)
class World:
    region: Place
    communes: tuple[Place, ...]
    parties: tuple[Party, ...]
    source: Source


def make_world() -> World:
    source = make_source(
        "monde",
        title="Liste fictive des acteurs",
        url="https://exemple.invalid/liste.csv",
        vintage=date(2024, 3, 1),
        covers="Trois acteurs inventés pour les essais.",
    )
    communes = _make_communes()
    region = _make_zones(communes)
    parties = tuple(_make_party(number, communes, source) for number in (1, 2, 3))
    make_party("Association masquée", identity="local:monde:masquee", diffusion=Diffusion.MASKED)
    _make_facts(parties, communes, source)
    Workshop.objects.create(
        code=A_WORKSHOP, name="Soirée fictive", starts_at=timezone.now(), hours=2, expected=25
    )
    make_item("1", title="Proposition fictive", modal="must", part="Une partie fictive")
    return World(region, communes, parties, source)


def _make_communes() -> tuple[Place, ...]:
    communes = tuple(
        make_place(
            f"9900{number}",
            name=f"Fictive-sur-Loire {number}",
            population=1000 * number,
            population_in_region=1000 * number,
            lon=1.5 + number / 10,
            lat=47.2 + number / 10,
        )
        for number in (1, 2, 3, 4)
    )
    for number, commune in enumerate(communes, 1):
        PostCode.objects.create(code=f"9900{number}", commune=commune)
        for year in (2020, 2021):
            PopulationCount.objects.create(commune=commune, year=year, population=1000 * number + year - 2020)
    return communes


def _make_zones(communes: tuple[Place, ...]) -> Place:
    west, east = list(communes[:2]), list(communes[2:])
    make_place("99", "departement", west, name="Fictif-Ouest", population=3000, population_in_region=3000)
    make_place("98", "departement", east, name="Fictif-Est", population=7000, population_in_region=7000)
    make_place("990000001", "epci", west, name="Communauté fictive de l’Ouest", population=3000)
    make_place("B9901", "bassin_de_vie", west, name="Bassin fictif", version="2022", population=3000)
    make_place("9901", "zone_emploi", list(communes), name="Zone fictive", version="2020", population=10000)
    partly = {"communes_in_region": 2, "communes_total": 5, "population_in_region": 7000}
    make_place("990000002", "epci", east, name="Communauté fictive à cheval", population=9000, **partly)
    return make_place(
        "24", "region", list(communes), name="Région fictive", population=10000, population_in_region=10000
    )


def _make_party(number: int, communes: tuple[Place, ...], source: Source) -> Party:
    natures = (Nature.ASSOCIATION, Nature.COOPERATIVE, Nature.PUBLIC)
    perimeters = (Perimeter.IN, Perimeter.IN, Perimeter.OUT)
    bases = (PerimeterBasis.LEGAL_STATUS, PerimeterBasis.ESS_LIST, PerimeterBasis.PUBLIC_BODY)
    name = f"Épicerie fictive n° {number}"
    party = make_party(
        name,
        identity=f"local:monde:{number}",
        kind=PartyKind.PUBLIC_BODY if number == 3 else PartyKind.ORGANISATION,
        nature=natures[number - 1],
        perimeter=perimeters[number - 1],
        perimeter_basis=bases[number - 1],
        naf="88.99B",
        website="https://exemple.invalid/",
        description="Un lieu inventé pour les essais.",
        search_text=party_search_text(name),
    )
    commune = communes[number - 1]
    site = make_site(
        party, commune, identity=f"local:monde:site{number}", address=f"{number} rue Inventée",
        post_code=f"9900{number}", lon=commune.lon, lat=commune.lat,
    )  # fmt: skip
    values = {"name": name, "address": site.address, "website": party.website}
    make_record(party, source, site=site, key=str(number), values=values, observed_on=date(2024, 3, 1))
    return party


def _make_facts(parties: tuple[Party, ...], communes: tuple[Place, ...], source: Source) -> None:
    SchemeMember.objects.create(party=parties[0], scheme=Scheme.WORK_INTEGRATION, detail="ACI", source=source)
    record = make_record(parties[0], source, key="aide", values={"amount": 716400})
    Funding.objects.create(
        record=record, party=parties[0], year=2023, amount_cents=716400, posts=1, purpose="Poste fictif",
        commune=communes[0],
    )  # fmt: skip
    harvest = Harvest.objects.create(
        source=source,
        status=Harvest.Status.DONE,
        rows_read=5,
        rows_rejected=1,
        added=4,
        unmapped_columns=["téléphone"],
    )
    Reject.objects.create(harvest=harvest, line=4, field="siren", value="123", reason="siren-invalid")
    FundedContent.objects.create(
        token="etudefict2", title="Étude fictive", kind="study", funder="Région fictive",
        producer="Bureau fictif", due_on=date(2024, 1, 31), amount_cents=1250000,
    )  # fmt: skip
    Candidate.objects.create(
        first=parties[0].identity, second=parties[1].identity, probability=0.8,
        explanation=[{"comparison": "place", "level": "same département", "weight": 1.2}],
    )  # fmt: skip
    Merge.objects.create(
        pk=A_KEY, kept_identity=parties[0].identity, gone_identity="local:monde:jointe",
        gone_public_id="jointefict",
        basis=Merge.Basis.REVIEW, reason="Même adresse",
    )  # fmt: skip
    write_journal(verb="harvest", subject="source:monde", by=None, added=4)
    _make_practices(parties)
    _make_commitments(parties, communes)
    make_votes()
    make_deliberation()
    make_picture(parties[0], token="imagefict2", taken_on=date(2024, 6, 1))
    make_picture(parties[1], make_file(300, 400), token="imagefict3", people=2, licence="not-for-publication")
    for place in Place.objects.all():
        IndicatorValue.objects.create(indicator="organisations", place=place, period="2024", value=1)


def _make_commitments(parties: tuple[Party, ...], communes: tuple[Place, ...]) -> None:
    """One that is measured, with a step, and a draft that waits for who keeps the register."""
    keeper, member, item = make_keeper(), make_user(), make_item("9")
    promise = make_draft(
        keeper, title="Loger à plusieurs", owner=parties[0], owner_name="", beneficiary=parties[2],
        unit="logements", baseline=Decimal(10), target=Decimal(40), place=communes[0], items=[item],
    )  # fmt: skip
    Commitment.objects.filter(pk=promise.pk).update(token=A_COMMITMENT)
    promise.refresh_from_db()
    open_commitment(draft=promise, by=keeper)
    record_fulfilment(
        commitment=promise, on=date(2025, 6, 1), words="Quatre logements", amount=Decimal(4), by=keeper
    )
    draft = make_draft(member, title="Prêter une salle", owner_name="Le groupe")
    Commitment.objects.filter(pk=draft.pk).update(token=A_DRAFT)


def _make_practices(parties: tuple[Party, ...]) -> None:
    """One confirmed, one contested, and a letter to send."""
    about = {"party": parties[0], "identity": parties[0].identity}
    confirmed = Practice.objects.create(
        **about, pk=A_KEY, theme="governance", text="Chaque personne a une voix.",
        evidence="https://exemple.invalid/statuts",
    )  # fmt: skip
    Confirmation.objects.create(practice=confirmed, peer=parties[1], words="Nous avons vu l’assemblée.")
    contested = Practice.objects.create(
        **about, pk=A_KEY + 1, theme="work", text="Chacun est formé deux jours par an."
    )
    Contradiction.objects.create(
        pk=A_KEY, practice=contested, reason="Personne ne l’a été.", evidence="Bilan fictif"
    )
    Claim.objects.create(
        **about, pk=A_KEY, user=make_user(), method=Claim.Method.PAPER, address="1 rue Inventée\n99001 Fictive",
        expires_at=timezone.now() + timedelta(days=60),
    )  # fmt: skip
