"""Organisations as plain rows, for programs that read them all, page after page.

In SQL: Django takes longer to compose this one query than the database to answer it, and programs ask it most.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party

COLUMNS = (
    "public_id",
    "name",
    "siren",
    "rna",
    "nature",
    "naf",
    "perimeter",
    "is_active",
    "commune_code",
    "commune",
    "lon",
    "lat",
)

# The site is the first active one; of a party of partial diffusion its commune is said, not its position.
_PAGE = """
SELECT party.public_id, party.name, party.siren, party.rna, party.nature, party.naf, party.perimeter,
    party.is_active, commune.code, commune.name,
    CASE WHEN party.diffusion = %s THEN NULL ELSE site.lon END,
    CASE WHEN party.diffusion = %s THEN NULL ELSE site.lat END
FROM commons_party AS party
LEFT JOIN commons_site AS site
    ON site.id = (SELECT MIN(id) FROM commons_site WHERE party_id = party.id AND is_active)
LEFT JOIN commons_place AS commune ON commune.id = site.commune_id
WHERE party.diffusion <> %s AND party.public_id > %s{among}{unchanged}
ORDER BY party.public_id
LIMIT %s
"""


def list_organisations(
    *, among: QuerySet[Party] | None, after: str, limit: int, unchanged_since: int | None = None
) -> list[dict[str, Any]]:
    """At most ``limit`` visible organisations whose identifier follows ``after``, in its order.

    ``among``: only these parties; None for all. ``unchanged_since``: only those that no later revision changed.
    Each row has the keys COLUMNS.
    """
    condition, unchanged = "", ""
    chosen: tuple[Any, ...] = ()
    if among is not None:
        subquery, chosen = among.order_by().values("pk").query.sql_with_params()
        condition = f" AND party.id IN ({subquery})"
    if unchanged_since is not None:
        unchanged = " AND (party.revision_id IS NULL OR party.revision_id <= %s)"
        chosen = (*chosen, unchanged_since)
    private, masked = Diffusion.PARTIAL.value, Diffusion.MASKED.value
    parameters: Sequence[Any] = (private, private, masked, after, *chosen, limit)
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(among=condition, unchanged=unchanged), parameters)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
