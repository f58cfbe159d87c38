"""The character NUL, which PostgreSQL refuses: on every database it is as if it had not been sent."""

import pytest

from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/territoires/recherche/", "q=Ficti%00ve", "Fictive-sur-Loire"),
        ("/territoires/commune/99\x00001/", "", "Fictive-sur-Loire"),
        ("/carte/", "zonage=%00&x=%00", ""),
        ("/api/v1/organisations", "q=%00%00", '"items":[]'),
    ],
)
def test_address_is_read_without_it(client, path, query, expected):
    make_place("99001", search_text="fictif sur loire")
    response = client.get(path, QUERY_STRING=query, follow=True)
    assert response.status_code == 200 and expected in response.text


def test_cookie_that_holds_one_is_no_cookie(client):
    response = client.get("/compte/", HTTP_COOKIE=r'sessionid="\000aaaaaaaaaaaaaaaa"; theme="\000dark"')
    assert response.status_code == 302, "nobody is signed in, and nothing broke"


def test_person_may_look_for_it(client):
    client.force_login(make_user("quelqu.un@exemple.invalid", "administrator"))
    assert "quelqu.un@exemple.invalid" in client.get("/personnes/", QUERY_STRING="q=quel%00qu").text
