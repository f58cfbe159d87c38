"""A declared interest locks its file for its holder: 403, why, and what to do."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from terreau.deliberate import actions
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Proposal
from terreau.deliberate.web.locking import refuse_if_locked
from tests.factories.deliberate import give_power, make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def asked(user) -> object:
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_the_file_is_refused_to_its_holder_alone() -> None:
    process = make_process()
    text, other = process.texts.create(title="Texte fictif"), process.texts.create(title="Autre")
    decider, colleague = give_power(process, Power.DECIDER), give_power(process, Power.DECIDER)
    actions.declare_interest(process=process, words="Ma sœur y travaille.", text=text, by=decider)
    refused = refuse_if_locked(asked(decider), process, text=text)
    assert refused is not None and refused.status_code == 403
    page = refused.content.decode()
    assert "Ma sœur y travaille." in page and reverse("deliberate:interests", args=[process.slug]) in page
    for user, file in ((decider, other), (colleague, text), (AnonymousUser(), text)):
        assert refuse_if_locked(asked(user), process, text=file) is None
    assert refuse_if_locked(asked(decider), process) is None


def test_interests_are_declared_and_ended_by_their_page(client) -> None:
    process = make_process()
    row = Proposal.objects.create(process=process, number=3, at=process.opened_at, moderation="published")
    row.versions.create(number=1, title="Une proposition fictive", words="…", at=process.opened_at)
    decider = give_power(process, Power.DECIDER)
    client.force_login(decider)
    address = reverse("deliberate:interests", args=[process.slug])
    assert "3. Une proposition fictive" in client.get(address).text
    empty = client.post(address, {"do": "declare", "file": f"proposal:{row.token}", "words": ""})
    assert empty.status_code == 400 and "Dites quel intérêt" in empty.text
    assert (
        client.post(address, {"do": "declare", "file": "proposal:inconnue", "words": "x"}).status_code == 400
    )
    declared = client.post(
        address, {"do": "declare", "file": f"proposal:{row.token}", "words": "Ma commune."}
    )
    assert declared.status_code == 302
    words = reverse("deliberate:words", args=[process.slug, row.token])
    assert client.get(words).status_code == 403
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    assert "Ma commune." in page and "dans la proposition 3" in page
    interest = process.interests.get()
    end = {"do": "end", "interest": interest.pk}
    assert client.post(address, {**end, "because": ""}).status_code == 400
    assert client.post(address, {**end, "because": "Mandat fini."}).status_code == 302
    assert client.get(words).status_code == 200


def test_who_has_no_role_has_nothing_to_declare_and_a_locked_moderator_judges_nothing(client) -> None:
    process = make_process()
    moderator = give_power(process, Power.EXAMINER)
    moderator.role_grants.create(role="moderator")
    row = make_statement(process, author=make_participant(process), moderation="waiting")
    actions.declare_interest(process=process, words="Tout le dossier.", by=moderator)
    client.force_login(moderator)
    address = reverse("deliberate:words", args=[process.slug, row.token])
    assert client.post(address, {"do": "publish"}).status_code == 403
    row.refresh_from_db()
    assert row.moderation == "waiting"
    client.force_login(type(moderator).objects.create_user("autre@exemple.invalid"))
    assert client.get(reverse("deliberate:interests", args=[process.slug])).status_code == 403
