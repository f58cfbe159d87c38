"""The open data of deliberation: processes, texts, contributions, statements, proposals and their replies.

Nobody is named: the credit that a person asks for is on the pages, where she can take it back. A count of votes or
supports is empty, not zero, as long as nobody may know it; so a file published before a closing holds none. What is
late is for the reader to compute from ``reply_by``.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from terreau.commitments.queries.commitments import shown_party, visible_commitments
from terreau.commitments.queries.credit import credit_own
from terreau.commitments.queries.hidden import hidden_addresses
from terreau.lake.catalogue import TYPES, Column, Content, Dataset

from .enums import Moderation
from .models import Contribution, Paragraph, Process, Proposal, Reply, ShowOfHands, Statement
from .queries.file_gate import gate
from .queries.processes import visible_processes
from .queries.proposals import visible_proposals, with_current_words

_PROCESS = Column("process", "string", "Code de la démarche, dans le jeu « demarches »")
_CHANNEL = Column(
    "channel", "string", "Voie : web, workshop (atelier), paper, phone, mail, imported (repris d’un outil)"
)
_DEMARCHES = (
    Column("slug", "string", "Code de la démarche ; la page est /demarches/<slug>/"),
    Column("title", "string", "Titre"),
    Column("preset", "string", "Sorte : consultation, conference, policy (politique écrite ensemble)"),
    Column("subject", "string", "La question posée"),
    Column("open_matters", "string", "Ce qui est ouvert"),
    Column("closed_matters", "string", "Ce qui ne l’est pas"),
    Column("decider_public_id", "string", "Qui décide : identifiant dans le jeu « organisations »"),
    Column("decider", "string", "Qui décide en droit : nom"),
    Column("legal_basis", "string", "En vertu de quoi"),
    Column("method", "string", "La méthode"),
    Column("reply_by", "date", "Réponse au plus tard le"),
    Column("zoning", "string", "Zonage du territoire"),
    Column("place_code", "string", "Code officiel du territoire"),
    Column("place", "string", "Nom du territoire"),
    Column("colleges", "string", "Collèges, séparés par |"),
    Column("eligibility", "string", "Qui peut prendre part : anyone, members (un compte), invited"),
    Column("hides_results", "boolean", "Résultats cachés jusqu’à la clôture"),
    Column("state", "string", "open, stopped (arrêtée avec une raison)"),
    Column("stopped_because", "string", "Raison de l’arrêt"),
    Column("opened_on", "date", "Publiée le"),
    Column("closes_on", "date", "Fin de la dernière étape où l’on prend part"),
    Column("deliberation_number", "string", "Numéro de la délibération ; vide : le résultat est consultatif"),
    Column("deliberation_on", "date", "Date de la délibération"),
    Column("deliberation_url", "string", "Adresse de la délibération"),
    Column("licence", "string", "Licence"),
)
_TEXTES = (
    Column("text", "string", "Identifiant permanent du texte"),
    Column("version", "integer", "Version"),
    Column("rank", "integer", "Rang du paragraphe dans cette version"),
    _PROCESS,
    Column("title", "string", "Titre du texte"),
    Column("published_on", "date", "Version publiée le"),
    Column("key", "string", "Identifiant du paragraphe, le même dans toutes les versions"),
    Column("kind", "string", "heading (titre), paragraph, item (élément de liste)"),
    Column("words", "string", "Texte du paragraphe"),
    Column("adopted_on", "date", "Texte adopté le ; vide : pas adopté"),
)
_CONTRIBUTIONS = (
    Column("token", "string", "Identifiant permanent"),
    _PROCESS,
    Column("text", "string", "Identifiant du texte, dans le jeu « textes »"),
    Column("version", "integer", "Version que l’auteur lisait"),
    Column("paragraph_key", "string", "Identifiant du paragraphe ; vide : le texte entier, ou son début"),
    Column("kind", "string", "replace (remplacer), add (ajouter), delete (supprimer), comment (commenter)"),
    Column("words", "string", "Mots proposés"),
    Column("why", "string", "Pourquoi"),
    Column("answers", "string", "Contribution à laquelle celle-ci répond"),
    Column("college", "string", "Collège de l’auteur, s’il l’a dit"),
    _CHANNEL,
    Column("on", "date", "Date"),
    Column("outcome", "string", "kept (gardée), partly (en partie), not_kept ; vide : pas encore de réponse"),
    Column("outcome_reason", "string", "Parce que"),
    Column("outcome_on", "date", "Répondu le"),
    Column("kept_in", "integer", "Version qui la porte"),
    Column("withdrawn_on", "date", "Retirée par son auteur le : ne compte plus depuis"),
)
_AFFIRMATIONS = (
    Column("token", "string", "Identifiant permanent"),
    _PROCESS,
    Column("number", "integer", "Numéro dans la démarche"),
    Column("words", "string", "Affirmation"),
    Column("is_seed", "boolean", "Écrite avant l’ouverture par les animateurs"),
    Column("same_as", "string", "Affirmation qui dit la même chose"),
    _CHANNEL,
    Column("on", "date", "Date"),
    Column("agree", "integer", "D’accord ; vide : caché jusqu’à la clôture, ce n’est pas zéro"),
    Column("disagree", "integer", "Pas d’accord ; vide : caché"),
    Column("passed", "integer", "Je passe ; vide : caché"),
)
_PROPOSITIONS = (
    Column("token", "string", "Identifiant permanent"),
    _PROCESS,
    Column("number", "integer", "Numéro dans la démarche"),
    Column("title", "string", "Titre de la dernière version ; vide si ses mots ne sont pas publiés"),
    Column("words", "string", "Ce qui est proposé"),
    Column("version", "integer", "Version"),
    Column("statements", "string", "Affirmations dont elle est tirée, séparées par |"),
    Column("supports", "integer", "Soutiens de cette version ; vide : caché jusqu’à la clôture"),
    Column("state", "string", "proposed, adopted, not_adopted, withdrawn (retirée)"),
    Column("judged_on", "date", "Adoptée ou non le"),
    Column("meeting", "string", "À quelle réunion"),
    Column(
        "in_favour",
        "integer",
        "Mains levées pour, tous collèges ; vide : pas compté, ou caché jusqu’à la clôture",
    ),
    Column("against", "integer", "Mains levées contre"),
    Column("abstained", "integer", "Abstentions"),
    Column("withdrawn_because", "string", "Raison du retrait"),
    Column("reply_by", "date", "Réponse due au plus tard le ; vide : aucune n’est due"),
    Column("replied_on", "date", "Première réponse le ; vide : pas encore"),
    Column("days_late", "integer", "Retard de la première réponse, en jours ; vide : pas encore de réponse"),
    Column("answer", "string", "Réponse en vigueur : yes, partly, no"),
    Column("reasons", "string", "Raisons"),
    Column("in_the_name_of", "string", "Au nom de qui"),
    Column(
        "commitments", "string", "Engagements nés de la réponse, dans le jeu « engagements », séparés par |"
    ),
    Column("no_commitment_because", "string", "Pourquoi aucun engagement"),
)


def _published() -> "QuerySet[Process]":
    return visible_processes().filter(is_demonstration=False)


def _day(at: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(at) if at else None


def _content(columns: tuple[Column, ...], key: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Content:
    schema = {column.name: TYPES[column.type] for column in columns}
    texts = {name: pl.col(name).replace("", None) for name, type_ in schema.items() if type_ == pl.String}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row").with_columns(**texts).sort(key)
    return Content(frame, *credit_own("Démarches", _published()))


def _own(columns: tuple[Column, ...], row: Any, **others: Any) -> dict[str, Any]:
    """The columns that have the name of a field, and those given."""
    return {column.name: getattr(row, column.name, None) for column in columns} | others


def read_demarches() -> Content:
    rows = _published().select_related("decider", "place").prefetch_related("steps")
    return _content(_DEMARCHES, ("slug",), map(_demarche, rows))


def _demarche(one: Process) -> dict[str, Any]:
    decider, place = shown_party(one.decider), one.place
    return _own(
        _DEMARCHES,
        one,
        decider_public_id=decider and decider.public_id,
        decider=decider.name if decider else one.decider_name,
        zoning=place and place.zoning_id,
        place_code=place and place.code,
        place=place and place.name,
        colleges="|".join(one.colleges),
        opened_on=_day(one.opened_at),
        closes_on=_day(one.closes_at),
    )


def read_textes() -> Content:
    rows = Paragraph.objects.filter(version__text__process__in=_published())
    found = rows.select_related("version__text__process").order_by()
    return _content(
        _TEXTES,
        ("text", "version", "rank"),
        (
            _own(
                _TEXTES,
                one,
                text=one.version.text.token,
                version=one.version.number,
                process=one.version.text.process.slug,
                title=one.version.text.title,
                published_on=_day(one.version.published_at),
                adopted_on=one.version.text.adopted_on,
            )
            for one in found
        ),
    )


def _contributions() -> "QuerySet[Contribution]":
    return Contribution.objects.filter(text__process__in=_published(), moderation=Moderation.PUBLISHED)


def read_contributions() -> Content:
    found = _contributions().select_related("text__process", "version", "answers", "kept_in")
    shown = set(_contributions().values_list("pk", flat=True))
    return _content(
        _CONTRIBUTIONS,
        ("token",),
        (
            _own(
                _CONTRIBUTIONS,
                one,
                process=one.text.process.slug,
                text=one.text.token,
                version=one.version.number,
                answers=one.answers.token if one.answers and one.answers.pk in shown else None,
                on=_day(one.at),
                outcome_on=_day(one.outcome_at),
                kept_in=one.kept_in and one.kept_in.number,
                withdrawn_on=_day(one.withdrawn_at),
            )
            for one in found.order_by()
        ),
    )


def _statements() -> "QuerySet[Statement]":
    shown = Statement.objects.filter(process__in=_published(), moderation=Moderation.PUBLISHED)
    return shown.filter(is_erased=False)


def _showing_results() -> set[int]:
    """Of the processes whose counts may be said now, to anybody at all."""
    now = timezone.now()
    return {one.pk for one in _published().prefetch_related("steps") if one.shows_results_at(now)}


def read_affirmations() -> Content:
    values = {"agree": 1, "disagree": -1, "passed": 0}
    counts = {name: Count("votes", filter=Q(votes__value=value)) for name, value in values.items()}
    showing = _showing_results()
    counted: dict[int, dict[str, Any]] = {
        row["pk"]: dict(row)
        for row in _statements().filter(process__in=showing).order_by().values("pk").annotate(**counts)
    }
    return _content(
        _AFFIRMATIONS,
        ("token",),
        (
            _own(
                _AFFIRMATIONS,
                one,
                process=one.process.slug,
                same_as=one.same_as.token if one.same_as and one.same_as.is_published else None,
                on=_day(one.at),
                **{name: counted.get(one.pk, {}).get(name) for name in values},
            )
            for one in _statements().select_related("process", "same_as").order_by()
        ),
    )


def read_propositions() -> Content:
    found = with_current_words(visible_proposals().filter(process__in=_published()))
    rows = list(
        found.select_related("process").prefetch_related("statements", "replies__commitments", "counts")
    )
    showing, open_data = _showing_results(), set(visible_commitments().values_list("pk", flat=True))
    return _content(_PROPOSITIONS, ("token",), (_proposition(one, showing, open_data) for one in rows))


def _proposition(one: Any, showing: set[int], commitments: set[int]) -> dict[str, Any]:
    is_said = one.moderation == Moderation.PUBLISHED
    replies: list[Reply] = list(one.replies.all())
    current = next((reply for reply in replies if reply.is_current), None)
    first = min((timezone.localdate(reply.at) for reply in replies), default=None)
    due = one.process.reply_by if one.state == "adopted" else None
    is_showing = one.process_id in showing
    hands: list[ShowOfHands] = list(one.counts.all()) if is_showing else []
    return _own(
        _PROPOSITIONS,
        one,
        process=one.process.slug,
        title=one.current_title if is_said else None,
        words=one.current_words if is_said else None,
        version=one.current_number,
        statements="|".join(sorted(row.token for row in one.statements.all() if row.is_published)),
        supports=(one.support_count or 0) if is_showing else None,
        in_favour=sum(row.in_favour for row in hands) if hands else None,
        against=sum(row.against for row in hands) if hands else None,
        abstained=sum(row.abstained for row in hands) if hands else None,
        reply_by=due,
        replied_on=first,
        days_late=max(0, (first - due).days) if first and due else None,
        **_reply(current, commitments),
    )


def _reply(current: Reply | None, commitments: set[int]) -> dict[str, Any]:
    if current is None:
        return dict.fromkeys(("answer", "reasons", "in_the_name_of", "commitments", "no_commitment_because"))
    kept = sorted(row.token for row in current.commitments.all() if row.pk in commitments)
    return {
        "answer": current.answer,
        "reasons": current.reasons,
        "in_the_name_of": current.in_the_name_of,
        "commitments": "|".join(kept),
        "no_commitment_because": current.no_commitment_because,
    }


def without_masked_decider(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows published before, without the names of parties that are masked now. The process itself stays."""
    hidden = pl.col("decider_public_id").is_in(list(hidden_addresses())).fill_null(False)
    return frame.with_columns(
        pl.when(hidden).then(None).otherwise(name).alias(name) for name in ("decider_public_id", "decider")
    )


