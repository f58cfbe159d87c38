"""The command line itself: its languages, its help, its first administrator."""

import pytest

from .site import Site

COMMANDS = (
    "init",
    "harvest",
    "link",
    "serve",
    "doctor",
    "administrator",
    "backup",
    "restore",
    "send-mail",
    "digest",
    "receive-mail",
)


@pytest.fixture
def nowhere(tmp_path) -> Site:
    return Site(tmp_path / "var")


def test_help_is_french_by_default_and_english_on_an_english_machine(nowhere):
    assert "qui se construit en commun" in nowhere.run("--help").stdout
    nowhere.environment["LANG"] = "en_US.UTF-8"
    assert "built in common" in nowhere.run("--help").stdout
    nowhere.environment["LC_ALL"] = "fr_FR.UTF-8"
    assert "qui se construit en commun" in nowhere.run("--help").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_and_touches_nothing(nowhere, command):
    done = nowhere.run(command, "--help")
    assert done.returncode == 0 and "--help" in done.stdout
    assert not nowhere.folder.exists()


def test_version(nowhere):
    from terreau import __version__

    assert nowhere.run("--version").stdout == f"terreau {__version__}\n"


def test_administrator_is_made_once(site):
    done = site.run("administrator", "Second@Exemple.invalid")
    assert done.returncode == 0 and "est administrateur" in done.stdout
    again = site.run("administrator", "second@exemple.invalid")
    assert again.returncode == 0 and "était déjà administrateur" in again.stdout
    assert site.emails() == {"prem@exemple.invalid", "second@exemple.invalid"}


def test_administrator_needs_an_e_mail_address(site):
    done = site.run("administrator", "camille")
    assert done.returncode == 1 and "n’est pas une adresse e-mail" in done.stderr


def test_administrator_of_a_site_that_is_not_prepared(nowhere):
    done = nowhere.run("administrator", "prem@exemple.invalid")
    assert done.returncode == 1 and "terreau init" in done.stderr


def test_mail_that_waits_is_sent_when_asked(site):
    waiting = (
        'INSERT INTO commons_outgoingmail ("to", subject, body, queued_at, attempts, about)'
        " VALUES ('x@exemple.invalid', 'Votre correction', 'Un texte inventé', '2026-01-01 00:00:00+00', 0, '')"
    )
    with site.database() as database:
        database.execute(waiting)
    site.environment["TERREAU_SMTP_URL"] = "smtp://127.0.0.1:1"  # nobody listens there
    done = site.run("send-mail")
    assert (done.returncode, done.stdout) == (1, "Messages envoyés : 0, en attente : 1\n")
    assert "exemple.invalid" not in done.stderr
    del site.environment["TERREAU_SMTP_URL"]
    done = site.run("send-mail")
    assert "TERREAU_SMTP_URL" in done.stderr  # says that no server is set
    assert "Un texte invent" in done.stdout
    assert done.returncode == 0 and "envoyés : 1, en attente : 0" in done.stdout


def test_digest_needs_an_address_and_says_how_many_went(site):
    done = site.run("digest")
    assert done.returncode == 1 and "TERREAU_SITE_ADDRESS" in done.stderr and "Traceback" not in done.stderr
    site.environment["TERREAU_SITE_ADDRESS"] = "https://terreau.exemple"
    done = site.run("digest")
    assert (done.returncode, done.stdout) == (0, "Messages envoyés : 0\n")


def test_reference_pages_are_written_on_a_site_without_tables(nowhere, tmp_path) -> None:
    """With a sentence for the one that needs a harvest."""
    done = nowhere.run("docs", str(tmp_path / "pages"))
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert "terreau init" in done.stdout
    written = {path.name for path in (tmp_path / "pages").iterdir()}
    assert written == {"commands.md", "datasets.md", "permissions.md"}


def test_a_mail_is_received_only_where_the_site_says_so(site, tmp_path):
    mail = "To: reponses+abc-def@terreau.exemple\nFrom: x@exemple.invalid\n\nUn texte inventé"
    done = site.run("receive-mail", answer=mail)
    assert done.returncode == 1 and "TERREAU_REPLY_ADDRESS" in done.stderr
    asked = {
        "TERREAU_REPLY_ADDRESS": "reponses@terreau.exemple",
        "TERREAU_SITE_ADDRESS": "https://terreau.exemple",
    }
    site.environment |= asked
    done = site.run("receive-mail", "--to", "reponses+abc-def@terreau.exemple", answer=mail)
    assert (done.returncode, done.stdout) == (0, "Ignoré : ce n’est pas une réponse.\n")
    done = Site(tmp_path / "nowhere", asked).run("receive-mail", answer=mail)
    assert done.returncode == 75, "the mail server keeps it and tries later"
    assert "inventé" not in done.stdout + done.stderr and "Traceback" not in done.stderr
