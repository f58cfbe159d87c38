"""The open data of the register: promises, and what was done of each.

Nothing here changes by itself with the day: what is late is for the reader to compute from ``due_on``.
"""

from typing import Any

import polars as pl
from django.db.models import F, Q, Sum

from terreau.lake.catalogue import TYPES, Column, Content, Dataset

from .models import Commitment, Fulfilment
from .queries.commitments import shown_party, visible_commitments
from .queries.credit import credit_register
from .queries.hidden import hidden_addresses

_ROLES = ("owner", "beneficiary")
_ENGAGEMENT = (
    Column("token", "string", "Identifiant permanent ; la page est /engagements/<token>/"),
    Column("title", "string", "Quoi"),
    Column("details", "string", "Précisions"),
    Column("owner_public_id", "string", "Qui s’engage : identifiant dans le jeu « organisations »"),
    Column("owner", "string", "Qui s’engage : nom ; vide : personne pour le moment"),
    Column("beneficiary_public_id", "string", "Envers qui : identifiant dans le jeu « organisations »"),
    Column("beneficiary", "string", "Envers qui : nom ; vide : envers tout le monde"),
    Column("deliverable", "string", "Ce qui sera livré"),
    Column("unit", "string", "Unité de la mesure"),
    Column("baseline", "number", "Point de départ, dans cette unité"),
    Column("target", "number", "Cible, dans cette unité"),
    Column("actual", "number", "Réalisé, dans cette unité ; vide : rien n’est mesuré, ce n’est pas zéro"),
    Column("starts_on", "date", "Début"),
    Column("due_on", "date", "Échéance"),
    Column(
        "state",
        "string",
        "open (en cours), kept (tenu), renegotiated (renégocié), abandoned (abandonné)",
    ),
    Column("opened_on", "date", "Publié le"),
    Column("ended_on", "date", "Terminé le"),
    Column("successor", "string", "Identifiant de l’engagement qui remplace celui qui est renégocié"),
    Column("result", "string", "Résultat d’un engagement tenu"),
    Column("result_url", "string", "Adresse de la preuve du résultat"),
    Column("reason", "string", "Raison d’une renégociation ou d’un abandon"),
    Column(
        "basis",
        "string",
        "Origine : decision, agreement (convention), mandate, pledge (promesse de campagne), own_initiative",
    ),
    Column("basis_words", "string", "Référence de l’origine"),
    Column("basis_url", "string", "Adresse de l’origine"),
    Column("zoning", "string", "Zonage du territoire"),
    Column("place_code", "string", "Code officiel du territoire"),
    Column("place", "string", "Nom du territoire"),
    Column("items", "string", "Points de programme servis, programme:numéro, séparés par |"),
    Column("licence", "string", "Licence"),
)
_REALISATION = (
    Column("token", "string", "Identifiant permanent"),
    Column("engagement", "string", "Identifiant de l’engagement"),
    Column("on", "date", "Date"),
    Column("words", "string", "Ce qui a été fait"),
    Column("amount", "number", "Quantité, dans l’unité de l’engagement ; vide : dit avec des mots seulement"),
    Column("unit", "string", "Unité"),
    Column("evidence_url", "string", "Adresse de la preuve"),
    Column("withdrawn_on", "date", "Retiré le : ne compte plus depuis"),
    Column("withdrawn_because", "string", "Raison du retrait"),
)


def _published() -> Any:
    return visible_commitments().filter(is_demonstration=False)


def read_engagements() -> Content:
    measured = Q(fulfilments__withdrawn_on__isnull=True)
    promises = (
        _published()
        .select_related("owner", "beneficiary", "place", "successor")
        .annotate(done=Sum("fulfilments__amount", filter=measured))
    )
    items = _items()
    return _content(_ENGAGEMENT, [_row(one, items.get(one.pk, [])) for one in promises])


def _items() -> dict[int, list[str]]:
    """Commitment → the items that it serves."""
    pairs = Commitment.items.through.objects.values_list(
        "commitment_id", "programmeitem__programme__slug", "programmeitem__code"
    )
    found: dict[int, list[str]] = {}
    for commitment, programme, code in pairs:
        found.setdefault(commitment, []).append(f"{programme}:{code}")
    return found


def _row(one: Any, items: list[str]) -> dict[str, Any]:
    owner, beneficiary, place = shown_party(one.owner), shown_party(one.beneficiary), one.place
    own = {column.name: getattr(one, column.name, None) for column in _ENGAGEMENT}
    numbers = {
        "baseline": one.baseline,
        "target": one.target,
        "actual": None if None in (one.baseline, one.done) else one.baseline + one.done,
    }
    return own | {
        "owner_public_id": owner and owner.public_id,
        "owner": owner.name if owner else one.owner_name,
        "beneficiary_public_id": beneficiary and beneficiary.public_id,
        "beneficiary": beneficiary.name if beneficiary else one.beneficiary_name,
        "successor": one.successor and one.successor.token,
        "zoning": place and place.zoning_id,
        "place_code": place and place.code,
        "place": place and place.name,
        "items": "|".join(sorted(items)),
        **{name: None if value is None else float(value) for name, value in numbers.items()},
    }


def read_realisations() -> Content:
    steps = Fulfilment.objects.filter(commitment__in=_published()).order_by()
    names = [column.name for column in _REALISATION]
    given = steps.annotate(engagement=F("commitment__token"), unit=F("commitment__unit")).values(*names)
    rows = [
        row | {"amount": row["amount"] if row["amount"] is None else float(row["amount"])} for row in given
    ]
    return _content(
        _REALISATION, [row | {"unit": row["unit"] if row["amount"] is not None else ""} for row in rows]
    )


def _content(columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> Content:
    schema = {column.name: TYPES[column.type] for column in columns}
    texts = {name: pl.col(name).replace("", None) for name, type_ in schema.items() if type_ == pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(**texts).sort("token")
    return Content(frame, *credit_register())


def without_hidden(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows published before, without the names of parties that are masked now. The promise itself stays."""
    hidden = list(hidden_addresses())
    return frame.with_columns(
        pl.when(pl.col(f"{role}_public_id").is_in(hidden).fill_null(False))
        .then(None)
        .otherwise(name)
        .alias(name)
        for role in _ROLES
        for name in (f"{role}_public_id", role)
    )


DATASETS = (
    Dataset(
        "engagements",
        "Engagements",
        "Une ligne par engagement public : qui, envers qui, quoi, pour quand, et où il en est.",
        ("token",),
        _ENGAGEMENT,
        read_engagements,
        hide=without_hidden,
    ),
    Dataset(
        "realisations",
        "Réalisations",
        "Une ligne par étape notée d’un engagement, celles qui ont été retirées comprises.",
        ("token",),
        _REALISATION,
        read_realisations,
    ),
)
