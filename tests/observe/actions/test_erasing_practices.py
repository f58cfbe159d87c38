"""Erasing the words of a practice, of a confirmation, of a contradiction. On a real file, byte by byte."""

from pathlib import Path

import pytest

from terreau.commons.models import OutgoingMail, Revision, User, Version
from terreau.observe.actions.erasing_practices import erase_confirmation, erase_contradiction, erase_practice
from terreau.observe.actions.merging import merge_parties
from terreau.observe.actions.parties import remove_orphans
from terreau.observe.actions.practices import (
    PracticeRefused,
    close_contradiction,
    confirm_practice,
    contradict_practice,
    declare_practice,
    give_evidence,
    reply_to_contradiction,
    withdraw_practice,
)
from terreau.observe.models import ERASED_WORDS, Claim, Confirmation, Contradiction, Practice, SourceRecord
from terreau.observe.queries.practices import practices_by_theme
from tests.factories import make_party, make_record, make_user
from tests.observe.test_rules import people, speak_for
from tests.stories import TOKEN, play

pytestmark = pytest.mark.django_db
TABLES = (Practice, Confirmation, Contradiction, Version, Revision, OutgoingMail)


@pytest.fixture
def claim() -> Claim:
    party = make_party("Épicerie fictive")
    make_record(party, identity=party.identity)
    return speak_for(party)


@pytest.fixture
def practice(claim: Claim) -> Practice:
    text = f"Nous formons {TOKEN}."
    made = declare_practice(
        party=claim.its_party, theme="work", text=text, evidence=f"{TOKEN} 1", by=claim.user
    )
    give_evidence(practice=made, evidence=f"{TOKEN} 2", by=claim.user)
    return made


def confirm(practice: Practice, words: str) -> tuple[Confirmation, User]:
    by = speak_for(make_party("Pair fictif"))
    return confirm_practice(practice=practice, peer=by.its_party, words=words, by=by.user), by.user


def contradict(
    practice: Practice, by: User | None = None, reason: str = "Non", answer: str = "Vu"
) -> Contradiction:
    made = contradict_practice(practice=practice, reason=reason, evidence="Un bilan", by=by)
    steward = make_user("", "steward")
    return close_contradiction(contradiction=made, is_upheld=True, answer=answer, by=steward)


def tables_with_it() -> list[str]:
    return [model.__name__ for model in TABLES if TOKEN in str(list(model.objects.values()))]


def test_nothing_keeps_the_words_of_a_practice_and_history_reads(practice: Practice, claim: Claim) -> None:
    confirm(practice, f"Oui : Nous formons {TOKEN}.")
    contested = contradict_practice(practice=practice, reason="Non", evidence="Un bilan", by=None)
    reply_to_contradiction(contradiction=contested, reply=f"Si, {TOKEN}", by=claim.user)
    close_contradiction(
        contradiction=contested,
        is_upheld=True,
        answer=f"Nous formons {TOKEN}. est faux",
        by=make_user("", "steward"),
    )
    assert tables_with_it() == ["Practice", "Confirmation", "Contradiction", "Version"]
    erase_practice(practice=practice, by=claim.user)
    assert tables_with_it() == []
    practice.refresh_from_db()
    assert (practice.text, practice.evidence, practice.declared_by) == (ERASED_WORDS, "", None)
    assert practice.withdrawn_at is not None
    assert Confirmation.objects.get().words == f"Oui : {ERASED_WORDS}"
    (sheet,) = [one for theme in practices_by_theme(claim.its_party) for one in theme.withdrawn]
    assert (sheet.contradictions[0].reason, sheet.contradictions[0].reply) == ("Non", ERASED_WORDS)
    told = [one["text"] for version in Version.objects.all() for one in version.content["practices"]]
    assert told and set(told) == {ERASED_WORDS}
    assert Revision.objects.latest("number").verb == "erase-practice"
    with pytest.raises(PracticeRefused, match="déjà effacés"):
        erase_practice(practice=practice, by=claim.user)


def test_one_withdrawn_before_is_erased_too(practice: Practice, claim: Claim) -> None:
    withdraw_practice(practice=practice, by=claim.user)
    when = Practice.objects.get().withdrawn_at
    erase_practice(practice=practice, by=claim.user)
    assert tables_with_it() == [] and Practice.objects.get().withdrawn_at == when


def test_another_practice_of_the_same_theme_is_left_as_it_is(practice: Practice, claim: Claim) -> None:
    other = declare_practice(party=claim.its_party, theme="work", text="Nous aidons.", by=claim.user)
    erase_practice(practice=practice, by=claim.user)
    other.refresh_from_db()
    assert other.text == "Nous aidons." and other.withdrawn_at is None
    assert "Nous aidons." in str(list(Version.objects.values("content")))


def test_the_words_of_a_confirmation(practice: Practice) -> None:
    given, peer = confirm(practice, f"Vu {TOKEN} {TOKEN}")
    kept, _other = confirm(practice, "Vu aussi")
    erase_confirmation(confirmation=given, by=peer)
    assert f"{TOKEN} {TOKEN}" not in str([list(model.objects.values()) for model in TABLES])
    assert list(Confirmation.objects.all()) == [kept]
    last = Version.objects.latest("number").content["practices"][0]
    assert [one["words"] for one in last["confirmations"]] == [ERASED_WORDS, "Vu aussi"]
    assert last["text"] == f"Nous formons {TOKEN}.", "the organisation's own words stay"


