"""`terreau init` on the shipped data, for real; then what a second start does."""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.factories.tables import migrated_tables
from tests.observe.sources.stock import write

from .site import SERVER, Site, only_sqlite


@pytest.fixture
def site(region, tmp_path) -> Iterator[Site]:
    site = region.copy(tmp_path / "var")
    yield site
    site.drop()


def stamp(site: Site) -> dict:
    return json.loads((site.folder / "init.json").read_text())


def change_stamp(site: Site, **done: str) -> None:
    content = stamp(site)
    content["done"].update(done)
    (site.folder / "init.json").write_text(json.dumps(content))


def test_first_start_names_each_step_and_what_it_did(region):
    lines = region.first_start.splitlines()
    assert [line.split("/9 ")[0] for line in lines if "/9 " in line] == [str(n) for n in range(1, 10)]
    assert "Centre-Val de Loire : 1754 communes" in region.first_start
    assert lines[-1].endswith("terreau serve")


def test_site_is_ready_after_the_first_start(site):
    done = site.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout and "Région : Centre-Val de Loire (24)" in done.stdout


@only_sqlite("no other test starts from tables there")
def test_its_tables_are_those_that_other_tests_start_from(site):
    with site.database() as made, closing(sqlite3.connect(migrated_tables())) as kept:
        asked = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        assert dict(made.execute(asked)) == dict(kept.execute(asked))


def test_second_start_is_quick_and_does_nothing(site):
    started = time.monotonic()
    done = site.run("init", "--if-needed")
    assert time.monotonic() - started < 5, "the whole second start, page included, has 10 seconds"
    assert done.stdout == "Le site est prêt.\n"


def test_unreadable_stamp_only_costs_time_and_changes_no_data(site):
    (site.folder / "init.json").write_text("{")
    done = site.run("init", "--if-needed")
    assert done.returncode == 0
    assert done.stdout.count("rien n’a changé") == 4, "places, programmes, sources and indicators"
    assert stamp(site)["choice"]["region"] == "24"


def test_step_whose_inputs_changed_is_done_again_alone(site):
    change_stamp(site, datasets="autre empreinte")
    done = site.run("init", "--if-needed")
    assert "1/1 Données ouvertes" in done.stdout


def test_step_done_again_redoes_those_that_depend_on_it(site):
    from terreau.portal.cli.stamp import Choice, files_under
    from terreau.portal.cli.steps import STEPS, Step, fingerprints

    assert files_under(site.folder / "absent") == []
    other = site.folder / "source.csv"
    other.write_text("a")
    steps = tuple(
        Step(s.name, s.title, s.run, (lambda choice: [other]) if s.name == "harvest" else s.reads, s.needs)
        for s in STEPS
    )
    before = fingerprints(Choice(), steps)
    other.write_text("ab")
    after = fingerprints(Choice(), steps)
    assert {name for name in before if before[name] != after[name]} == {
        "harvest",
        "indicators",
        "tiles",
        "datasets",
    }


def test_missing_database_is_made_again_whatever_the_stamp_says(site):
    site.lose_database()
    content = stamp(site)
    content["choice"]["region"] = "99"  # unknown: the run stops at the third step, which spares time
    (site.folder / "init.json").write_text(json.dumps(content))
    assert site.run("init", "--if-needed").stdout.startswith("1/9 Base de données")


def test_step_that_fails_says_how_to_resume_and_keeps_what_came_before(site):
    change_stamp(site, tiles="ancienne", datasets="ancienne")
    lake = site.folder / "lake"
    lake.rename(site.folder / "lake-garde")
    lake.write_text("un fichier à la place du dossier")
    done = site.run("init", "--if-needed")
    assert done.returncode == 1
    assert "« Données ouvertes » a échoué" in done.stderr and "terreau init --if-needed" in done.stderr
    assert "Traceback" not in done.stderr
    lake.unlink()
    resumed = site.run("init", "--if-needed")
    assert resumed.returncode == 0 and "1/1 Données ouvertes" in resumed.stdout


def test_doctor_names_the_made_files_that_are_missing(site):
    for name in ("boundaries", "tiles", "lake"):
        shutil.rmtree(site.folder / name)
    done = site.run("doctor")
    assert done.returncode == 0, "pages open without them"
    for missing in ("contours des territoires", "points de la carte", "Données ouvertes non publiées"):
        assert missing in done.stdout


def test_other_region_is_refused_where_one_is_already_shown(site):
    done = site.run("init", "--region", "53")
    assert done.returncode == 1 and "TERREAU_DATA" in done.stderr
    assert stamp(site)["choice"]["region"] == "24"


def test_unknown_region_is_told_with_the_known_ones(empty):
    done = empty.run("init", "--region", "99")
    assert done.returncode == 1
    assert "« 99 »" in done.stderr and "53 Bretagne" in done.stderr and "Traceback" not in done.stderr


def test_other_region_needs_one_option_and_is_remembered(empty):
    site = empty
    done = site.run("init", "--region", "53")
    assert done.returncode == 0, done.stderr
    assert "Bretagne : 1202 communes" in done.stdout and "--contours" in done.stdout
    assert site.run("init", "--if-needed").stdout == "Le site est prêt.\n"
    assert "Région : Bretagne (53)" in site.run("doctor").stdout


def test_harvest_lists_sources_then_reads_one_again(site):
    listed = site.run("harvest").stdout
    never = {line.split()[0] for line in listed.splitlines() if "jamais moissonnée" in line}
    assert "siae" in listed and "siae" not in never
    assert "sirene" in never, "its file is not shipped: whoever has it names it"
    done = site.run("harvest", "siae")
    assert done.returncode == 0, done.stderr
    assert "ajoutées 0, modifiées 0, retirées 0" in done.stdout


def test_harvest_of_an_unknown_source_names_those_that_exist(site):
    done = site.run("harvest", "inconnue")
    assert done.returncode == 1 and "siae" in done.stderr and "Traceback" not in done.stderr


def test_harvest_of_ones_own_file_needs_its_description(site, tmp_path):
    (tmp_path / "f.csv").write_text("a;b\n")
    done = site.run("harvest", "--file", tmp_path / "f.csv")
    assert done.returncode == 2 and "--mapping" in done.stderr
    (tmp_path / "m.toml").write_text("code = ")
    done = site.run("harvest", "--file", tmp_path / "f.csv", "--mapping", tmp_path / "m.toml")
    assert done.returncode == 1 and "TOML" in done.stderr


def test_harvest_of_an_official_folder(site, tmp_path):
    write(tmp_path / "stock", [{}])
    done = site.run("harvest", "sirene", "--file", tmp_path / "stock")
    assert done.returncode == 0, done.stderr
    assert "fiches ajoutées 1" in done.stdout
    assert site.run("harvest", "siae", "sirene", "--file", tmp_path / "stock").returncode == 2


def test_database_of_another_engine_is_prepared_anew(monkeypatch, settings):
    from terreau.portal.cli.stamp import Choice
    from terreau.portal.cli.steps import STEPS, fingerprints

    before = fingerprints(Choice(), STEPS)
    engine = "sqlite3" if SERVER else "postgresql"
    other = {"ENGINE": f"django.db.backends.{engine}", "HOST": "h", "PORT": "", "NAME": "autre"}
    monkeypatch.setitem(settings.DATABASES, "default", other)
    after = fingerprints(Choice(), STEPS)
    assert all(before[name] != after[name] for name in before)
