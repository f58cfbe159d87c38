"""Who may do what: every act of the table, tried by every person, and then through the actions themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from terreau.commons.models import Party, User
from terreau.observe.actions import claiming, practices
from terreau.observe.models import Claim, Confirmation, Contradiction, Practice
from terreau.observe.rules import ALLOWED, may
from tests.factories import make_party, make_user

pytestmark = pytest.mark.django_db


def speak_for(party: Party, user: User | None = None, state: str = "granted", **values: Any) -> Claim:
    """A claim as it is once proved."""
    user = user or make_user()
    at = timezone.now()
    answered = at if state in ("granted", "ended") else None
    return Claim.objects.create(
        party=party, identity=party.identity, user=user, method="email", state=state, answered_at=answered,
        expires_at=at + claiming.MAIL_LASTS, **values,
    )  # fmt: skip


def people(party: Party) -> dict[str, User | AnonymousUser]:
    other = make_party()
    found: dict[str, User | AnonymousUser] = {
        name: make_user()
        for name in ("member", "custodian", "peer", "both", "closed", "once custodian", "asking")
    }
    found |= {
        name: make_user("", "steward")
        for name in ("steward", "steward and custodian", "steward and peer", "steward once", "steward asking")
    }
    found["administrator"] = make_user("", "administrator", "moderator", "facilitator")
    found["visitor"] = AnonymousUser()
    for name in ("custodian", "both", "closed", "steward and custodian"):
        speak_for(party, found[name])
    for name in ("peer", "both", "steward and peer", "once custodian", "steward once"):
        speak_for(other, found[name])
    for name in ("once custodian", "steward once"):
        speak_for(party, found[name], "ended")
    for name in ("asking", "steward asking"):
        speak_for(party, found[name], "open")
    found["closed"].is_active = False
    found["closed"].save()
    return found


EVERYBODY = {
    "visitor", "closed", "member", "custodian", "peer", "both", "once custodian", "asking", "steward",
    "steward and custodian", "steward and peer", "steward once", "steward asking", "administrator",
}  # fmt: skip
WITH_AN_ACCOUNT = EVERYBODY - {"visitor", "closed"}
OF_THE_ORGANISATION = {"custodian", "both", "steward and custodian"}
STEWARDS_OF_NO_SIDE = {"steward", "steward and peer"}
EXPECTED = {
    "ask_claim": WITH_AN_ACCOUNT,
    "declare": OF_THE_ORGANISATION,
    "give_evidence": OF_THE_ORGANISATION,
    "withdraw": OF_THE_ORGANISATION,
    "reply": OF_THE_ORGANISATION,
    "confirm": {"peer", "steward and peer"},
    "contradict": EVERYBODY,
    "close_contradiction": STEWARDS_OF_NO_SIDE,
    "send_letter": STEWARDS_OF_NO_SIDE,
    "end_claim": STEWARDS_OF_NO_SIDE,
    "publish_first": OF_THE_ORGANISATION,
    "erase_own_words": OF_THE_ORGANISATION | STEWARDS_OF_NO_SIDE,
    "erase_words_of_others": STEWARDS_OF_NO_SIDE,
}


def test_the_table_is_what_is_expected_of_each_person() -> None:
    party = make_party()
    found = people(party)
    assert set(found) == EVERYBODY and set(EXPECTED) == set(ALLOWED)
    for act in ALLOWED:
        assert {name for name, user in found.items() if may(user, act, party)} == EXPECTED[act], act


ACTS: dict[str, Callable[[Party, Practice, Any, Claim, Any], Any]] = {
    "declare": lambda party, practice, contradiction, claim, by: practices.declare_practice(
        party=party, theme="users", text="Un conseil", by=by
    ),
    "give_evidence": lambda party, practice, contradiction, claim, by: practices.give_evidence(
        practice=practice, evidence="Bilan", by=by
    ),
    "withdraw": lambda party, practice, contradiction, claim, by: practices.withdraw_practice(
        practice=practice, by=by
    ),
    "reply": lambda party, practice, contradiction, claim, by: practices.reply_to_contradiction(
        contradiction=contradiction, reply="Si", by=by
    ),
    "confirm": lambda party, practice, contradiction, claim, by: practices.confirm_practice(
        practice=practice,
        peer=Claim.objects.exclude(party=party).filter(user=by).get().party if by.pk else party,
        words="Vu",
        by=by,
    ),
    "contradict": lambda party, practice, contradiction, claim, by: practices.contradict_practice(
        practice=practice, reason="Non", evidence="Presse", by=by if by.pk else None
    ),
    "close_contradiction": lambda party, practice, contradiction, claim, by: practices.close_contradiction(
        contradiction=contradiction, is_upheld=True, answer="Vérifié", by=by
    ),
    "send_letter": lambda party, practice, contradiction, claim, by: claiming.write_letter(
        claim=claim, by=by
    ),
    "end_claim": lambda party, practice, contradiction, claim, by: claiming.end_claim(
        claim=claim, by=by, reason="x"
    ),
}


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_actions_obey_the_table(act: str, name: str) -> None:
    party = make_party()
    by = people(party)[name]
    practice = Practice.objects.create(party=party, identity=party.identity, theme="work", text="Formés")
    contradiction = Contradiction.objects.create(practice=practice, reason="Non", evidence="Presse")
    claim = speak_for(party, state="open")
    claim.method = Claim.Method.PAPER
    claim.save()
    before = everything()
    try:
        ACTS[act](party, practice, contradiction, claim, by)
    except (practices.PracticeRefused, claiming.ClaimRefused, Claim.DoesNotExist):
        assert everything() == before
        assert name not in EXPECTED[act]
    else:
        assert everything() != before
        assert name in EXPECTED[act]


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Claim, Practice, Confirmation, Contradiction)
    ]


def test_states_close_what_is_over() -> None:
    """A withdrawn practice, a closed contradiction, an ended claim: nobody goes on with them."""
    party, peer = make_party(), make_party()
    custodian, of_peer, steward = speak_for(party).user, speak_for(peer).user, make_user("", "steward")
    about = {"party": party, "identity": party.identity}
    withdrawn = Practice.objects.create(**about, theme="work", text="Dit", withdrawn_at=timezone.now())
    closed = Contradiction.objects.create(practice=withdrawn, reason="Non", state="rejected")
    ended = speak_for(party, state="ended")
    tried: list[Callable[[], Any]] = [
        lambda: practices.give_evidence(practice=withdrawn, evidence="x", by=custodian),
        lambda: practices.withdraw_practice(practice=withdrawn, by=custodian),
        lambda: practices.confirm_practice(practice=withdrawn, peer=peer, words="Vu", by=of_peer),
        lambda: practices.contradict_practice(practice=withdrawn, reason="x", evidence="x", by=None),
        lambda: practices.reply_to_contradiction(contradiction=closed, reply="x", by=custodian),
        lambda: practices.close_contradiction(contradiction=closed, is_upheld=True, answer="x", by=steward),
        lambda: claiming.end_claim(claim=ended, by=steward, reason="x"),
        lambda: claiming.answer_claim(claim=ended, code="1", by=ended.user),
        lambda: claiming.write_letter(claim=ended, by=steward),
    ]
    before = everything()
    for act in tried:
        with pytest.raises((practices.PracticeRefused, claiming.ClaimRefused)):
            act()
    assert everything() == before
