"""Practices: declared, evidenced, confirmed by a peer, contested. What is said of them, and what is kept."""

from collections.abc import Callable
from typing import Any

import pytest

from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry, Party, Revision, Version
from terreau.lake.dump import read_dump, write_dump
from terreau.observe.actions.merging import merge_parties, undo_merge
from terreau.observe.actions.practices import (
    PracticeRefused,
    close_contradiction,
    confirm_practice,
    contradict_practice,
    declare_practice,
    give_evidence,
    reply_to_contradiction,
    withdraw_confirmation,
    withdraw_practice,
)
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import Claim, Confirmation, Contradiction, Practice
from terreau.observe.queries.documents import party_documents
from terreau.observe.queries.practices import (
    contradictions,
    find_practice,
    practices_by_theme,
    themes_of_document,
)
from tests.factories import make_party, make_record, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    party = make_party("Épicerie fictive")
    make_record(party)
    return speak_for(party)


def declare(claim: Claim, theme: str = "work", text: str = "Formés", evidence: str = "") -> Practice:
    return declare_practice(party=claim.party, theme=theme, text=text, evidence=evidence, by=claim.user)


def peer_of(name: str = "Pair fictif") -> Claim:
    peer = make_party(name)
    make_record(peer)
    return speak_for(peer)


def confirm(practice: Practice, by: Claim, words: str = "Nous l’avons vu.") -> Confirmation:
    return confirm_practice(practice=practice, peer=by.party, words=words, by=by.user)


def states(party: Party) -> dict[str, list[str]]:
    return {
        of.theme.value: [sheet.state for sheet in of.standing]
        for of in practices_by_theme(party)
        if of.standing
    }


def test_the_eight_themes_are_there_even_when_nothing_is_said(claim: Claim) -> None:
    themes = practices_by_theme(claim.party)
    assert [of.theme for of in themes] == list(PracticeTheme) and len(themes) == 8
    assert not any(of.standing or of.withdrawn for of in themes)


def test_declared_then_evidenced_then_confirmed(claim: Claim) -> None:
    practice = declare(claim)
    assert states(claim.party) == {"work": ["déclarée"]}
    give_evidence(practice=practice, evidence="https://exemple.invalid/bilan", by=claim.user)
    assert states(claim.party) == {"work": ["appuyée par une preuve"]}
    by = peer_of()
    confirm(practice, by)
    assert states(claim.party) == {"work": ["confirmée par un pair"]}
    (sheet,) = practices_by_theme(claim.party)[3].standing
    assert [(one.peer, one.words) for one in sheet.confirmations] == [(by.party, "Nous l’avons vu.")]
    assert practice.declared_by == claim.user


@pytest.mark.parametrize(
    ("evidence", "link"),
    [
        ("https://exemple.invalid/a", "https://exemple.invalid/a"),
        ("Bilan social 2025, au siège", ""),
        ("javascript:alert(1)", ""),
        ("https://exemple.invalid/a et le bilan", ""),
    ],
)
def test_only_one_web_address_is_a_link(claim: Claim, evidence: str, link: str) -> None:
    declare(claim, evidence=evidence)
    (sheet,) = practices_by_theme(claim.party)[3].standing
    assert sheet.evidence_link == link


def test_each_act_is_one_revision_and_one_entry(claim: Claim) -> None:
    by, steward = peer_of(), make_user("", "steward")
    practice = declare(claim)
    give_evidence(practice=practice, evidence="Bilan", by=claim.user)
    given = confirm(practice, by)
    withdraw_confirmation(confirmation=given, by=by.user)
    contested = contradict_practice(practice=practice, reason="Non", evidence="Presse", by=None)
    close_contradiction(contradiction=contested, is_upheld=False, answer="Vérifié", by=steward)
    withdraw_practice(practice=practice, by=claim.user)
    verbs = ["declare-practice", "give-evidence", "confirm-practice", "withdraw-confirmation",
             "contradict-practice", "close-contradiction", "withdraw-practice"]  # fmt: skip
    assert list(Revision.objects.order_by("number").values_list("verb", flat=True)) == verbs
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True)) == verbs
    assert Version.objects.filter(subject=f"party:{claim.party.public_id}").count() == len(verbs)
    credits = set(Revision.objects.values_list("credit", flat=True))
    assert credits == {"l’organisation", "une autre organisation", "quelqu’un qui le conteste", ""}
    said = str(list(JournalEntry.objects.values()))
    assert not any(words in said for words in ("Formés", "Bilan", "Nous l’avons vu", "Presse", "Vérifié"))


