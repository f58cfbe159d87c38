"""`terreau polis-import`: what it finds in a folder, and what it says."""

import subprocess
import sys
from pathlib import Path

from tests.deliberate.polis_files import COMMENTS, VOTES, files

from .site import Site

MAKE = """
import django; django.setup()
from tests.factories.deliberate import make_process
make_process(slug="reprise")
"""


def with_a_process(site: Site) -> Site:
    environment = {**site.variables(), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
    folder = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", MAKE], env=environment, cwd=folder, check=True)
    return site


def write(folder: Path, before: str = "", **changed: str) -> Path:
    for name, content in files(**changed).items():
        (folder / f"{before}{name}").write_bytes(content)
    return folder


def test_from_a_folder_as_polis_names_its_files_to_an_older_export(site, tmp_path: Path) -> None:
    with_a_process(site)
    folder = write(tmp_path, "2025-11-11-r6vbnh-", votes=VOTES + "1500000010000,hier,0,1,-1\n", people="")
    done = site.run("polis-import", "reprise", folder)
    assert done.returncode == 1 and "dites-le, 1 ou -1" in done.stderr
    done = site.run("polis-import", "reprise", folder, "--agree", "1")
    assert done.stdout == "4 affirmations, 4 participants, 4 avis ; 0 lignes laissées.\n", done.stderr
    (folder / "2025-11-11-r6vbnh-votes.csv").write_text(VOTES)
    (folder / "2025-11-11-r6vbnh-comments.csv").write_text(
        COMMENTS.replace("0,0,0,Mots que", "0,0,1,Mots que")
    )
    (folder / "2025-11-11-r6vbnh-participant-votes.csv").write_bytes(files()["participants-votes.csv"])
    done = site.run("polis-import", "reprise", folder)
    assert done.stdout.splitlines() == [
        "0 affirmations, 0 participants, 0 avis ; 0 lignes laissées.",
        "Affirmations qui attendaient ici, relues là-bas depuis : 1.",
        "Avis plus anciens que ceux d’ici, qui restent : 1.",
    ]


def test_what_it_cannot_take_it_says_and_takes_nothing(site, tmp_path: Path) -> None:
    with_a_process(site)
    folder = write(tmp_path, comments=COMMENTS + f"1500000000000,h,4,0,0,0,1,{'a' * 1001}\n")
    done = site.run("polis-import", "reprise", folder)
    assert done.returncode == 1
    assert "comments.csv, ligne 6 : l’affirmation a 1001 signes, plus que 1000." in done.stderr
    done = site.run("polis-import", "reprise", folder, "--skip-bad-rows")
    assert done.stdout == "4 affirmations, 4 participants, 4 avis ; 1 lignes laissées.\n"
    write(folder, "2025-autre-")
    done = site.run("polis-import", "reprise", folder)
    assert done.returncode == 1 and "Deux conversations dans ce dossier" in done.stderr
