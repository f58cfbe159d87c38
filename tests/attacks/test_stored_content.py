"""What a source, or a person, may have written: on every page, file and answer it stays text."""

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import JournalEntry, Party, Place, Site, Source, User
from terreau.observe.actions import harvest
from terreau.observe.actions.refreshing import refresh_published
from terreau.observe.models import (
    Claim,
    Confirmation,
    Contradiction,
    Funding,
    Harvest,
    MaskRequest,
    Practice,
    Reject,
    SchemeMember,
    SourceRecord,
)
from terreau.observe.sources.declaration import parse
from tests.factories import make_party, make_site
from tests.factories.world import World

from .nasty import address_of, readable_routes

MARKUP = (
    '<b class="pwned" onmouseover="alert(1)" style="color:red">gras</b>',
    '</script><script class="pwned">alert(1)</script>',
    '"><img class="pwned" src=x onerror=alert(1)>',
    "'><svg class='pwned' onload=alert(1)>",
    "</textarea></title></style></noscript><iframe class=pwned src=javascript:alert(1)>",
    "{{ 7|add:7 }}{% debug %}{# x #}<!--#exec cmd=x--><!-- pwned -->",
)
STRANGE = (
    "a" * 250,
    "\u202egnp.exe\u2066",
    "Аѕѕосіаtiоn",  # in letters of another alphabet
    "\u2028\u2029\x1b[31mrouge\x00",
)
LINKS = (
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "//evil.invalid/x",
    "https://evil.invalid/x",
)
FORMULAS = (
    '=HYPERLINK("http://evil.invalid";"clic")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "\t=1+1",
    "\r\n=1+1",
)
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
OURS = ("/", "#", "?")


