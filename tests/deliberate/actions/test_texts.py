"""Versions of a text: keys that follow each paragraph, who publishes, who is told."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.commons.models import JournalEntry
from terreau.commons.tokens import new_token
from terreau.deliberate.actions import add_text, adopt_text, publish_version, set_contributions_open
from terreau.deliberate.actions.texts import Draft, VersionChanged
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.differences import REMOVED, new_words
from terreau.deliberate.enums import Power, State
from terreau.deliberate.importing import MOST_BLOCKS, Block
from terreau.deliberate.models import Interest, Support, Text, TextVersion
from terreau.deliberate.queries.texts import current_version, footprint_of, told_differences
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_participant, make_process
from tests.factories.texts import examiner_of, keys_of, make_contribution, make_text, next_version

pytestmark = pytest.mark.django_db


def words_of(version: TextVersion) -> list[tuple[str, str]]:
    return [(one.key, one.words) for one in version.paragraphs.all()]


@pytest.mark.parametrize("power", [Power.EXAMINER, Power.FACILITATOR])
def test_a_text_is_added_with_its_first_version(power):
    process = make_process(steps=("propose",))
    by = give_power(process, power)
    text = add_text(
        process=process,
        title=" Une halle ",
        origin="",
        blocks=[Block("heading", "Pourquoi"), Block("paragraph", "Pour tous.\x00")],
        by=by,
    )
    version = current_version(text)
    assert (version.number, version.step) == (1, process.steps.get())
    assert [(one.kind, one.words) for one in version.paragraphs.all()] == [
        ("heading", "Pourquoi"),
        ("paragraph", "Pour tous."),
    ]
    change = process.changes.get()
    assert (change.verb, change.reason) == ("add-text", "Une halle")


@pytest.mark.parametrize("power", [Power.VOTER, Power.DECIDER, None])
def test_others_add_no_text(power):
    process = make_process()
    by = give_power(process, power) if power else make_user("", "administrator", "steward")
    with pytest.raises(NotAllowed, match="animateurs et les instructeurs"):
        add_text(process=process, title="Une halle", origin="", blocks=[Block("paragraph", "Un.")], by=by)


@pytest.mark.parametrize(
    ("title", "blocks", "field"),
    [
        ("", [Block("paragraph", "Un.")], "title"),
        ("a" * 201, [Block("paragraph", "Un.")], "title"),
        ("Une halle", [], "paragraphs"),
        ("Une halle", [Block("paragraph", "\x00 ")], "paragraphs"),
        ("Une halle", [Block("paragraph", "Un.")] * (MOST_BLOCKS + 1), "paragraphs"),
    ],
)
def test_a_text_without_title_or_words_is_refused(title, blocks, field):
    process = make_process()
    with pytest.raises(ValidationError) as refusal:
        add_text(process=process, title=title, origin="", blocks=blocks, by=examiner_of(process))
    assert set(refusal.value.message_dict) == {field}
    assert not Text.objects.exists()


def test_text_of_a_draft_enters_no_public_history():
    process = make_process(state=State.DRAFT, opened_at=None)
    make_text(process)
    assert not process.changes.exists()
    assert JournalEntry.objects.filter(verb="draft-text").count() == 1


def test_next_version_keeps_keys_and_credits_what_it_carries():
    text = make_text(size=4)
    first = current_version(text)
    one, two, three, four = keys_of(text)
    kept = make_contribution(text, paragraph_key=two, outcome="kept", outcome_reason="C’est juste.")
    added = make_contribution(
        text, paragraph_key=two, kind="add", outcome="partly", outcome_reason="En partie."
    )
    gone = make_contribution(
        text, paragraph_key=four, kind="delete", words="", outcome="kept", outcome_reason="Oui."
    )
    new = new_token()
    version = publish_version(
        text=text,
        based_on=1,
        paragraphs=[
            Draft(three, "paragraph", "Paragraphe fictif 3."),
            Draft(one, "heading", "Paragraphe fictif 1."),
            Draft(two, "paragraph", "D’autres mots.\r\nSur deux lignes."),
            Draft(new, "paragraph", "Un ajout."),
            Draft(new_token(), "paragraph", "   "),
        ],
        kept={kept.token: two, added.token: new, gone.token: four},
        words="On reprend deux idées.",
        by=examiner_of(text.process),
    )
    assert words_of(version) == [
        (three, "Paragraphe fictif 3."),
        (one, "Paragraphe fictif 1."),
        (two, "D’autres mots.\nSur deux lignes."),
        (new, "Un ajout."),
    ]
    assert [[c.token for c in mark.contributions] for mark in footprint_of(version)] == [
        [],
        [],
        [kept.token],
        [added.token],
    ]
    assert not any(mark.contributions for mark in footprint_of(first))
    told = {one.difference.key: one for one in told_differences(first, version)}
    assert {key: (t.difference.state, [c.token for c in t.contributions]) for key, t in told.items()} == {
        three: ("same", []),
        one: ("changed", []),
        two: ("changed", [kept.token]),
        new: ("added", [added.token]),
        four: ("removed", [gone.token]),
    }


def test_footprint_stays_in_later_versions():
    text = make_text()
    key = keys_of(text)[0]
    one = make_contribution(text, outcome="kept", outcome_reason="Oui.")
    second = next_version(text, {key: "Autrement."}, kept={one.token: key})
    third = next_version(text, {keys_of(text)[1]: "Autrement aussi."})
    assert [c.token for c in footprint_of(third)[0].contributions] == [one.token]
    assert not any(told.contributions for told in told_differences(second, third))


def test_only_examiners_publish():
    text = make_text()
    for by in (
        give_power(text.process, Power.FACILITATOR),
        give_power(text.process, Power.DECIDER),
        make_user(),
    ):
        with pytest.raises(NotAllowed):
            next_version(text, {keys_of(text)[0]: "Autrement."}, by=by)
    assert text.versions.count() == 1


def test_two_examiners_do_not_overwrite_each_other():
    text = make_text()
    next_version(text, {keys_of(text)[0]: "Autrement."})
    with pytest.raises(VersionChanged, match="La version 2"):
        publish_version(
            text=text,
            based_on=1,
            paragraphs=[Draft(keys_of(text)[0], "paragraph", "Encore autrement.")],
            kept={},
            words="Autre chose.",
            by=examiner_of(text.process),
        )


def test_a_version_that_changes_nothing_or_does_not_say_what_is_refused():
    text = make_text()
    with pytest.raises(ValidationError, match="Rien ne change"):
        next_version(text, {})
    with pytest.raises(ValidationError, match="ce qui change"):
        next_version(text, {keys_of(text)[0]: "Autrement."}, words=" ")
    with pytest.raises(ValidationError, match="vide"):
        next_version(text, dict.fromkeys(keys_of(text), ""))


@pytest.mark.parametrize("key", ["", "court", "ABCDEFGHIJ", "a" * 11])
def test_keys_that_no_site_draws_are_refused(key):
    text = make_text()
    with pytest.raises(ValidationError, match="deux fois"):
        publish_version(
            text=text,
            based_on=1,
            paragraphs=[Draft(key, "paragraph", "Un.")],
            kept={},
            words="Un.",
            by=examiner_of(text.process),
        )


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": "", "outcome_reason": ""},
        {"outcome": "not_kept", "outcome_reason": "Non."},
        {"outcome": "kept", "outcome_reason": "Oui.", "moderation": "waiting"},
        {"outcome": "kept", "outcome_reason": "Oui.", "withdrawn_at": timezone.now()},
    ],
    ids=["open", "not kept", "not published", "withdrawn"],
)
def test_a_version_carries_only_what_was_kept(values):
    text = make_text()
    one = make_contribution(text, **values)
    with pytest.raises(ValidationError, match="n’est plus parmi"):
        next_version(text, {keys_of(text)[0]: "Autrement."}, kept={one.token: keys_of(text)[0]})
    assert text.versions.count() == 1


def test_a_version_carries_nothing_in_a_paragraph_that_is_nowhere():
    text = make_text()
    one = make_contribution(text, outcome="kept", outcome_reason="Oui.")
    with pytest.raises(ValidationError, match="n’est plus parmi"):
        next_version(text, {keys_of(text)[0]: "Autrement."}, kept={one.token: new_token()})


def test_supporters_are_told_once_but_not_who_is_locked(django_capture_on_commit_callbacks):
    text = make_text()
    process = text.process
    told, locked, stranger = make_user(), make_user(), None
    for user in (told, locked, stranger):
        Support.objects.create(
            participant=make_participant(process, user=user), version=current_version(text)
        )
    Interest.objects.create(
        process=process, user=locked, text=text, words="Un parent y vend.", declared_at=timezone.now()
    )
    with django_capture_on_commit_callbacks(execute=True):
        next_version(text, {keys_of(text)[0]: "Autrement."}, address="https://exemple.invalid/t/")
    assert [one.to for one in mail.outbox] == [[told.email]]
    assert "version 2" in mail.outbox[0].body and "https://exemple.invalid/t/" in mail.outbox[0].body
    assert Support.objects.filter(version__number=1).count() == 3  # the support stays to what was read


def test_an_examiner_with_an_interest_is_refused():
    text = make_text()
    by = examiner_of(text.process)
    Interest.objects.create(
        process=text.process, user=by, text=text, words="J’y loue.", declared_at=timezone.now()
    )
    with pytest.raises(NotAllowed, match="intérêt"):
        next_version(text, {keys_of(text)[0]: "Autrement."})


def test_contributions_end_and_open_again_with_a_public_reason():
    text = make_text()
    by = examiner_of(text.process)
    with pytest.raises(ValidationError):
        set_contributions_open(text=text, is_open=False, reason=" ", by=by)
    assert not set_contributions_open(text=text, is_open=False, reason="Tout est dit.", by=by).is_open
    assert set_contributions_open(text=text, is_open=True, reason="Une idée de plus.", by=by).is_open
    verbs = [change.verb for change in text.process.changes.all()]
    assert verbs == ["add-text", "end-text-contributions", "open-text-contributions"]


def test_adoption_has_a_day_that_has_come():
    text = make_text()
    by = examiner_of(text.process)
    for day in (None, timezone.localdate() + dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            adopt_text(text=text, on=day, by=by)
    adopted = adopt_text(text=text, on=timezone.localdate(), by=by)
    assert (adopted.adopted_on, adopted.is_open) == (timezone.localdate(), False)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "add", "remove", "move"]),
        st.integers(0, 10),
        st.text(alphabet="ab é", min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=5,
)


class AnySequenceOfVersions(TestCase):
    @settings(max_examples=25)
    @given(st.lists(STEPS, min_size=1, max_size=4))
    def test_keys_are_stable_and_a_difference_gives_the_new_text(self, versions):
        text = make_text()
        by = examiner_of(text.process)
        for steps in versions:
            current = current_version(text)
            drafts = [Draft(one.key, one.kind, one.words) for one in current.paragraphs.all()]
            for step, place, words in steps:
                place %= len(drafts)
                if step == "add":
                    drafts.insert(place, Draft(new_token(), "paragraph", f"Neuf {words}"))
                elif step == "change":
                    drafts[place] = Draft(drafts[place].key, "paragraph", f"Changé {words}")
                elif step == "move":
                    drafts.insert(place, drafts.pop())
                elif len(drafts) > 1:
                    drafts.pop(place)
            try:
                version = publish_version(
                    text=text, based_on=current.number, paragraphs=drafts, kept={}, words="Suite.", by=by
                )
            except ValidationError:
                said = [(one.key, one.words.split()) for one in drafts]  # spaces alone are no change
                assert said == [(key, words.split()) for key, words in words_of(current)]
                continue
            written = {one.key: one.words for one in version.paragraphs.all()}
            assert list(written) == [one.key for one in drafts]
            told = [one.difference for one in told_differences(current, version)]
            assert {one.key: new_words(one.pieces) for one in told if one.state != REMOVED} == written
