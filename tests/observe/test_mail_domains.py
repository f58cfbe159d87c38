"""An address proves that one speaks for an organisation only at a domain that is its own."""

import pytest

from terreau.observe.mail_domains import ascii_domain, domain_of_mail, domain_of_site, proves, why_shared


@pytest.mark.parametrize(
    ("site", "domain"),
    [
        ("https://www.epicerie.fr/accueil?x=1", "epicerie.fr"),
        ("http://Epicerie.FR.", "epicerie.fr"),
        ("https://epicerie.fr:8443/", "epicerie.fr"),
        ("https://faux.fr@epicerie.fr/", "epicerie.fr"),
        ("https://été.fr", "xn--t-9fab.fr"),
        ("https://www.fr/", ""),
        ("https://localhost/", ""),
        ("http://192.0.2.7/", ""),
        ("http://[2001:db8::1]/", ""),
        ("http://[/", ""),
        ("https://a..fr/", ""),
        (f"https://{'a' * 70}.fr/", ""),
        ("epicerie.fr", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_domain_of_a_site(site: str, domain: str) -> None:
    assert domain_of_site(site) == domain


def test_domain_of_an_address() -> None:
    assert domain_of_mail('"x@gmail.com"@Epicerie.fr') == "epicerie.fr"
    assert domain_of_mail("x@été.fr") == domain_of_site("https://www.été.fr")
    assert domain_of_mail("x") == ascii_domain("x") == ""


@pytest.mark.parametrize(
    ("mail", "site", "is_proof"),
    [
        ("epicerie.fr", "epicerie.fr", True),
        ("courrier.epicerie.fr", "epicerie.fr", True),
        ("epicerie.fr", "boutique.epicerie.fr", False),  # the parent may be a federation, or the town
        ("fausse-epicerie.fr", "epicerie.fr", False),
        ("epicerie.fr.evil.com", "epicerie.fr", False),
        ("", "", False),
        ("gmail.com", "gmail.com", False),
        ("free.fr", "epicerie.free.fr", False),
        ("epicerie.free.fr", "epicerie.free.fr", False),
        ("epicerie.wordpress.com", "epicerie.wordpress.com", False),
        ("evil.asso.fr", "asso.fr", False),
        ("epicerie.asso.fr", "epicerie.asso.fr", True),
        ("evil.co.uk", "co.uk", False),
    ],
)
def test_what_proves(mail: str, site: str, is_proof: bool) -> None:
    assert proves(mail, site) is is_proof


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "wordpress.com", "facebook.com", "fr-fr.facebook.com", "free.fr", "orange.fr", "x.wixsite.com",
     "sites.google.com", "asso.fr"],
)  # fmt: skip
def test_shared_domains_say_why(domain: str) -> None:
    assert why_shared(domain).startswith("chacun peut")


@pytest.mark.parametrize("domain", ["epicerie.fr", "freefr.fr", "myfacebook.com", "max.com"])
def test_a_name_that_only_looks_like_one_is_not_shared(domain: str) -> None:
    assert why_shared(domain) == ""
