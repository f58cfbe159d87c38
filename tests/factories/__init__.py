"""Small builders for tests: each makes the least that is valid, with names that are clearly fictional."""

from itertools import count
from typing import Any

from terreau.commons.models import Membership, Party, Place, Site, Source, User, Zoning, public_id
from terreau.observe.models import SourceRecord

_numbers = count(1)


def make_source(code: str = "essai", **values: Any) -> Source:
    values = {"title": "Source d’essai", "publisher": "Éditeur fictif", "licence": "etalab-2.0", **values}
    return Source.objects.get_or_create(code=code, defaults=values)[0]


def make_zoning(kind: str = "commune", version: str = "2026", **values: Any) -> Zoning:
    levels = {"commune": 1, "epci": 2, "bassin_de_vie": 3, "zone_emploi": 4, "departement": 5, "region": 6}
    code = kind if kind in {"commune", "departement", "region"} else f"{kind}_{version}"
    values = {
        "kind": kind,
        "version": version,
        "title": kind,
        "title_plural": f"{kind}s",
        "level": levels[kind],
        **values,
    }
    return Zoning.objects.get_or_create(code=code, defaults={**values, "source": make_source()})[0]


def make_place(
    code: str = "99001",
    kind: str = "commune",
    communes: list[Place] = (),
    version: str = "2026",
    **values: Any,
) -> Place:
    values = {"name": f"Fictive-sur-Loire {code}", "communes_in_region": max(1, len(communes)), **values}
    values.setdefault("communes_total", values["communes_in_region"])
    values.setdefault("search_text", values["name"].lower())
    place = Place.objects.create(zoning=make_zoning(kind, version), code=code, **values)
    Membership.objects.bulk_create(Membership(commune=commune, place=place) for commune in communes)
    return place


def make_party(name: str = "", **values: Any) -> Party:
    number = next(_numbers)
    identity = values.pop("identity", f"local:essai:{number}")
    return Party.objects.create(
        identity=identity,
        public_id=public_id(identity),
        name=name or f"Association fictive {number}",
        **values,
    )


def make_site(party: Party, commune: Place | None = None, **values: Any) -> Site:
    identity = values.pop("identity", f"local:essai:{next(_numbers)}")
    return Site.objects.create(identity=identity, party=party, commune=commune, **values)


def make_record(party: Party, source: Source | None = None, **values: Any) -> SourceRecord:
    number = next(_numbers)
    values = {"key": str(number), "line": number, "values": {"name": party.name}, "digest": "0", **values}
    return SourceRecord.objects.create(party=party, source=source or make_source(), **values)


def make_user(email: str = "", *roles: str) -> User:
    user = User.objects.create_user(email or f"personne{next(_numbers)}@exemple.invalid")
    for role in roles:
        user.role_grants.create(role=role)
    return user
