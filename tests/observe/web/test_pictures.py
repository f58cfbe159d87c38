"""Pictures on pages: who may add, what is said and kept when something is wrong, who gets which file."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from terreau.commons.enums import Diffusion
from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party
from terreau.observe.models import Picture, PictureRelease
from terreau.observe.pictures import folder, picture_path
from tests.factories import make_party, make_user
from tests.factories.claims import make_custodian
from tests.factories.pictures import PLACE, make_file, make_picture

pytestmark = pytest.mark.django_db


def new(party: Party) -> str:
    return reverse("observe:picture_new", args=[party.public_id])


def file_address(picture: Picture, size: int = 480) -> str:
    return reverse("observe:picture_file", args=[picture.sha256, size])


def sent(content: bytes = b"", name: str = "photo.jpg", **values) -> dict[str, object]:
    given = {
        "file": SimpleUploadedFile(name, content or make_file(), "image/jpeg"),
        "alt": "Une façade rouge et bleue",
        "people": "0",
        "author_name": "Photographe fictive",
        "rights_holder": "Association fictive",
        "licence": "cc-by-4.0",
        "source_address": "",
        "taken_on": "2024-06-01",
    }
    return {name: value for name, value in {**given, **values}.items() if value is not None}


def page_of(client, party: Party) -> str:
    return client.get(reverse("observe:party", args=[party.public_id])).text.replace("\u00a0", " ")


@pytest.mark.parametrize("role", ["steward", "facilitator"])
def test_added_then_shown_with_description_credit_licence_and_year(client, role) -> None:
    party = make_party()
    client.force_login(make_user("", role))
    assert "Ajouter une image" in page_of(client, party)
    answer = client.post(new(party), sent(make_file(2000, 1500)))
    assert answer.status_code == 302 and answer.url == reverse("observe:party", args=[party.public_id])
    client.logout()
    page = page_of(client, party)
    picture = Picture.objects.get()
    assert (
        f'<img src="{file_address(picture)}" alt="Une façade rouge et bleue" width="480" height="360" loading="lazy">'
        in page
    )
    for words in ("Photographe fictive", "Association fictive", "CC BY 4.0</a>, 2024", "/licenses/by/4.0/"):
        assert words in page
    assert "Ajouter une image" not in page and "Changer la licence" not in page
    credits = client.get(reverse("observe:pictures")).text
    assert file_address(picture) in credits and party.name in credits and "Photographe fictive" in credits


@pytest.mark.parametrize("role", ["", "member", "moderator", "administrator", "custodian of another"])
def test_others_may_not_add_nor_send_a_file(client, role) -> None:
    party = make_party()
    if role == "custodian of another":
        client.force_login(make_custodian(make_party()))
    elif role:
        client.force_login(make_user("", *({role} - {"member"})))
    before = set(folder().iterdir()) if folder().is_dir() else set()
    assert "Ajouter une image" not in page_of(client, party)
    elsewhere = reverse("observe:custodian", args=[party.public_id]) if role else "/compte/connexion/"
    for answer in (client.get(new(party)), client.post(new(party), sent())):
        assert answer.status_code == 302 and answer.url.startswith(elsewhere)
    assert not Picture.objects.exists()
    assert (set(folder().iterdir()) if folder().is_dir() else set()) == before


def test_whoever_speaks_for_it_adds_corrects_and_withdraws_but_shows_nothing_that_is_kept(client) -> None:
    party = make_party()
    client.force_login(make_custodian(party))
    assert "Ajouter une image" in page_of(client, party)
    desk = reverse("observe:custodian", args=[party.public_id])
    assert new(party) in client.get(desk).text
    assert client.post(new(party), sent()).status_code == 302
    shown = Picture.objects.get()
    address = reverse("observe:picture", args=[shown.token])
    assert address in page_of(client, party) and address in client.get(desk).text
    assert client.post(address, {"do": "licence", "licence": "cc-by-sa-4.0"}).status_code == 302
    assert Picture.objects.get().licence == "cc-by-sa-4.0"
    answer = client.post(new(party), sent(make_file(90, 60), people="1", licence=NOT_FOR_PUBLICATION))
    assert answer.status_code == 302 and answer.url == desk
    kept = Picture.objects.get(licence=NOT_FOR_PUBLICATION)
    address = reverse("observe:picture", args=[kept.token])
    page = client.get(address)
    assert page.status_code == client.get(file_address(kept)).status_code == 200
    assert "Accords écrits" not in page.text and "Enregistrer la licence" not in page.text
    assert client.post(address, {"do": "licence", "licence": "cc-by-4.0"}).status_code == 400
    signed = {"do": "release", "reference": "formulaire 12", "signed_on": "2024-06-01", "any_reuse": "on"}
    assert client.post(address, signed).status_code == 403 and not PictureRelease.objects.exists()
    for picture in (shown, kept):
        address = reverse("observe:picture", args=[picture.token])
        assert client.post(address, {"do": "withdraw"}).status_code == 302
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    "role", ["member", "facilitator", "moderator", "administrator", "custodian of another"]
)
def test_the_page_of_a_picture_is_for_those_who_may_change_it(client, role) -> None:
    picture = make_picture(make_party())
    if role == "custodian of another":
        client.force_login(make_custodian(make_party()))
    else:
        client.force_login(make_user("", *({role} - {"member"})))
    address = reverse("observe:picture", args=[picture.token])
    assert client.get(address).status_code == client.post(address, {"do": "withdraw"}).status_code == 404
    assert Picture.objects.exists()


def test_refused_with_its_reasons_then_kept_without_sending_the_file_again(client) -> None:
    party = make_party()
    client.force_login(make_user("", "steward"))
    answer = client.post(new(party), sent(people="2"))
    page = answer.text.replace("\u00a0", " ")
    assert answer.status_code == 400 and not Picture.objects.exists()
    assert "elle ne peut pas recevoir une licence libre" in page and "recueillez l’accord écrit" in page
    assert "Une façade rouge et bleue" in page and "Garder cette image hors publication" in page
    draft = answer.context["draft"]
    kept = client.post(new(party), sent(file=None, people="2", draft=draft, keep="1"))
    picture = Picture.objects.get()
    assert kept.status_code == 302 and kept.url == reverse("observe:picture", args=[picture.token])
    assert picture.state == Picture.State.KEPT and picture.people == 2
    assert "<figure>" not in page_of(client, party)
    assert picture.sha256 in client.get(reverse("observe:pictures_kept")).text


def test_a_file_received_is_not_asked_again_for_another_mistake(client) -> None:
    party = make_party()
    client.force_login(make_user("", "facilitator"))
    answer = client.post(new(party), sent(alt=""))
    assert answer.status_code == 400 and "Image reçue" in answer.text
    again = client.post(new(party), sent(file=None, draft=answer.context["draft"]))
    assert again.status_code == 302 and Picture.objects.count() == 1


def test_a_draft_names_no_file_but_the_one_received(client) -> None:
    party, kept = make_party(), make_picture(make_party(), licence=NOT_FOR_PUBLICATION)
    client.force_login(make_user("", "facilitator"))
    for draft in (f'["{kept.sha256}", 1, 1]', kept.sha256, "x:y:z", ""):
        answer = client.post(new(party), sent(file=None, draft=draft))
        assert answer.status_code == 400 and "Choisissez une image" in answer.text
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"file": None}, "Choisissez une image sur votre appareil"),
        (
            {"content": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "name": "x.jpg"},
            "n’est pas une image JPEG",
        ),
        ({"content": make_file() + bytes(10_000_000)}, "dépasse 10 Mo"),
        ({"people": ""}, "obligatoire"),
        ({"people": "-1"}, "supérieure ou égale à 0"),
        ({"alt": ""}, "obligatoire"),
        ({"licence": ""}, "obligatoire"),
        ({"licence": "maison"}, "Sélectionnez un choix valide"),
        ({"source_address": "javascript:alert(1)"}, "URL valide"),
        ({"taken_on": "2999-01-01"}, "pas encore venue"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, values, words) -> None:
    party = make_party()
    client.force_login(make_user("", "steward"))
    answer = client.post(new(party), sent(**{"rights_holder": "Titulaire gardé", **values}))
    assert answer.status_code == 400
    assert words in answer.text and "Titulaire gardé" in answer.text and 'aria-invalid="true"' in answer.text
    assert not Picture.objects.exists()


def test_only_the_first_of_several_files_is_read(client) -> None:
    party = make_party()
    client.force_login(make_user("", "steward"))
    extra = SimpleUploadedFile("b.jpg", make_file(90, 60), "image/jpeg")
    assert client.post(new(party), {**sent(), "other": extra}).status_code == 302
    assert Picture.objects.get().width == 800


def test_no_more_than_sixty_an_hour(client, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "add_picture": "1/h/user"}
    party = make_party()
    client.force_login(make_user("", "steward"))
    assert client.post(new(party), sent()).status_code == 302
    answer = client.post(new(party), sent(make_file(90, 60)))
    assert answer.status_code == 429 and "Réessayez plus tard" in answer.text
    assert Picture.objects.count() == 1


def test_a_file_is_given_for_good_to_whoever_asks_and_kept_by_no_proxy(client) -> None:
    picture = make_picture(make_party())
    for size in (480, 1600):
        answer = client.get(file_address(picture, size))
        assert answer["Content-Type"] == "image/webp" and answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.content == picture_path(picture.sha256, size).read_bytes()
        assert PLACE.encode() not in answer.content and not Image.open(BytesIO(answer.content)).getexif()
        assert (
            client.get(file_address(picture, size), headers={"If-None-Match": answer["ETag"]}).status_code
            == 304
        )
    assert client.get(file_address(picture, 481)).status_code == 404
    assert client.post(file_address(picture)).status_code == 405


def test_a_kept_file_is_for_stewards_alone(client) -> None:
    kept = make_picture(make_party(), licence=NOT_FOR_PUBLICATION)
    never = reverse("observe:picture_file", args=["0" * 64, 480])
    for role in ("", "member", "facilitator", "moderator", "administrator", "custodian of another"):
        if role == "custodian of another":
            client.force_login(make_custodian(make_party()))
        elif role:
            client.force_login(make_user("", *({role} - {"member"})))
        answers = [client.get(address) for address in (file_address(kept), never)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace(kept.sha256, "") == answers[1].text.replace("0" * 64, "")
    client.force_login(make_user("", "steward"))
    answer = client.get(file_address(kept))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]


def test_one_kept_and_one_shown_of_the_same_file(client) -> None:
    """The one shown decides: the file is public by it."""
    make_picture(make_party(), licence=NOT_FOR_PUBLICATION)
    assert client.get(file_address(make_picture(make_party()))).status_code == 200


def test_a_masked_organisation_has_no_picture_anywhere(client) -> None:
    party = make_party("Association masquée", diffusion=Diffusion.MASKED)
    shown = make_picture(party, alt="Alt masqué")
    kept = make_picture(party, make_file(90, 60), licence=NOT_FOR_PUBLICATION, alt="Alt masqué")
    client.force_login(make_user("", "steward"))
    for picture in (shown, kept):
        assert client.get(file_address(picture)).status_code == 404
        assert client.get(reverse("observe:picture", args=[picture.token])).status_code == 404
    assert "Alt masqué" not in client.get(reverse("observe:pictures")).text
    assert client.get(new(party)).status_code == client.post(new(party), sent()).status_code == 404


def test_a_steward_erases_pictures_of_a_masked_organisation(client) -> None:
    party = make_party("Association masquée", diffusion=Diffusion.MASKED)
    one, other = make_picture(party, alt="Alt masqué"), make_picture(party, make_file(90, 60))
    here = make_picture(make_party(), make_file(91, 60))
    client.force_login(make_user("", "steward"))
    address = reverse("observe:pictures_kept")
    page = client.get(address).text
    assert "Alt masqué" in page and party.name not in page and file_address(one) not in page
    assert client.post(address, {"token": here.token}).status_code == 404
    for picture in (one, other):
        assert client.post(address, {"token": picture.token}).status_code == 302
    assert client.post(address, {"token": one.token}).status_code == 404
    assert list(Picture.objects.all()) == [here]
    assert not picture_path(one.sha256).exists() and "Alt masqué" not in client.get(address).text


def test_from_kept_to_shown_to_withdrawn(client) -> None:
    party = make_party()
    kept = make_picture(party, licence=NOT_FOR_PUBLICATION, people=1)
    address = reverse("observe:picture", args=[kept.token])
    client.force_login(make_user("", "steward"))
    refused = client.post(address, {"do": "licence", "licence": "cc-by-4.0"})
    assert refused.status_code == 400 and "leur accord écrit manque" in refused.text
    wrong = client.post(address, {"do": "release", "reference": "formulaire 12", "signed_on": "2999-01-01"})
    assert wrong.status_code == 400 and "formulaire 12" in wrong.text and not PictureRelease.objects.exists()
    signed = {"do": "release", "reference": "formulaire 12", "signed_on": "2024-06-01", "any_reuse": "on"}
    assert client.post(address, signed).status_code == 302
    assert client.post(address, {"do": "licence", "licence": "cc-by-4.0"}).status_code == 302
    assert "<figure>" in page_of(client, party) and "formulaire 12" not in page_of(client, party)
    release = PictureRelease.objects.get()
    assert (release.signed_on, release.any_reuse, release.until) == (dt.date(2024, 6, 1), True, None)
    assert client.post(address, {"do": "withdraw-release", "key": release.pk}).status_code == 302
    assert "<figure>" not in page_of(client, party)
    for wrong in ({"do": "withdraw-release", "key": "9" * 30}, {"do": "withdraw-release", "key": "²"}):
        assert client.post(address, wrong).status_code == 404
    assert client.post(address, {"do": "else"}).status_code == 400
    assert client.post(address, {"do": "withdraw"}).status_code == 302
    assert not Picture.objects.exists() and client.get(file_address(kept)).status_code == 404


def test_a_steward_cannot_change_the_agreement_of_another_picture_through_this_page(client) -> None:
    one, other = (make_picture(make_party(), licence=NOT_FOR_PUBLICATION, people=1) for _ in range(2))
    release = other.releases.create(signed_on=dt.date(2024, 6, 1), reference="f")
    client.force_login(make_user("", "steward"))
    address = reverse("observe:picture", args=[one.token])
    assert client.post(address, {"do": "withdraw-release", "key": release.pk}).status_code == 404
    assert PictureRelease.objects.exists()


def test_pages_ask_as_many_questions_of_one_picture_as_of_three(client) -> None:
    party = make_party()
    steward = make_user("", "steward")
    client.force_login(steward)
    addresses = [reverse("observe:party", args=[party.public_id]), "/images/", "/images/gardees/"]

    def counted() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    make_picture(party)
    make_picture(party, make_file(90, 60), licence=NOT_FOR_PUBLICATION)
    one = counted()
    for number in (1, 2):
        make_picture(party, make_file(90 + number, 60))
        make_picture(party, make_file(90 + number, 61), licence=NOT_FOR_PUBLICATION)
    assert counted() == one


def test_a_form_forged_by_another_site_is_refused(client) -> None:
    from django.test import Client

    party = make_party()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("", "steward"))
    assert strict.post(new(party), sent()).status_code == 403
    token = strict.get(new(party)).context["csrf_token"]
    assert strict.post(new(party), sent(csrfmiddlewaretoken=str(token))).status_code == 302