def test_the_words_of_a_contradiction_upheld(claim: Claim) -> None:
    clean = declare_practice(party=claim.its_party, theme="work", text="Nous formons.", by=claim.user)
    author = make_user()
    done = contradict(clean, author, reason=f"Non, {TOKEN}", answer=f"« Non, {TOKEN} » est vrai")
    OutgoingMail.objects.create(
        to="x@exemple.invalid", subject="s", body=TOKEN, about=f"contradiction:{done.pk}"
    )
    erase_contradiction(contradiction=done, by=author)
    assert tables_with_it() == []
    done.refresh_from_db()
    assert (done.state, done.reason, done.evidence) == (Contradiction.State.UPHELD, ERASED_WORDS, "")
    assert (done.answer, done.author) == (f"« {ERASED_WORDS} » est vrai", None)


def test_one_still_open_is_taken_back(practice: Practice) -> None:
    author = make_user()
    made = contradict_practice(practice=practice, reason=f"Non {TOKEN}", evidence="Un bilan", by=author)
    erase_contradiction(contradiction=made, by=author)
    assert not Contradiction.objects.exists()


def test_words_are_found_where_it_was_merged_and_while_it_is_away(practice: Practice, claim: Claim) -> None:
    kept = make_party("La même", siren="732829320")
    make_record(kept, identity=kept.identity)
    merge_parties(first=claim.its_party, second=kept, reason="La même", by=make_user("", "steward"))
    SourceRecord.objects.all().delete()
    remove_orphans({kept.pk}, set())
    assert Practice.objects.get().party is None
    erase_practice(practice=practice, by=claim.user)  # who wrote them, though she speaks for nobody now
    assert tables_with_it() == []


def test_who_may_erase_what() -> None:
    """Neither the organisation what is said against it, nor anybody what is not hers."""
    own = {"custodian", "both", "steward and custodian", "steward", "steward and peer"}
    party = make_party()
    found = people(party)
    author = make_user()
    for name, user in found.items():
        practice = Practice.objects.create(party=party, theme="work", text="Oui", declared_by=author)
        given = Confirmation.objects.create(
            practice=practice, peer=make_party(), words="Vu", confirmed_by=author
        )
        closed = Contradiction.objects.create(practice=practice, reason="Non", state="upheld", author=author)
        allowed = {"practice": own, "given": own - {"custodian", "both", "steward and custodian"}}
        if not isinstance(user, User):
            continue  # the table of addresses lets only members come
        for act, refused in (
            (lambda by, one=given: erase_confirmation(confirmation=one, by=by), name not in allowed["given"]),
            (
                lambda by, one=closed: erase_contradiction(contradiction=one, by=by),
                name not in allowed["given"],
            ),
            (lambda by, one=practice: erase_practice(practice=one, by=by), name not in allowed["practice"]),
        ):
            if refused:
                with pytest.raises(PracticeRefused, match="qui les a écrits"):
                    act(user)
            else:
                act(user)


STORY = f"""
from django.conf import settings
from django.test import Client
import shutil, sys
from pathlib import Path
from terreau.commons.models import OutgoingMail, Version
from terreau.lake.dump import write_dump
from terreau.observe.actions.practices import close_contradiction, confirm_practice, contradict_practice
from terreau.observe.actions.practices import declare_practice, give_evidence
from terreau.observe.actions.refreshing import refresh_published

from tests.factories import make_user
from tests.stories import files_with_it, is_sqlite
from tests.factories.world import make_world
from tests.observe.test_rules import speak_for
party, peer, _third = make_world().parties
custodian, colleague, steward = speak_for(party).user, speak_for(peer).user, make_user("", "steward")
practice = declare_practice(party=party, theme="ethics", text="Dit {TOKEN} un.", evidence="{TOKEN} 1", by=custodian)
give_evidence(practice=practice, evidence="{TOKEN} 2", by=custodian)
given = confirm_practice(practice=practice, peer=peer, words="Vu {TOKEN} deux.", by=colleague)
contested = contradict_practice(practice=practice, reason="Non {TOKEN} trois.", evidence="{TOKEN} 3",
                                contact="une@exemple.invalid", by=None)
close_contradiction(contradiction=contested, is_upheld=True, answer="Non {TOKEN} trois. est vrai", by=steward)
refresh_published(by=None)
visitor, member, manager = Client(), Client(), Client()
member.force_login(custodian)
manager.force_login(steward)
state, dumps = Path(settings.DATA_DIR), Path(settings.DATA_DIR).parent
shown = f"/acteurs/{{party.public_id}}/"
assert visitor.get(shown).content.decode().count("{TOKEN}") > 3
assert "{TOKEN}" in str(list(OutgoingMail.objects.values()))  # the answer waits for a mail server
before = files_with_it(state)
assert not is_sqlite or any(path.endswith("terreau.sqlite3-wal") for path in before), before
write_dump(dumps / "before")
assert len(files_with_it(dumps / "before")) >= 4
shutil.rmtree(dumps / "before")
page = f"/pratiques/{{practice.pk}}/effacer/"
for who, what in ((manager, f"contradiction-{{contested.pk}}"), (manager, f"confirmation-{{given.pk}}"),
                  (member, "practice")):
    assert who.post(page, {{"erase": what}}).status_code == 302, what
assert "{TOKEN}" not in visitor.get(shown).content.decode()
assert "{TOKEN}" not in str(list(OutgoingMail.objects.values()))
assert "[texte effacé]" in str(list(Version.objects.values()))  # history still reads
assert visitor.get(shown + "historique/").status_code == 200
assert not is_sqlite or (state / "terreau.sqlite3-wal").exists()
write_dump(dumps / "after")
sys.stdout.write(f"left in {{files_with_it(state)}} {{files_with_it(dumps / 'after')}}")
"""


def test_no_byte_of_it_is_left_in_any_file(tmp_path: Path) -> None:
    """The database, its write-ahead log while the site still runs, the mail queue, the published files, the public
    log, the dump, and what was logged.
    """
    done = play(STORY, tmp_path)
    assert done.stdout == "left in [] []"  # while the site still runs
