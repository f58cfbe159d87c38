"""Names of files: readable, accepted by every file system, never shared."""

import pytest

from terreau.portal.archive.names import file_name, link_between


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/en/", "en/index.html"),
        ("/annuaire/", "annuaire/index.html"),
        ("/annuaire/?page=2", "annuaire/page=2.html"),
        (
            "/annuaire/?territoire=commune%3A99001&page=2",
            "annuaire/territoire=commune~3a99001,page=2.html",
        ),
        ("/donnees/sites.csv", "donnees/sites.csv"),
        ("/donnees/sites.csv?v=1", "donnees/sites.csv,v=1.html"),
        ("/a%20b/..%2F..%2Fetc/", "a~20b/~2e.~2f..~2fetc/index.html"),
        ("/../.cache/", "~2e./~2ecache/index.html"),
        ("/é/", "~c3~a9/index.html"),
    ],
)
def test_the_name_of_a_file(address: str, file: str) -> None:
    assert file_name(address) == file


def test_what_separates_is_escaped_inside_a_value() -> None:
    assert file_name("/x/?a=1%2Cb%3D2") != file_name("/x/?a=1&b=2")
    assert file_name("/x/?a=~3a") != file_name("/x/?a=%3A")


@pytest.mark.parametrize(
    ("page", "file", "link"),
    [
        ("index.html", "annuaire/index.html", "annuaire/index.html"),
        ("annuaire/page=2.html", "annuaire/page=3.html", "page=3.html"),
        ("en/annuaire/index.html", "index.html", "../../index.html"),
        ("index.html", "index.html", "index.html"),
    ],
)
def test_a_link_goes_from_file_to_file(page: str, file: str, link: str) -> None:
    assert link_between(page, file) == link
