"""Harvesting a source: read, sort, link, write; all or nothing."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions.journal import write_journal
from terreau.commons.licences import IncompatibleLicences
from terreau.commons.models import Party, Source, User
from terreau.commons.queries.licences import require_compatible_licences
from terreau.lake.bulk import insert_rows
from terreau.lake.turn import take_turn
from terreau.observe.actions.changing import change_parties
from terreau.observe.models import Harvest, Reject, SourceRecord
from terreau.observe.sources.declaration import Declaration, declaration_of, declarations, location
from terreau.observe.sources.errors import SourceError
from terreau.observe.sources.linking import records_of, with_identities
from terreau.observe.sources.mapping import Mapped, map_rows, ragged_rejects
from terreau.observe.sources.readers import Selection, read
from terreau.observe.sources.territory import load_territory

from .lock import lock_database, only_harvest
from .meeting import meet
from .report import hide_values_of_masked, write_report
from .stake import stake_of
from .writing import Written, write_records

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the French name of the stage, stages done, stages in all."""

STAGES = ("lecture", "tri", "écriture", "terminé")


@dataclass
class Harvests:
    """What ``harvest_all`` did. ``str()`` is one line for a person."""

    done: list[Harvest] = field(default_factory=list)

    def __str__(self) -> str:
        total = {
            name: sum(getattr(one, name) for one in self.done)
            for name in ("rows_read", "added", "changed", "removed", "unchanged")
        }
        if not (total["added"] or total["changed"] or total["removed"]):
            return _("%(sources)d sources lues, rien n’a changé") % {"sources": len(self.done)}
        return _(
            "%(sources)d sources, %(rows_read)d lignes lues ; "
            "fiches ajoutées : %(added)d, modifiées : %(changed)d, retirées : %(removed)d"
        ) % {"sources": len(self.done), **total}