def test_history_keeps_what_was_withdrawn(claim: Claim) -> None:
    practice = declare(claim, text="Formés deux jours")
    by = peer_of()
    confirm(practice, by)
    withdraw_practice(practice=practice, by=claim.user)
    assert states(claim.party) == {} and find_practice(practice.pk) is None
    last = Version.objects.order_by("number").last()
    assert last is not None
    (sheet,) = themes_of_document(last.content)[3].standing
    assert sheet.practice.text == "Formés deux jours" and sheet.state == "confirmée par un pair"
    Party.objects.filter(pk=by.party.pk).update(diffusion=Diffusion.MASKED)
    (sheet,) = themes_of_document(last.content)[3].standing
    assert sheet.confirmations == []


def test_three_declarations_a_theme(claim: Claim) -> None:
    first = declare(claim)
    declare(claim)
    declare(claim)
    with pytest.raises(PracticeRefused, match="Trois"):
        declare(claim)
    declare(claim, theme="users")
    withdraw_practice(practice=first, by=claim.user)
    declare(claim)


@pytest.mark.parametrize(("theme", "text"), [("nothing", "x"), ("", "x"), ("work", " ")])
def test_a_practice_has_a_theme_and_words(claim: Claim, theme: str, text: str) -> None:
    with pytest.raises(PracticeRefused):
        declare(claim, theme=theme, text=text)
    assert not Practice.objects.exists() and not Revision.objects.exists()


def test_nobody_is_reached_through_what_is_published(claim: Claim) -> None:
    practice, by, steward = declare(claim), peer_of(), make_user("", "steward")
    contested = contradict_practice(practice=practice, reason="Non", evidence="Presse", by=None)
    before = str(party_documents([claim.party.pk])), Revision.objects.count()
    reach = "Écrire à camille@exemple.invalid"
    refusals: list[Callable[[], Any]] = [
        lambda: declare(claim, text=reach),
        lambda: declare(claim, evidence=reach),
        lambda: give_evidence(practice=practice, evidence=reach, by=claim.user),
        lambda: confirm(practice, by, words=reach),
        lambda: contradict_practice(practice=practice, reason=reach, evidence="x", by=None),
        lambda: reply_to_contradiction(contradiction=contested, reply=reach, by=claim.user),
        lambda: close_contradiction(contradiction=contested, is_upheld=True, answer=reach, by=steward),
    ]
    for refused in refusals:
        with pytest.raises(PracticeRefused, match="adresse e-mail"):
            refused()
    assert (str(party_documents([claim.party.pk])), Revision.objects.count()) == before


# Never by oneself -------------------------------------------------------------------------------------------------


def test_a_peer_confirms_once_and_for_herself(claim: Claim) -> None:
    practice, by, other = declare(claim), peer_of(), make_party()
    confirm(practice, by)
    refusals: list[Callable[[], Any]] = [
        lambda: confirm(practice, by),
        lambda: confirm_practice(practice=practice, peer=other, words="x", by=by.user),
        lambda: confirm_practice(practice=practice, peer=claim.party, words="x", by=by.user),
        lambda: confirm(practice, peer_of(), words="  "),
    ]
    for refused in refusals:
        with pytest.raises(PracticeRefused):
            refused()
    assert Confirmation.objects.count() == 1


def test_custodian_of_both_confirms_nothing_even_after_she_left(claim: Claim) -> None:
    practice, other = declare(claim), make_party()
    both = speak_for(other, claim.user)
    with pytest.raises(PracticeRefused):
        confirm(practice, both)
    Claim.objects.filter(pk=claim.pk).update(state=Claim.State.ENDED)
    with pytest.raises(PracticeRefused):
        confirm(practice, both)


