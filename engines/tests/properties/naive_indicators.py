"""The same definitions written as slowly and plainly as possible: dictionaries, sets and loops."""

from fractions import Fraction

Row = tuple[str, str | None]
Membership = dict[tuple[str, str], bool]  # (place, zone) → covered


def zones_of(membership: Membership) -> set[str]:
    return {zone for _, zone in membership}


def contains(membership: Membership, zone: str) -> set[str]:
    """Covered communes of a zone: its covered places that contain no other place."""
    larger = {zone for place, zone in membership if place != zone}
    return {p for (p, z), covered in membership.items() if z == zone and covered and p not in larger}


def held(place: str | None, zone: str, membership: Membership) -> str:
    """ "yes", "maybe" or "no": is something at ``place`` in ``zone``?"""
    known = {p for p, _ in membership}
    if place is None or place not in known:
        return "maybe"
    if membership.get((place, zone), False):
        return "yes"
    inside = {p for (p, z), covered in membership.items() if z == place and covered and p != place}
    if any(membership.get((p, zone), False) for p in inside):
        return "maybe"
    return "no"


def count_units(
    units: list[Row], membership: Membership, exhaustive: bool
) -> dict[str, tuple[int | None, int]]:
    """zone → (value, unplaced)"""
    table: dict[str, tuple[int | None, int]] = {}
    for zone in zones_of(membership):
        answers: dict[str, set[str]] = {}
        for unit, place in units:
            answers.setdefault(unit, set()).add(held(place, zone, membership))
        found = sum("yes" in answer for answer in answers.values())
        unplaced = sum("yes" not in answer and "maybe" in answer for answer in answers.values())
        table[zone] = (shown(found, found > 0, unplaced, zone, membership, exhaustive), unplaced)
    return table


def sum_amounts(
    amounts: list[tuple[str | None, int]], membership: Membership, exhaustive: bool
) -> dict[str, tuple[int | None, int, int]]:
    """zone → (value, rows, unplaced)"""
    table: dict[str, tuple[int | None, int, int]] = {}
    for zone in zones_of(membership):
        answers = [(held(place, zone, membership), amount) for place, amount in amounts]
        inside = [amount for answer, amount in answers if answer == "yes"]
        unplaced = sum(answer == "maybe" for answer, _ in answers)
        value = shown(sum(inside), bool(inside), unplaced, zone, membership, exhaustive)
        table[zone] = (value, len(inside), unplaced)
    return table


def shown(
    value: int, found: bool, unplaced: int, zone: str, membership: Membership, exhaustive: bool
) -> int | None:
    if found:
        return value
    if exhaustive and unplaced == 0 and contains(membership, zone):
        return 0
    return None


def population_by_zone(
    counts: dict[tuple[str, int], int], membership: Membership
) -> dict[tuple[str, int], int | None]:
    table: dict[tuple[str, int], int | None] = {}
    for zone in zones_of(membership):
        communes = contains(membership, zone)
        for year in {year for _, year in counts} if communes else ():
            cells = [counts.get((commune, year)) for commune in communes]
            table[zone, year] = None if None in cells else sum(cell or 0 for cell in cells)
    return table


def rate(value: int | None, whole: int | None, per: int) -> Fraction | None:
    if value is None or not whole:
        return None
    return Fraction(value * per, whole)