class Page(HTMLParser):
    """What a browser would make of a page that could harm."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []
        self.links: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attributes) -> None:
        found = {name: value or "" for name, value in attributes}
        is_data = tag == "script" and found.get("type") in {"application/json", "application/ld+json"}
        if "pwned" in found.get("class", ""):
            self.harm.append(f"markup passed: {tag}")
        if any(name.startswith("on") or name in {"style", "srcdoc"} for name in found):
            self.harm.append(f"inline: {tag} {found}")
        if tag in {"style", "iframe", "object", "embed", "base"} or (
            tag == "script" and "src" not in found and not is_data
        ):
            self.harm.append(f"inline: {tag}")
        for name in ("href", "src", "action", "formaction"):
            value = found.get(name, "/")
            if (tag, name) == ("img", "src") and value.startswith("data:image/svg+xml;"):
                continue  # a code that we draw: a browser runs nothing of a picture
            if not value.startswith((*OURS, "https://", "http://")) or value.startswith("//"):
                self.harm.append(f"address: {tag} {value}")
        if tag == "a":
            self.links.append(found)

    def handle_comment(self, data: str) -> None:
        self.harm.append(f"comment: {data}")


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


def write_everywhere(world: World, text: str) -> None:
    """Every text that comes from outside is this one, as if nothing had cleaned it at the harvest."""
    Party.objects.update(search_text="epicerie\n")
    fill(Party, text, "name", "acronym", "description", "website")
    fill(Site, text, "name", "address")
    fill(Source, text, "title", "publisher", "covers", "url", "frequency")
    fields = ("name", "website", "description", "address", "site_name", "opening_hours", "tags")
    SourceRecord.objects.update(values=dict.fromkeys(fields, text))
    fill(SchemeMember, text, "detail")
    fill(Funding, text, "purpose")
    fill(Reject, text, "value", "field")
    fill(Harvest, text, "message")
    Harvest.objects.update(unmapped_columns=[text, text])
    fill(Place, text, "name")
    MaskRequest.objects.create(party=world.parties[0], reason=text, answer=text, contact="x@exemple.invalid")
    fill(Practice, text, "text", "evidence")
    fill(Confirmation, text, "words")
    fill(Contradiction, text, "reason", "evidence", "reply", "answer")
    Contradiction.objects.update(state=Contradiction.State.UPHELD, closed_at=timezone.now())
    fill(Claim, text, "address")
    fill(User, text, "name")
    JournalEntry.objects.create(verb="essai", subject=text[:200], details={text: text})
    refresh_published(by=None)


def fill(model: type[Model], text: str, *columns: str) -> None:
    """As much of the text as each column holds: PostgreSQL takes no more."""
    lengths = {name: getattr(model._meta.get_field(name), "max_length", None) for name in columns}
    model._default_manager.update(**{name: text[:length] for name, length in lengths.items()})


def storable(text: str) -> str:
    """PostgreSQL refuses NUL, so there it is never read back."""
    return text if connection.vendor == "sqlite" else text.replace("\x00", "")


EVERYTHING = [
    "".join(MARKUP[:3]),
    "".join(MARKUP[3:]),
    "".join(reversed(STRANGE)),
    *LINKS,
]


@pytest.mark.parametrize("text", EVERYTHING, ids=range(len(EVERYTHING)))
def test_every_page_shows_it_as_text(staff: Client, small_world: World, text: str) -> None:
    write_everywhere(small_world, storable(text))
    links = 0
    for route in readable_routes():
        address = address_of(route, small_world.parties[0].public_id)
        for asked in (address, f"{address}?q=epicerie&commune=99001&km=100&indicateur=organisations"):
            response = staff.get(asked, follow=True)
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                response.close()
                continue
            page = read(response.text)
            assert page.harm == [], f"{asked}: {page.harm}"
            for link in page.links:
                if "evil" in link["href"]:
                    links += 1
                    assert {"noopener", "nofollow"} <= set(link.get("rel", "").split()), (asked, link)
    assert bool(links) == text.startswith("https://")  # the pages of the party and of the source


def test_answers_for_programs_hold_it_as_a_value(client: Client, small_world: World) -> None:
    for text in EVERYTHING[:3]:
        text = storable(text)[:200]
        write_everywhere(small_world, text)
        _check_answers(client, small_world, text)


def _check_answers(client: Client, small_world: World, text: str) -> None:
    for address in (
        "/donnees/organisations.json",
        "/donnees/organisations.geojson",
        "/donnees/sites.json",
        "/donnees/places.json",
        "/api/v1/organisations",
        f"/api/v1/organisations/{small_world.parties[0].public_id}",
        "/api/v1/sources",
        "/api/v1/places?zoning=commune",
    ):
        response = client.get(address)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"].split(";")[0] in {"application/json", "application/geo+json"}
        body = response.getvalue()
        response.close()
        assert text in texts_in(json.loads(body)), address


def texts_in(content) -> set[str]:
    if isinstance(content, dict):
        return {text for value in content.values() for text in texts_in(value)}
    if isinstance(content, list):
        return {text for value in content for text in texts_in(value)}
    return {content} if isinstance(content, str) else set()


def test_no_cell_of_a_file_starts_a_formula(client: Client, small_world: World) -> None:
    for text in FORMULAS:
        make_site(make_party(text, acronym=text, website=text), name=text, address=text)
    refresh_published(by=None)
    for dataset in ("organisations", "sites", "places"):
        response = client.get(f"/donnees/{dataset}.csv")
        rows = list(csv.reader(io.StringIO(response.getvalue().decode(), newline="")))
        response.close()
        assert dataset == "places" or len(rows) > len(FORMULAS)
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(FORMULA) or _is_number(cell), (dataset, cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_popup_data_and_tiles_of_the_map_are_data(client: Client, small_world: World) -> None:
    write_everywhere(small_world, "".join(MARKUP[:3]))
    page = client.get(reverse("observe:map") + "?zonage=commune")
    inside = page.text.split('id="map-settings" type="application/json">')[1].split("</script>")[0]
    assert json.loads(inside)["zones"]
    assert "<" not in inside and ">" not in inside
    tile = client.get(reverse("observe:tile", args=[0, 0, 0]))
    assert tile["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert tile["X-Content-Type-Options"] == "nosniff"


def test_harvested_rows_are_cleaned_and_the_report_starts_no_formula(
    small_world: World, client: Client
) -> None:
    declaration = parse({
        "code": "hostile", "title": "Source hostile", "publisher": "Essai", "licence": "etalab-2.0", "path": "x",
        "format": "csv", "covers": "x", "key": ["id"], "unplaced": "keep", "fields": {
            "name": "nom", "description": "texte", "website": "site", "address": "adresse", "rna": "rna",
        },
    })  # fmt: skip
    texts = (*MARKUP, *STRANGE, *LINKS, *FORMULAS)
    path = Path(settings.DATA_DIR) / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "nom", "texte", "site", "adresse", "rna", "<b class=pwned>colonne</b>"])
        for number, text in enumerate(texts):
            rows.writerow([number, text, text, text, text, text, "x"])
    run = harvest(source=declaration, path=path, by=None)
    path.unlink()
    assert run.status == Harvest.Status.DONE and run.rows_read == len(texts)
    refresh_published(by=None)
    found = Party.objects.filter(records__source="hostile")
    assert found.count() > len(texts) / 2
    assert not found.filter(website__contains="script").exists()
    for party in found:
        shown = party.name + party.description
        assert not {"\x00", "\x1b", "\u202e", "\u2066"} & set(shown)
        assert "<script" not in shown and "<img" not in shown
        page = read(client.get(reverse("observe:party", args=[party.public_id])).text)
        assert page.harm == [], party.name
    page = read(client.get(reverse("observe:source", args=["hostile"])).text)
    assert page.harm == []
    (report,) = (Path(settings.DATA_DIR) / "reports").glob("hostile-*.csv")
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert len(lines) > len(texts)
    assert not [cell for line in lines for cell in line if cell.startswith(FORMULA)]
