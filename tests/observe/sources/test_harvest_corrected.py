"""A harvest and what people corrected: corrections hold, and do not keep alive what no source names any more."""

import pytest

from terreau.commons.models import Party, Site
from terreau.observe.actions.corrections import accept_correction, propose_correction, propose_party
from terreau.observe.models import Correction
from tests.factories import make_user

from .test_harvest import SIREN, Write, row, run_it

pytestmark = pytest.mark.django_db


def correct(party: Party, **values: str) -> Correction:
    site = party.sites.first()
    correction, _secret = propose_correction(party=party, site=site, values=values, evidence="vu", by=None)
    return accept_correction(correction=correction, by=make_user("", "steward"))


def test_a_correction_holds_after_a_harvest_that_says_otherwise(region: None, write: Write) -> None:
    run_it(write, row("1", "Avant", siren=SIREN, web="https://avant.invalid/"))
    correct(Party.objects.get(), website="https://juste.invalid/")
    correct(Party.objects.get(), address="2 rue Juste")
    run_it(write, row("1", "Après", siren=SIREN, web="https://autre.invalid/", adresse="9 rue Fausse"))
    party = Party.objects.get()
    assert (party.name, party.website) == ("Après", "https://juste.invalid/")
    assert party.sites.get().address == "2 rue Juste"


def test_a_party_that_no_source_names_any_more_goes_though_it_was_corrected(
    region: None, write: Write
) -> None:
    run_it(write, row("1", siren=SIREN), row("2", "Reste"))
    correct(Party.objects.get(siren=SIREN), website="https://juste.invalid/", site_name="Local")
    run_it(write, row("2", "Reste"))
    assert Party.objects.get().name == "Reste"
    assert Site.objects.count() == 1
    assert Correction.objects.get().state == Correction.State.ACCEPTED


def test_a_party_that_somebody_told_of_stays(region: None, write: Write) -> None:
    run_it(write, row("2", "Reste"))
    commune = Party.objects.get().sites.get().commune
    told, _secret = propose_party(place=commune, values={"name": "Jardin fictif"}, evidence="vu", by=None)
    accept_correction(correction=told, by=make_user("", "steward"))
    run_it(write, row("3", "Autre"))
    assert set(Party.objects.values_list("name", flat=True)) == {"Autre", "Jardin fictif"}
