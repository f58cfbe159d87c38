"""The steps of `terreau init`, in order. Each can be run again without harm, and says what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from terreau import __version__

from .stamp import Choice, files_under, fingerprint
from .words import words

Progress = Callable[[int, int], None]
"""Called with what is done and the total, in the unit of the step (files, rows, places)."""


@dataclass(frozen=True)
class Step:
    """``reads``: files whose change asks for the step again. ``needs``: steps that redo this one."""

    name: str
    title: str
    run: Callable[[Choice, Progress], str]
    reads: Callable[[Choice], list[Path]]
    needs: tuple[str, ...] = ()


def fingerprints(choice: Choice, steps: tuple[Step, ...]) -> dict[str, str]:
    """The fingerprint that each step would leave now. It opens no file and loads no model."""
    found: dict[str, str] = {}
    engine = settings.DATABASES["default"]["ENGINE"]  # who moves from SQLite to PostgreSQL starts anew
    for step in steps:
        before = [found[name] for name in step.needs]
        found[step.name] = fingerprint(step.name, __version__, engine, before, files=step.reads(choice))
    return found


def sqlite_file() -> Path | None:
    """Where the SQLite database is; None for a PostgreSQL."""
    database = settings.DATABASES["default"]
    return Path(str(database["NAME"])) if "sqlite3" in str(database["ENGINE"]) else None


def database_is_there() -> bool:
    """Whether our tables may be there; it makes nothing. Raises django.db.DatabaseError."""
    file = sqlite_file()
    if file is not None:
        return file.exists()
    from django.db import connection

    connection.ensure_connection()
    # By the driver: Django's own cursor warns as long as models are not loaded, which takes a while.
    found = connection.connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    return found != (None,)


def _contours(choice: Choice) -> Path:
    return Path(
        choice.contours or settings.SHIPPED_DATA / "territories" / "contours" / f"{choice.region}.geojson.gz"
    )


def _package(*parts: str) -> Path:
    return settings.PACKAGE.joinpath(*parts)


def _migration_files(choice: Choice) -> list[Path]:
    import django

    return [Path(django.__file__), *settings.PACKAGE.glob("*/migrations/*.py")]


def _static_files(choice: Choice) -> list[Path]:
    return [p for app in settings.PACKAGE.iterdir() for p in files_under(app / "static")]


def _place_files(choice: Choice) -> list[Path]:
    return list((settings.SHIPPED_DATA / "territories").glob("*.*"))


def _boundary_files(choice: Choice) -> list[Path]:
    return files_under(_contours(choice), _package("observe", "boundaries.py"))


def _organisation_files(choice: Choice) -> list[Path]:
    shipped = (settings.SHIPPED_DATA / "organisations", settings.SHIPPED_DATA / "nomenclatures")
    own = (choice.organisations,) if choice.organisations else ()
    return files_under(*shipped, *own, _package("observe", "sources"))


def _migrate(choice: Choice, progress: Progress) -> str:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return words("base de données à jour", "database up to date")


def _collect_static(choice: Choice, progress: Progress) -> str:
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    return words("feuilles de style et scripts en place", "style sheets and scripts in place")


def _load_places(choice: Choice, progress: Progress) -> str:
    from terreau.commons.actions import load_places
    from terreau.observe.queries.corrections import corrected_places

    kept = corrected_places()
    return str(load_places(region=choice.region, by=None, progress=progress, kept=kept))


def _build_boundaries(choice: Choice, progress: Progress) -> str:
    from terreau.observe.actions.boundaries import build_boundaries

    if not _contours(choice).exists():
        return words("aucun contour : donnez-les par --contours", "no boundaries: give them with --contours")
    report = build_boundaries(contours=_contours(choice), by=None)
    drawn = words(f"{report.communes} communes dessinées", f"{report.communes} communes drawn")
    return "\n    ".join([drawn, *report.notes])


def _harvest(choice: Choice, progress: Progress) -> str:
    from terreau.observe.actions import harvest_all

    own = Path(choice.organisations) if choice.organisations else None
    return str(harvest_all(by=None, folder=own, progress=progress))


def _compute_indicators(choice: Choice, progress: Progress) -> str:
    from terreau.observe.actions import compute_indicators

    return str(compute_indicators(by=None, progress=progress))


def _build_tiles(choice: Choice, progress: Progress) -> str:
    from terreau.observe.actions.tiles import build_point_index

    summary = build_point_index()
    return words(
        f"{summary.points} lieux placés, {summary.unplaced} acteurs sans position",
        f"{summary.points} sites placed, {summary.unplaced} parties without a position",
    )


def _load_programmes(choice: Choice, progress: Progress) -> str:
    from terreau.commitments.actions import load_programme

    return "\n    ".join(
        str(load_programme(content=file.read_bytes(), by=None)) for file in _programmes(choice)
    )


def _publish(choice: Choice, progress: Progress) -> str:
    from terreau.commons.actions.publishing import publish_datasets

    manifests = publish_datasets(by=None)
    rows = sum(manifest["rows"] for manifest in manifests.values())
    return words(f"{len(manifests)} jeux, {rows} lignes", f"{len(manifests)} datasets, {rows} rows")


def _rules_of_indicators(choice: Choice) -> list[Path]:
    return [_package("observe", "indicators.py")]


def _rules_of_tiles(choice: Choice) -> list[Path]:
    return files_under(_package("lake", "tiles"))


def _programmes(choice: Choice) -> list[Path]:
    return sorted((settings.SHIPPED_DATA / "programmes").glob("*.toml"))


def _declared_datasets(choice: Choice) -> list[Path]:
    return list(settings.PACKAGE.glob("*/datasets.py"))


STEPS = (
    Step("migrate", words("Base de données", "Database"), _migrate, _migration_files),
    Step("static", words("Feuilles de style", "Style sheets"), _collect_static, _static_files),
    Step("places", words("Territoires", "Places"), _load_places, _place_files, ("migrate",)),
    Step("boundaries", words("Contours", "Boundaries"), _build_boundaries, _boundary_files, ("places",)),
    Step("harvest", words("Sources", "Sources"), _harvest, _organisation_files, ("boundaries",)),
    Step(
        "indicators",
        words("Indicateurs", "Indicators"),
        _compute_indicators,
        _rules_of_indicators,
        ("harvest",),
    ),
    Step("programmes", words("Programmes", "Programmes"), _load_programmes, _programmes, ("migrate",)),
    Step("tiles", words("Carte", "Map"), _build_tiles, _rules_of_tiles, ("harvest",)),
    Step("datasets", words("Données ouvertes", "Open data"), _publish, _declared_datasets, ("indicators",)),
)