def test_peers_merged_into_one_count_once_and_into_oneself_not_at_all(claim: Claim) -> None:
    practice, first, second = declare(claim), peer_of("Pair un"), peer_of("Pair deux")
    confirm(practice, first)
    confirm(practice, second)
    steward = make_user("", "steward")
    merge_parties(first=first.party, second=second.party, reason="La même", by=steward)
    (sheet,) = practices_by_theme(claim.party)[3].standing
    assert len(sheet.confirmations) == 1
    kept = sheet.confirmations[0].peer
    done = merge_parties(first=claim.party, second=kept, reason="La même", by=steward)
    party = Party.objects.get(identity=done.kept_identity)
    (sheet,) = practices_by_theme(party)[3].standing
    assert sheet.confirmations == [] and sheet.state == "déclarée"
    for user in (first.user, second.user, claim.user):
        with pytest.raises(PracticeRefused):
            confirm_practice(practice=practice, peer=party, words="x", by=user)
    undo_merge(merge=done, reason="Non", by=steward)
    (sheet,) = practices_by_theme(Party.objects.get(identity=claim.identity))[3].standing
    assert len(sheet.confirmations) == 1


def test_a_masked_peer_is_not_named(claim: Claim) -> None:
    practice, by = declare(claim), peer_of()
    confirm(practice, by)
    Party.objects.filter(pk=by.party.pk).update(diffusion=Diffusion.MASKED)
    assert states(claim.party) == {"work": ["déclarée"]}
    with pytest.raises(PracticeRefused):
        confirm(declare(claim, "users"), by)


def test_confirmation_is_withdrawn_by_its_side_alone(claim: Claim) -> None:
    practice, by = declare(claim), peer_of()
    given = confirm(practice, by)
    for stranger in (claim.user, make_user(), make_user("", "steward"), peer_of().user):
        with pytest.raises(PracticeRefused):
            withdraw_confirmation(confirmation=given, by=stranger)
    withdraw_confirmation(confirmation=given, by=speak_for(by.party).user)
    assert states(claim.party) == {"work": ["déclarée"]}


# Contradictions ---------------------------------------------------------------------------------------------------


