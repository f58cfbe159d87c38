"""Proposition 2, played through the pages: twelve paragraphs, twenty contributions, five colleges, two versions."""

import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from terreau.deliberate.enums import Power
from terreau.deliberate.models import Contribution, Text
from terreau.deliberate.queries.texts import current_version
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process

from .test_texts import fields_of

COLLEGES = ["elected", "officers", "citizens", "firms", "associations"]
LABELS = ["Élus", "Agents publics", "Habitants", "Entreprises", "Associations"]
KINDS = ["replace", "add", "comment", "replace"]
#: What the examiner says of each of the twenty, in their order. Empty: not answered yet.
OUTCOMES = [
    *("kept", "not_kept", "partly", "kept", ""),
    *("not_kept", "not_kept", "kept", "partly", "kept"),
    *("kept", "", "not_kept", "not_kept", "partly"),
    *("partly", "kept", "kept", "not_kept", "not_kept"),
]


def cells(row: str) -> list[str]:
    texts = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
    return [re.sub(r"<[^>]*>", "", one).replace("\xa0", " ").strip() for one in texts]


def contributed(text: Text, number: int) -> Contribution:
    """By somebody of her own browser, with an account that the site knows."""
    somebody = Client()
    somebody.force_login(make_user("", "facilitator"))
    key = current_version(text).paragraphs.all()[number % 12].key
    data = {
        "kind": KINDS[number % 4],
        "words": f"Idée fictive {number}.",
        "version": "1",
        "college": COLLEGES[number % 5],
        "shown_name": f"Personne fictive {number}",
    }
    done = somebody.post(reverse("deliberate:paragraph", args=[text.process.slug, text.token, key]), data)
    assert done.status_code == 302
    return Contribution.objects.latest("pk")


@pytest.mark.django_db
def test_twelve_paragraphs_twenty_contributions_five_colleges_two_versions(client: Client):
    process = make_process(steps=("propose",), colleges=COLLEGES)
    client.force_login(give_power(process, Power.EXAMINER))
    words = "\n\n".join(f"Paragraphe fictif {number}." for number in range(1, 13))
    client.post(
        reverse("deliberate:text_new", args=[process.slug]),
        "title=Une+halle&words=" + words.replace("\n", "%0A").replace(" ", "+"),
        content_type="application/x-www-form-urlencoded",
    )
    text = Text.objects.get()
    assert current_version(text).paragraphs.count() == 12
    rows = [contributed(text, number) for number in range(20)]
    for row, outcome in zip(rows, OUTCOMES, strict=True):
        if outcome:
            page = reverse("deliberate:contribution", args=[process.slug, row.token])
            client.post(page, {"do": "close", "outcome": outcome, "reason": f"Raison de {row.token}."})

    carried = [row for row, outcome in zip(rows, OUTCOMES, strict=True) if outcome in {"kept", "partly"}]
    version_two(client, text, carried)
    check_changes(client, text, carried)
    check_acceptance(client, text, rows)


def version_two(client: Client, text: Text, carried: list[Contribution]) -> None:
    where = reverse("deliberate:text_edit", args=[text.process.slug, text.token])
    page = client.get(where).text
    for row in carried:
        if row.kind == "comment":
            data: dict[str, Any] = fields_of(page)
            data["kept"].append(f"{row.token}:{row.paragraph_key}")
            data[f"words-{row.paragraph_key}"] += f" Selon {row.words}"
            page = client.post(where, {**data, "do": "preview"}).text
        else:
            page = client.post(where, {**fields_of(page), "do": f"take-{row.token}"}).text
    done = client.post(where, {**fields_of(page), "words": "Onze idées reprises.", "do": "publish"})
    assert done.status_code == 302
    assert current_version(text).number == 2


def check_changes(client: Client, text: Text, carried: list[Contribution]) -> None:
    """Each changed paragraph names its contributions, and they are all named."""
    page = client.get(reverse("deliberate:text_difference", args=[text.process.slug, text.token, 1, 2])).text
    named: list[str] = []
    for block in page.split('class="difference ')[1:]:
        tokens = re.findall(r"/contributions/([a-z0-9]{10})/", block.split("</li>\n<li id=")[0])
        is_changed = not block.startswith("same")
        assert bool(tokens) == is_changed, block[:200]
        named += tokens
    assert sorted(named) == sorted(row.token for row in carried)
    marks = client.get(reverse("deliberate:text_footprint", args=[text.process.slug, text.token])).text
    for row in carried:
        assert row.token in marks and row.author is not None and row.author.shown_name in marks
    check_footprint(text, marks, carried)


def check_footprint(text: Text, page: str, carried: list[Contribution]) -> None:
    """Each paragraph names those that were written about it, and each addition is in a paragraph of its own."""
    blocks = dict(re.findall(r'<li id="p-([a-z0-9]{10})">(.*?)(?=<li id="p-|</ol>)', page, re.S))
    before = {one.key for one in text.versions.get(number=1).paragraphs.all()}
    named = {key: set(re.findall(r"/contributions/([a-z0-9]{10})/", block)) for key, block in blocks.items()}
    for key in before:
        assert named[key] == {row.token for row in carried if row.paragraph_key == key and row.kind != "add"}
    added = {row.token: row.words for row in carried if row.kind == "add"}
    assert len(added) == len(blocks.keys() - before) > 0
    for key in blocks.keys() - before:
        (token,) = named[key]
        assert added[token] in blocks[key]


def check_acceptance(client: Client, text: Text, rows: list[Contribution]) -> None:
    """The table of the page equals a count by hand."""
    page = client.get(reverse("deliberate:text_contributions", args=[text.process.slug, text.token])).text
    for row, outcome in zip(rows, OUTCOMES, strict=True):
        assert (f"Raison de {row.token}." in page) == bool(outcome), "what became of it, because"
    table = page[page.index('class="short acceptance"') :].split("</table>")[0]
    shown = {line[0]: line[1:] for line in map(cells, table.split("<tr>")[2:])}
    hand: dict[str, Counter[str]] = {label: Counter() for label in LABELS}
    for number, outcome in enumerate(OUTCOMES):
        hand[LABELS[number % 5]][outcome] += 1
    hand["Ensemble"] = Counter(OUTCOMES)
    assert set(shown) == set(hand)
    for label, count in hand.items():
        kept, partly, lost, still = (count[one] for one in ("kept", "partly", "not_kept", ""))
        rate = round(100 * (kept + partly) / (kept + partly + lost))
        assert shown[label] == [
            *map(str, (kept, partly, lost, still, kept + partly + lost + still)),
            f"{rate} %",
        ]
    assert shown["Ensemble"][:5] == ["7", "4", "7", "2", "20"]
    assert len(rows) == 20
