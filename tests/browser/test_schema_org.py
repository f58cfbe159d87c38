"""A block of data in a page is no script: a strict policy lets it stand, and nothing in it runs."""

import json

import pytest
from django.urls import reverse

from tests.factories import make_party

from .conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_browser_takes_the_block_as_data_and_runs_nothing(visitor: Visitor) -> None:
    name = '</script><script>document.title="ouvert"</script><!--<script>'
    party = make_party(name)
    page = visitor.open(reverse("observe:party", args=[party.public_id]))
    block = page.locator('script[type="application/ld+json"]')
    assert block.count() == 1
    assert json.loads(block.text_content() or "")["name"] == name
    assert page.title() != "ouvert"
    assert page.locator("main script:not([type])").count() == 0
    assert visitor.complaints == []
