"""The real server, on a port of its own: what no client library would send, and many visitors at the same instant."""

import re
import socket
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from tests.portal.conftest import prepared  # noqa: F401 (a fixture)
from tests.portal.site import Site
from tests.portal.test_serve import open_site

HOST = b"Host: localhost\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
RAW = {
    "path that is no UTF-8": b"GET /acteurs/%ff%fe/ HTTP/1.1\r\n" + HOST,
    "NUL": b"GET /acteurs/%00/?q=%00 HTTP/1.1\r\n" + HOST,
    "bytes in the path": b"GET /annuaire/\xff\xfe HTTP/1.1\r\n" + HOST,
    "bytes in the query": b"GET /annuaire/?q=\xc3\xa9\xff HTTP/1.1\r\n" + HOST,
    "whole address": b"GET http://evil.invalid/annuaire/ HTTP/1.1\r\n" + HOST,
    "no host": b"GET /healthz HTTP/1.1\r\nConnection: close\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.invalid\r\nConnection: close\r\n",
    "other host": b"GET / HTTP/1.1\r\nHost: evil.invalid\r\nConnection: close\r\n",
    "up to the key": b"GET /static/../secret_key HTTP/1.1\r\n" + HOST,
    "up to the key, encoded": b"GET /static/..%2f..%2fsecret_key HTTP/1.1\r\n" + HOST,
    "up to the database": b"GET /donnees/../../terreau.sqlite3 HTTP/1.1\r\n" + HOST,
    "another site": b"GET //evil.invalid/annuaire HTTP/1.1\r\n" + HOST,
    "bracket": b"GET //[x/ HTTP/1.1\r\n" + HOST,
    "two lengths": b"POST /apparence/ HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n" + HOST,
    "length below zero": b"POST /apparence/ HTTP/1.1\r\nContent-Length: -5\r\n" + HOST,
    "unknown letters": b"POST /apparence/ HTTP/1.1\r\nContent-Length: 0\r\nContent-Type: text/plain; charset=x\r\n"
    + HOST,
    "no boundary": b"POST /apparence/ HTTP/1.1\r\nContent-Type: multipart/form-data\r\nContent-Length: 0\r\n"
    + HOST,
    "huge cookie": b"GET / HTTP/1.1\r\nCookie: sessionid=" + b"a" * 60_000 + b"\r\n" + HOST,
    "odd cookies": b'GET / HTTP/1.1\r\nCookie: sessionid=\xff; theme="><script>; messages=x; csrftoken=\xff\r\n'
    + HOST,
    "languages": b"GET / HTTP/1.1\r\nAccept-Language: " + b"aa;q=0.1," * 5000 + b"\r\n" + HOST,
    "odd tag": b'GET /donnees/organisations.csv HTTP/1.1\r\nIf-None-Match: "\xff", W/"\r\n' + HOST,
    "odd date": b"GET /static/ui/favicon.svg HTTP/1.1\r\nIf-Modified-Since: x\r\nRange: bytes=9-1,\r\n"
    + HOST,
    "unknown method": b"FOO / HTTP/1.1\r\n" + HOST,
    "tunnel": b"CONNECT evil.invalid:443 HTTP/1.1\r\n" + HOST,
    "NUL in a header": b"GET / HTTP/1.1\r\nX-A: a\x00b\r\n" + HOST,
    "no such version": b"GET / HTTP/9.9\r\n" + HOST,
    "no request": b"\x16\x03\x01\x02\x00\x01\x00",
}


@pytest.fixture(scope="module")
def opened(prepared: Site, tmp_path_factory) -> Iterator[tuple[str, list[str]]]:  # noqa: F811
    """The address of a site without a mailbox, and what it has written when it is closed."""
    site = prepared.copy(tmp_path_factory.mktemp("opened") / "var")
    site.environment["TERREAU_EMAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
    said: list[str] = []
    with open_site(site, "--workers", 2) as (address, process):
        yield address, said
        process.terminate()
        said.append(process.stdout.read())
    site.drop()
    assert "Traceback" not in said[0], said[0]
    assert "exemple.invalid" not in said[0] and "sessionid" not in said[0]


def send(address: str, request: bytes) -> bytes:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.settimeout(1)
        connection.sendall(request + b"\r\n")
        answer = b""
        try:
            while chunk := connection.recv(65_536):
                answer += chunk
        except TimeoutError:
            pass
        return answer


@pytest.mark.parametrize("what", RAW)
def test_raw_request(opened, what: str) -> None:
    address, _ = opened
    answer = send(address, RAW[what])
    status = re.match(rb"HTTP/1.1 (\d{3})", answer)
    assert status is None or int(status[1]) < 500, answer[:200]
    for told in (
        b"Traceback",
        b"SQLite format",
        b'href="//',
        b"<script>;",
        b"Location: //",
        b"Location: http://evil",
    ):
        assert told not in answer, told
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as alive:
        assert alive.read() == b"ok"


def test_limits_hold_when_everybody_comes_at_the_same_instant(opened) -> None:
    """Forty visitors of one connection, on two processes: a count that is read, then written, would be wrong."""
    address, _ = opened
    page = f"{address}/compte/inscription/"
    browsers = [
        urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())) for _ in range(40)
    ]
    forms = [browser.open(page, timeout=30).read().decode() for browser in browsers]
    start, codes = threading.Barrier(len(browsers)), Counter[int]()

    def sign_up(number: int) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', forms[number])[1]
        data = urlencode({"csrfmiddlewaretoken": token, "email": f"p{number}@exemple.invalid"}).encode()
        start.wait()
        try:
            codes[browsers[number].open(page, data, timeout=60).status] += 1
        except urllib.error.HTTPError as error:
            codes[error.code] += 1
            error.close()

    threads = [threading.Thread(target=sign_up, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) == {200, 429} and codes[200] <= 12, codes  # ten, and a little for the file system


def test_headers_that_never_end_hold_nobody(opened) -> None:
    address, _ = opened
    host, port = address.removeprefix("http://").split(":")
    waiting = [socket.create_connection((host, int(port)), timeout=10) for _ in range(40)]
    for connection in waiting:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as alive:
        assert alive.read() == b"ok"
    for connection in waiting:
        connection.close()
