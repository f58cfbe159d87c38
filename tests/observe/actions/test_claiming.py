"""Who speaks for an organisation has proved it: by a code at its domain, or on paper at its address."""

import datetime as dt
import logging
import re

import pytest
from django.apps import apps
from django.utils import timezone

from terreau.commons.actions import erase_account
from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry, OutgoingMail, Party
from terreau.observe.actions import claiming
from terreau.observe.actions.claiming import (
    ClaimRefused,
    answer_claim,
    ask_by_letter,
    ask_by_mail,
    end_claim,
    forget_overdue_claims,
    mark_letter_sent,
    write_letter,
)
from terreau.observe.actions.parties import CORRECTIONS
from terreau.observe.models import Claim, Practice
from terreau.observe.queries.custodians import (
    CONTRIBUTED,
    claim_of,
    claims_granted,
    has_custodian,
    letters_to_send,
    parties_of,
    proofs_for,
    why_not_address,
)
from tests.factories import make_party, make_place, make_record, make_site, make_source, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db
PAGE = "https://terreau.invalid/acteurs/x/referent/"


@pytest.fixture
def party() -> Party:
    party = make_party("Épicerie fictive", website="https://www.epicerie.invalid/")
    site = make_site(party, make_place(name="Fictive-sur-Loire"), address="1 rue A", post_code="99001")
    make_record(party, site=site, values={"website": "https://www.epicerie.invalid/", "address": "1 rue A"})
    return party


@pytest.fixture
def send(django_capture_on_commit_callbacks, mailoutbox):
    """Ask by mail; returns the claim and the code that arrived."""

    def asked(party: Party, by, address: str = "bonjour@epicerie.invalid") -> tuple[Claim, str]:
        with django_capture_on_commit_callbacks(execute=True):
            claim = ask_by_mail(party=party, address=address, page=PAGE, by=by)
        return claim, re.search(r"\b\d{4}-\d{4}\b", mailoutbox[-1].body)[0]

    return asked


def test_code_at_the_domain_makes_a_custodian(party: Party, send, mailoutbox) -> None:
    user = make_user("camille@exemple.invalid")
    claim, code = send(party, user)
    (mail,) = mailoutbox
    assert mail.to == ["bonjour@epicerie.invalid"]
    assert PAGE in mail.body and "camille@exemple.invalid" in mail.body and party.name in mail.body
    assert not OutgoingMail.objects.exists(), "what went is forgotten"
    assert not has_custodian(party)
    done = answer_claim(claim=claim, code=f" {code.replace('-', ' ')} ", by=user)
    assert (done.state, done.address, done.code_digest) == (Claim.State.GRANTED, "", "")
    assert done.answered_at is not None
    assert has_custodian(party) and list(parties_of(user)) == [party]
    with pytest.raises(ClaimRefused, match="déjà"):
        ask_by_mail(party=party, address="bonjour@epicerie.invalid", page=PAGE, by=user)


