"""`terreau serve`: the real server, on a port of its own."""

import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from .site import Site


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@contextmanager
def open_site(site: Site, *options: object) -> Iterator[tuple[str, object]]:
    """The address of the site while it is open, and its process; it is stopped at the end."""
    port = free_port()
    process = site.start("serve", "--port", port, *options)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/healthz", process)
        yield address, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()


def _wait(address: str, process) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < give_up, "the site did not open"
            time.sleep(0.05)


def test_site_opens_says_where_and_stops_gracefully(site):
    with open_site(site) as (address, process):
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as page:
            assert page.read() == b"ok"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        output = process.stdout.read().replace("\u00a0", " ")
    assert f"Terreau est ouvert : http://localhost:{address.rsplit(':')[-1]}/" in output
    assert "Traceback" not in output


def test_limits_are_shared_by_all_processes_of_the_server(site):
    """Eleven sign-ups a minute from one address: whichever process answers, the eleventh is refused."""
    with open_site(site, "--workers", 2) as (address, _):
        codes = [_sign_up(address, f"p{number}@exemple.invalid") for number in range(11)]
    assert codes == [200] * 10 + [429]


def test_sign_in_code_is_printed_by_the_server_and_opens_the_account(site):
    """What a person does who tries Terreau at home: mail goes to the server's output."""
    with open_site(site) as (address, process):
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        _post(browser, f"{address}/compte/connexion/", login="prem@exemple.invalid")
        code = None
        for line in process.stdout:
            if found := re.search(r"\b\d{4}-\d{4}\b", line):
                code = found[0]
                break
        page = _post(browser, f"{address}/compte/connexion/code/", code=code)
        assert page.url == f"{address}/compte/"
        assert "administrateur" in page.read().decode()


def _post(browser, address: str, **fields: str):
    form = browser.open(address, timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    data = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
    return browser.open(address, data, timeout=20)


def _sign_up(address: str, email: str) -> int:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        return _post(browser, f"{address}/compte/inscription/", email=email).status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_taken_port_is_told_with_another_to_try(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = site.run("serve", "--port", port)
    assert done.returncode == 1
    assert f"le port {port}" in done.stderr and f"--port {port % 65535 + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_site_that_is_not_prepared_does_not_open(tmp_path):
    done = Site(tmp_path / "var").run("serve", "--port", free_port())
    assert done.returncode == 1 and "terreau init" in done.stderr


def test_restore_waits_for_the_site_to_be_closed(site, tmp_path):
    site.run("backup", tmp_path / "site.tar.gz")
    with open_site(site):
        done = site.run("restore", tmp_path / "site.tar.gz", "--yes")
        assert done.returncode == 1 and "Arrêtez-le" in done.stderr
        assert site.run("backup", tmp_path / "ouvert.tar.gz").returncode == 0
    assert site.run("restore", tmp_path / "ouvert.tar.gz", "--yes").returncode == 0


def test_opening_the_site_forgets_accounts_that_were_never_used(site):
    with site.database() as database:
        database.execute(
            "INSERT INTO commons_user (password, email, name, is_active, date_joined)"
            " VALUES ('', 'jamais@exemple.invalid', '', true, '2020-01-01')"
        )
    with open_site(site):
        pass
    assert site.emails() == {"prem@exemple.invalid"}


@pytest.mark.parametrize("port", ["0", "65536", "abc"])
def test_port_that_cannot_be_is_refused(site, port):
    assert site.run("serve", "--port", port).returncode == 2