def harvest_all(
    *,
    by: User | None,
    codes: Iterable[str] = (),
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Harvests:
    """Harvest the sources whose files are here: ``codes``, or every shipped one.

    ``folder``: a region's own sources, TOML files beside the files they name, harvested after the shipped ones.
    ``progress(sources done, sources in all)``. A source that fails leaves its previous data and does not stop
    the others; then SourceError is raised at the end with every message.
    """
    known = declarations()
    chosen = [declaration_of(code) for code in codes] or [one for one in known.values() if one.shipped]
    tasks = [(declaration, location(declaration)) for declaration in chosen]
    if folder is not None:
        own = declarations(folder)
        tasks = [task for task in tasks if task[0].code not in own]
        tasks += [(declaration, _beside(folder, declaration.path)) for declaration in own.values()]
    harvests, failures = Harvests(), []
    for done, (declaration, place) in enumerate(tasks, start=1):
        try:
            harvests.done.append(harvest(source=declaration, path=place, by=by))
        except SourceError as error:
            failures.append(f"{declaration.code} : {error}")
        if progress:
            progress(done, len(tasks))
    if failures:
        raise SourceError("\n".join(failures))
    return harvests


def _beside(folder: Path, path: str) -> str:
    return path if path.startswith(("http://", "https://")) else str(folder / path)


def harvest(
    *,
    source: Declaration | str,
    path: str | Path | None = None,
    by: User | None = None,
    progress: Progress | None = None,
) -> Harvest:
    """Read ``source`` (a declaration, or the code of a declared one) at ``path``, its usual place by default.

    All or nothing: a failure leaves the previous data, and a Harvest row with its message; then it is raised,
    as SourceError when the file or its declaration is the cause. A second run on the same file writes nothing.
    A source never read before whose licence cannot stand with the others' leaves no row at all.
    """
    declaration = declaration_of(source) if isinstance(source, str) else source
    place = str(path) if path is not None else location(declaration)
    tell = _teller(progress)
    with only_harvest():
        _close_interrupted()
        run = Harvest.objects.create(source=_source_of(declaration))
        try:
            _harvest(run, declaration, place, by, tell)
        except Exception as error:
            Harvest.objects.filter(pk=run.pk).update(
                status=Harvest.Status.FAILED, ended_at=timezone.now(), message=_message_of(error)
            )
            raise
    return run


def _teller(progress: Progress | None) -> Callable[[int], None]:
    def tell(stage: int) -> None:
        if progress:
            progress(STAGES[stage], stage, len(STAGES) - 1)

    return tell


def _message_of(error: Exception) -> str:
    if isinstance(error, SourceError):
        return str(error)
    log.exception("harvest failed")
    return _("Erreur inattendue (%s). Les données précédentes sont en place.") % type(error).__name__


def _close_interrupted() -> None:
    """The lock is ours: a run that still says *running* was cut short."""
    Harvest.objects.filter(status=Harvest.Status.RUNNING).update(
        status=Harvest.Status.FAILED, ended_at=timezone.now(), message=_("Interrompue avant la fin.")
    )


def _described(declaration: Declaration) -> dict[str, object]:
    names = ("title", "publisher", "licence", "url", "vintage", "frequency", "covers", "precedence")
    return {name: getattr(declaration, name) for name in names}


def _require_compatible_licence(declaration: Declaration) -> None:
    try:
        require_compatible_licences({declaration.code: declaration.licence})
    except IncompatibleLicences as error:
        raise SourceError(str(error)) from error


def _source_of(declaration: Declaration) -> Source:
    row = Source.objects.filter(code=declaration.code).first()
    if row is None:
        _require_compatible_licence(declaration)  # a source that is there takes part in what is published
        row = Source.objects.create(code=declaration.code, **_described(declaration))
    return row


def _harvest(
    run: Harvest, declaration: Declaration, place: str, by: User | None, tell: Callable[[int], None]
) -> None:
    tell(0)
    _require_compatible_licence(declaration)
    territory = load_territory()
    if not territory.departements:
        raise SourceError(_("Aucune région n’est chargée. Lancez d’abord : terreau init"))
    selection = read(declaration, place, territory.departements)
    tell(1)
    mapped = map_rows(selection.rows, declaration, territory, _known_to_others(declaration.code))
    rejects = pl.concat([mapped.rejects, ragged_rejects(selection.ragged).cast(mapped.rejects.schema)])
    tell(2)
    with transaction.atomic():
        lock_database()
        take_turn()
        rows, taken = with_identities(mapped.rows, declaration, _siren_of_rna())
        names = dict(territory.communes.select("code", "name").iter_rows())
        written = _write(rows, declaration, names, by)
        rejects = pl.concat([rejects, taken.cast(rejects.schema)])
        _close(run, selection, mapped, written)
        _store_rejects(run, rejects)
        hide_values_of_masked(declaration.code)
        counts = {
            name: getattr(run, name) for name in ("rows_read", "added", "changed", "removed", "unchanged")
        }
        write_journal(verb="harvest", subject=f"source:{declaration.code}", by=by, **counts)
    shown = run.rejects.order_by("line", "field", "reason").iterator()
    write_report(declaration.code, shown, timezone.localdate())
    tell(3)


def _write(
    rows: pl.DataFrame, declaration: Declaration, commune_names: dict[str, str], by: User | None
) -> Written:
    """As one revision: what it replaces of the parties that were there is kept."""
    records, described = records_of(rows), _described(declaration)
    stake = stake_of(rows, records, declaration, described)
    subject = f"source:{declaration.code}"
    with change_parties(parties=stake.parties, verb="harvest", subject=subject, by=by) as revision:
        Source.objects.filter(pk=declaration.code).update(**described)
        meet(stake.meetings, revision)
        return write_records(rows, records, declaration, commune_names, to_refresh=stake.to_refresh)


def _close(run: Harvest, selection: Selection, mapped: Mapped, written: Written) -> None:
    blank = selection.read - selection.out_of_region - len(selection.ragged) - selection.rows.height
    assert blank == 0, "a row was lost between reading and mapping"
    run.rows_read = selection.read
    run.rows_out_of_region = selection.out_of_region + mapped.out_of_region
    run.rows_rejected = mapped.rejected + len(selection.ragged)
    run.rows_repeated = mapped.repeated
    run.unmapped_columns = list(selection.unmapped)
    run.added, run.changed, run.removed = written.added, written.changed, written.removed
    run.unchanged = written.unchanged
    run.status = Harvest.Status.DONE
    run.ended_at = timezone.now()
    notes = list(selection.notes)
    if not (written.added or written.changed or written.removed):
        notes.append(_("Rien n’a changé depuis la dernière moisson."))
    run.message = " ".join(notes)
    run.save()


def _store_rejects(run: Harvest, rejects: pl.DataFrame) -> None:
    """Those of earlier harvests are in their reports: the database keeps the last ones."""
    Reject.objects.filter(harvest__source=run.source_id).exclude(harvest=run).delete()
    columns = ("harvest", "line", "field", "value", "reason", "whole_row")
    insert_rows(Reject, columns, [(run.pk, *row) for row in rejects.iter_rows()])


def _siren_of_rna() -> dict[str, str]:
    known = Party.objects.filter(rna__isnull=False, siren__isnull=False)
    return {rna: siren for rna, siren in known.values_list("rna", "siren") if rna and siren}


def _known_to_others(code: str) -> Callable[[pl.DataFrame], pl.Series]:
    """Rows whose party has, by another source, a place in the region."""

    def is_known(rows: pl.DataFrame) -> pl.Series:
        others = SourceRecord.objects.exclude(source=code).filter(site__departement__isnull=False)
        pairs = list(others.order_by().values_list("party__siren", "party__rna").distinct())
        known = pl.DataFrame(pairs, schema={"siren": pl.String, "rna": pl.String}, orient="row")
        found = pl.Series([False] * rows.height, dtype=pl.Boolean)
        for name in ("siren", "rna"):
            found = found | rows[name].is_in(known[name].drop_nulls().implode()).fill_null(False)
        return found

    return is_known