def test_code_is_nowhere_but_in_the_mail(party: Party, send, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    user = make_user()
    claim, code = send(party, user)
    answer_claim(claim=claim, code="0000-0000", by=user)
    letter = speak_for(party, make_user(), state="open")
    Claim.objects.filter(pk=letter.pk).update(method=Claim.Method.PAPER)
    on_paper = write_letter(claim=letter, by=make_user("", "steward"))
    held = str([list(model._base_manager.values()) for model in apps.get_models()])
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in (code, code.replace("-", ""), on_paper, on_paper.replace("-", "")):
        assert secret not in held and secret not in said
    assert "epicerie.invalid" not in str(list(JournalEntry.objects.values()))
    assert "bonjour@" not in said


def test_a_code_is_of_one_claim_and_one_person(party: Party, send) -> None:
    user, other = make_user(), make_user()
    claim, code = send(party, user)
    theirs, _theirs = send(party, other)
    assert answer_claim(claim=theirs, code=code, by=other).state == Claim.State.OPEN
    with pytest.raises(ClaimRefused):
        answer_claim(claim=claim, code=code, by=other)


def test_five_wrong_codes_end_it(party: Party, send) -> None:
    user = make_user()
    claim, code = send(party, user)
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    states = [answer_claim(claim=claim, code=wrong, by=user).state for _ in range(5)]
    assert states == [Claim.State.OPEN] * 4 + [Claim.State.EXPIRED]
    with pytest.raises(ClaimRefused):
        answer_claim(claim=claim, code=code, by=user)
    assert not has_custodian(party)
    assert Claim.objects.get().address == ""


def test_an_old_code_does_not_count(party: Party, send) -> None:
    user = make_user()
    claim, code = send(party, user)
    Claim.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert answer_claim(claim=claim, code=code, by=user).state == Claim.State.EXPIRED
    claim, code = send(party, user)
    Claim.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert forget_overdue_claims(by=None) == 1
    assert forget_overdue_claims(by=None) == 0
    assert set(Claim.objects.values_list("state", "address", "code_digest")) == {("expired", "", "")}


def test_asking_again_voids_the_code_before(party: Party, send) -> None:
    user = make_user()
    _claim, first = send(party, user)
    claim, second = send(party, user)
    assert claim_of(user, party) == claim
    assert Claim.objects.filter(state=Claim.State.OPEN).count() == 1
    if first != second:
        assert answer_claim(claim=claim, code=first, by=user).state == Claim.State.OPEN
    assert answer_claim(claim=claim, code=second, by=user).state == Claim.State.GRANTED


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("x@gmail.com", "chacun peut y prendre une adresse"),
        ("x@autre.invalid", "epicerie.invalid"),
        ("x@faux-epicerie.invalid", "epicerie.invalid"),
        ("x@epicerie.invalid.evil.invalid", "epicerie.invalid"),
    ],
)
def test_addresses_that_prove_nothing(party: Party, address: str, why: str, mailoutbox) -> None:
    with pytest.raises(ClaimRefused, match=re.escape(why)):
        ask_by_mail(party=party, address=address, page=PAGE, by=make_user())
    assert not Claim.objects.exists() and not OutgoingMail.objects.exists() and mailoutbox == []


def test_site_on_a_shared_host_proves_nothing() -> None:
    party = make_party()
    make_record(party, values={"website": "https://epicerie.wordpress.com/"})
    make_record(party, values={"website": "https://www.facebook.com/epicerie"})
    assert proofs_for(party).domains == []
    assert [domain for domain, _why in proofs_for(party).refused] == [
        "epicerie.wordpress.com",
        "facebook.com",
    ]
    assert why_not_address(party, "x@epicerie.wordpress.com")


def test_domain_of_several_organisations_proves_nothing(party: Party) -> None:
    other = make_party(website="http://epicerie.invalid/antenne")
    ((domain, why),) = proofs_for(party).refused
    assert domain == "epicerie.invalid" and "autres organisations" in why
    Party.objects.filter(pk=other.pk).update(website="https://une-epicerie.invalid")
    assert proofs_for(party).domains == ["epicerie.invalid"]


def test_what_was_typed_here_proves_nothing(party: Party) -> None:
    """Else one could correct the website of an organisation to one's own, then prove."""
    make_record(
        party,
        make_source(CONTRIBUTED),
        site=party.sites.get(),
        values={"website": "https://evil.invalid", "address": "6 rue de chez moi"},
    )
    Party.objects.filter(pk=party.pk).update(website="https://evil.invalid")
    found = proofs_for(party)
    assert CONTRIBUTED == CORRECTIONS
    assert found.domains == ["epicerie.invalid"] and found.sites == []
    only = make_party()
    make_record(only, make_source(CONTRIBUTED), site=make_site(only, address="1 rue B", post_code="99001"),
                values={"website": "https://mien.invalid"})  # fmt: skip
    assert proofs_for(only).domains == [] and proofs_for(only).sites == []


def test_letter_is_written_sent_and_typed(party: Party) -> None:
    user, steward = make_user(), make_user("", "steward")
    claim = ask_by_letter(party=party, site=party.sites.get(), by=user)
    assert claim.address == "1 rue A\n99001 Fictive-sur-Loire"
    assert list(letters_to_send()) == [claim]
    with pytest.raises(ClaimRefused, match="Aucun code"):
        answer_claim(claim=claim, code="", by=user)
    with pytest.raises(ClaimRefused, match="Imprimez"):
        mark_letter_sent(claim=claim, by=steward)
    first = write_letter(claim=claim, by=steward)
    second = write_letter(claim=claim, by=steward)
    assert mark_letter_sent(claim=claim, by=steward).sent_at is not None
    if first != second:
        assert answer_claim(claim=claim, code=first, by=user).state == Claim.State.OPEN
    assert answer_claim(claim=claim, code=second, by=user).state == Claim.State.GRANTED
    assert Claim.objects.get().address == "" and not letters_to_send().exists()
    with pytest.raises(ClaimRefused):
        write_letter(claim=claim, by=steward)