def _only(shown: "Callable[[], QuerySet[Any]]", *names: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Rows published before, without what review took away since: whole rows, or the columns ``names`` of them."""

    def hide(frame: pl.DataFrame) -> pl.DataFrame:
        stays = pl.col("token").is_in(list(shown().values_list("token", flat=True)))
        if not names:
            return frame.filter(stays)
        return frame.with_columns(pl.when(stays).then(pl.col(name)).otherwise(None) for name in names)

    return hide


def _said_proposals() -> "QuerySet[Proposal]":
    return visible_proposals().filter(moderation=Moderation.PUBLISHED)


GATE = gate

DATASETS = (
    Dataset(
        "demarches",
        "Démarches",
        "Une ligne par démarche publique : son mandat, qui décide, par quelle méthode, et pour quand la réponse.",
        ("slug",),
        _DEMARCHES,
        read_demarches,
        hide=without_masked_decider,
    ),
    Dataset(
        "textes",
        "Textes écrits ensemble",
        "Une ligne par paragraphe de chaque version.",
        ("text", "version", "rank"),
        _TEXTES,
        read_textes,
    ),
    Dataset(
        "contributions",
        "Contributions aux textes",
        "Une ligne par contribution publiée, avec la suite donnée et sa raison. Personne n’y est nommé.",
        ("token",),
        _CONTRIBUTIONS,
        read_contributions,
        hide=_only(_contributions),
    ),
    Dataset(
        "affirmations",
        "Affirmations",
        "Une ligne par affirmation publiée. Les comptes d’avis sont vides tant qu’ils sont cachés.",
        ("token",),
        _AFFIRMATIONS,
        read_affirmations,
        hide=_only(_statements),
    ),
    Dataset(
        "propositions",
        "Propositions et réponses",
        "Une ligne par proposition : ce qu’une réunion en a dit, la réponse due, la réponse donnée et ses raisons.",
        ("token",),
        _PROPOSITIONS,
        read_propositions,
        hide=_only(_said_proposals, "title", "words"),
    ),
)