def test_open_it_shows_without_its_words(
    claim: Claim, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    practice = declare(claim)
    with django_capture_on_commit_callbacks(execute=True):
        contested = contradict_practice(
            practice=practice, reason="Personne ne l’est", evidence="Presse", contact="x@exemple.invalid",
            page="https://terreau.invalid/p", by=None,
        )  # fmt: skip
    assert states(claim.party) == {"work": ["contestée, en examen"]}
    (mail,) = mailoutbox
    assert mail.to == [claim.user.email] and "https://terreau.invalid/p" in mail.body
    assert "Personne" not in mail.body and "x@exemple.invalid" not in mail.body
    assert list(contradictions()) == [contested]
    document = str(party_documents([claim.party.pk]))
    assert "contradictions" in document and "Personne" not in document and "Presse" not in document


@pytest.mark.parametrize(
    ("is_upheld", "state"), [(True, "contestée, contestation fondée"), (False, "déclarée")]
)
def test_closed_with_a_reason_and_the_contact_is_forgotten(
    claim: Claim, is_upheld: bool, state: str, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    contested = contradict_practice(
        practice=declare(claim), reason="Non", evidence="Presse", contact="x@exemple.invalid", by=None
    )
    reply_to_contradiction(contradiction=contested, reply="Si", by=claim.user)
    steward = make_user("", "steward")
    with pytest.raises(PracticeRefused, match="raison"):
        close_contradiction(contradiction=contested, is_upheld=is_upheld, answer=" ", by=steward)
    with django_capture_on_commit_callbacks(execute=True):
        close_contradiction(contradiction=contested, is_upheld=is_upheld, answer="Vérifié", by=steward)
    contested.refresh_from_db()
    assert (contested.reply, contested.answer, contested.contact) == ("Si", "Vérifié", "")
    assert states(claim.party) == {"work": [state]}
    assert mailoutbox[-1].to == ["x@exemple.invalid"] and "Vérifié" in mailoutbox[-1].body
    assert Contradiction.objects.count() == 1


def test_its_author_does_not_judge(claim: Claim) -> None:
    steward = make_user("", "steward")
    contested = contradict_practice(
        practice=declare(claim), reason="Non", evidence="Presse", contact="autre@exemple.invalid", by=steward
    )
    assert contested.contact == "", "her account has her address"
    with pytest.raises(PracticeRefused):
        close_contradiction(contradiction=contested, is_upheld=True, answer="x", by=steward)
    close_contradiction(contradiction=contested, is_upheld=True, answer="x", by=make_user("", "steward"))


@pytest.mark.parametrize(("reason", "evidence"), [("", "x"), ("x", " ")])
def test_a_contradiction_says_what_and_from_where(claim: Claim, reason: str, evidence: str) -> None:
    with pytest.raises(PracticeRefused):
        contradict_practice(practice=declare(claim), reason=reason, evidence=evidence, by=None)


def test_withdrawing_does_not_wash_what_was_upheld(claim: Claim) -> None:
    practice, steward = declare(claim), make_user("", "steward")
    contested = contradict_practice(practice=practice, reason="Non", evidence="Presse", by=None)
    close_contradiction(contradiction=contested, is_upheld=True, answer="Vérifié", by=steward)
    withdraw_practice(practice=practice, by=claim.user)
    declare(claim)
    of_work = practices_by_theme(claim.party)[3]
    assert [sheet.state for sheet in of_work.standing] == ["déclarée"]
    assert [sheet.practice for sheet in of_work.withdrawn] == [practice]


def test_a_dump_tells_what_pages_tell(claim: Claim, tmp_path) -> None:
    practice, steward = declare(claim, text="Déclaré en public"), make_user("", "steward")
    for verdict in (None, False, True):
        contested = contradict_practice(
            practice=practice, reason=f"secret {verdict}", evidence=f"preuve secret {verdict}", by=None
        )
        reply_to_contradiction(contradiction=contested, reply=f"réponse secret {verdict}", by=claim.user)
        if verdict is not None:
            close_contradiction(
                contradiction=contested, is_upheld=verdict, answer=f"raison {verdict}", by=steward
            )
    merged = peer_of()
    confirm(practice, merged, words="Vu par soi-même")
    Confirmation.objects.update(peer=claim.party)
    write_dump(tmp_path / "export")
    frames = read_dump(tmp_path / "export").frames
    told = str(frames["contradictions"].to_dicts()) + str(frames["confirmations"].to_dicts())
    assert "secret True" in told and "raison False" in told and "raison True" in told
    assert "secret None" not in told and "secret False" not in told and "Vu par soi-même" not in told


def test_masked_parties_are_in_no_list(claim: Claim) -> None:
    practice = declare(claim)
    contradict_practice(practice=practice, reason="Non", evidence="Presse", by=None)
    Party.objects.filter(pk=claim.party.pk).update(diffusion=Diffusion.MASKED)
    assert find_practice(practice.pk) is None and not contradictions().exists()


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_one_as_for_three(claim: Claim, number: int, django_assert_num_queries) -> None:
    for rank in range(number):
        practice = declare(claim, text=f"Formés {rank}")
        confirm(practice, peer_of(f"Pair {rank}"))
        contradict_practice(practice=practice, reason="Non", evidence="Presse", by=None)
    with django_assert_num_queries(3):
        for of_theme in practices_by_theme(claim.party):
            for sheet in of_theme.standing:
                assert sheet.state and [one.peer.name for one in sheet.confirmations]


def test_history_does_not_keep_whose_account_contested(claim: Claim) -> None:
    practice, author = declare(claim), make_user()
    contradict_practice(practice=practice, reason="Non", evidence="Presse", by=author)
    told = dict(Revision.objects.values_list("verb", "by"))
    assert told == {"declare-practice": claim.user.pk, "contradict-practice": None}
    assert JournalEntry.objects.get(verb="contradict-practice").by == author, "the private journal keeps it"