def test_nobody_sends_herself_the_letter(party: Party) -> None:
    steward = make_user("", "steward")
    claim = ask_by_letter(party=party, site=party.sites.get(), by=steward)
    for act in (write_letter, mark_letter_sent):
        with pytest.raises(ClaimRefused, match="soi-même"):
            act(claim=claim, by=steward)
    assert Claim.objects.get().code_digest == ""


def test_letter_goes_only_where_a_source_says(party: Party) -> None:
    elsewhere = make_site(make_party(), address="9 rue d’un autre", post_code="99001")
    closed = make_site(party, address="2 rue fermée", post_code="99001", is_active=False)
    nowhere = make_site(party, address="3 rue sans commune")
    for site in (elsewhere, closed, nowhere):
        make_record(site.party, site=site, values={"address": site.address})
        with pytest.raises(ClaimRefused):
            ask_by_letter(party=party, site=site, by=make_user())


def test_she_ends_it_and_a_steward_says_why(
    party: Party, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    hers, another = speak_for(party), speak_for(party)
    practice = Practice.objects.create(
        party=party, identity=party.identity, theme="work", text="Dit", declared_by=hers.user
    )
    end_claim(claim=hers, by=hers.user)
    assert list(claims_granted()) == [another]
    steward = make_user("", "steward")
    with pytest.raises(ClaimRefused, match="raison"):
        end_claim(claim=another, by=steward, reason=" ")
    with django_capture_on_commit_callbacks(execute=True):
        end_claim(claim=another, by=steward, reason="A quitté l’association")
    another.refresh_from_db()
    assert (another.state, another.ended_because) == (Claim.State.ENDED, "A quitté l’association")
    assert "A quitté l’association" in mailoutbox[0].body and mailoutbox[0].to == [another.user.email]
    assert "quitté" not in str(list(JournalEntry.objects.values()))
    assert not has_custodian(party) and Practice.objects.get() == practice


def test_account_erased_its_claims_go_and_what_was_said_stays(party: Party, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    user = speak_for(party).user
    Practice.objects.create(party=party, identity=party.identity, theme="work", text="Dit", declared_by=user)
    other = make_party()
    make_record(other, values={"website": "https://autre.invalid"})
    ask_by_mail(party=other, address="a@autre.invalid", page=PAGE, by=user)
    assert OutgoingMail.objects.filter(to="a@autre.invalid").exists()
    erase_account(user=user, by=user)
    assert not Claim.objects.exists() and not OutgoingMail.objects.exists()
    practice = Practice.objects.get()
    assert (practice.text, practice.declared_by) == ("Dit", None)


def test_masked_parties_are_in_no_list(party: Party) -> None:
    user = speak_for(party).user
    ask_by_letter(party=party, site=party.sites.get(), by=make_user())
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert not letters_to_send().exists() and not claims_granted().exists() and not parties_of(user).exists()


def test_each_act_is_one_entry(party: Party, send) -> None:
    user = make_user()
    claim, code = send(party, user)
    answer_claim(claim=claim, code=code, by=user)
    end_claim(claim=claim, by=user)
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "ask-claim",
        "answer-claim",
        "end-claim",
    ]
    assert claiming.MOST_ATTEMPTS == 5


@pytest.mark.parametrize("end", ["ended", "asked again", "out of date"])
def test_a_mail_that_waits_goes_with_its_claim(party: Party, end: str) -> None:
    user, other = make_user(), make_user()
    claim = ask_by_mail(party=party, address="a@epicerie.invalid", page=PAGE, by=user)
    ask_by_mail(party=party, address="autre@epicerie.invalid", page=PAGE, by=other)
    if end == "ended":
        end_claim(claim=claim, by=user)
    elif end == "asked again":
        ask_by_mail(party=party, address="b@epicerie.invalid", page=PAGE, by=user)
    else:
        Claim.objects.filter(pk=claim.pk).update(expires_at=timezone.now())
        assert forget_overdue_claims(by=None) == 1
    waiting = set(OutgoingMail.objects.values_list("to", flat=True))
    assert waiting == {"autre@epicerie.invalid"} | ({"b@epicerie.invalid"} if end == "asked again" else set())
