import pytest

from terreau.commons.licences import LICENCES, IncompatibleLicences, combined_licence


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (set(), "etalab-2.0"),
        ({"etalab-2.0", "mit", "crpa-l321-1", "cc0-1.0"}, "etalab-2.0"),
        ({"etalab-2.0", "odbl-1.0"}, "odbl-1.0"),
        ({"etalab-2.0", "cc-by-4.0"}, "cc-by-4.0"),
        ({"cc-by-4.0", "cc-by-sa-4.0"}, "cc-by-sa-4.0"),
    ],
)
def test_the_most_demanding_licence_covers_the_table(codes: set[str], expected: str) -> None:
    assert combined_licence(codes) == expected


def test_cc_by_sa_and_odbl_do_not_merge() -> None:
    with pytest.raises(IncompatibleLicences, match="CC BY-SA"):
        combined_licence({"cc-by-sa-4.0", "odbl-1.0"})


def test_an_unknown_licence_is_refused() -> None:
    with pytest.raises(IncompatibleLicences, match="maison"):
        combined_licence({"maison"})


@pytest.mark.parametrize("code", LICENCES)
def test_every_licence_can_be_published_alone(code: str) -> None:
    assert combined_licence({code}) in LICENCES
