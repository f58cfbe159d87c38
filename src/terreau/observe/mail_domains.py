"""Which e-mail addresses prove that one speaks for an organisation: those at the domain of its own website.

A domain where anybody takes an address or a page proves nothing. The table is short on purpose: what it forgets is
mostly caught because other organisations of the directory have their site there too (``queries/custodians.py``).
"""

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

_MAIL = _("chacun peut y prendre une adresse")
_PAGES = _("chacun peut y ouvrir une page")
_ENDING = _("chacun peut y prendre un nom")

#: Reason → domains that it concerns, with all that is below them.
_SHARED = {
    _MAIL: """
        gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com yahoo.com
        yahoo.fr ymail.com icloud.com me.com aol.com gmx.com gmx.fr proton.me protonmail.com tutanota.com mailo.com
        free.fr orange.fr wanadoo.fr sfr.fr neuf.fr bbox.fr numericable.fr laposte.net club-internet.fr aliceadsl.fr
        lilo.org riseup.net net-c.com mail.com zaclys.net
        """,
    _PAGES: """
        wordpress.com wixsite.com wix.com webnode.fr webnode.com jimdo.com jimdofree.com jimdosite.com e-monsite.com
        over-blog.com overblog.com blogspot.com blogspot.fr blogger.com canalblog.com eklablog.com hautetfort.com
        blog4ever.com skyrock.com tumblr.com medium.com weebly.com squarespace.com site123.me strikingly.com
        webself.net godaddysites.com pagesperso-orange.fr monsite-orange.fr assoconnect.com helloasso.com
        net1901.org clubeo.com sportsregions.fr google.com sites.google.com business.site github.io gitlab.io
        pages.dev netlify.app vercel.app herokuapp.com web.app frama.site frama.io framasite.org yeswiki.pro
        linktr.ee canva.site notion.site ovh.net free.nf facebook.com fb.com instagram.com linkedin.com twitter.com
        x.com youtube.com tiktok.com meetup.com leboncoin.fr pagesjaunes.fr wikipedia.org openstreetmap.org
        """,
}
#: Endings under which names are sold or given: one that is the whole domain of a site says nothing.
_ENDINGS = """
    asso.fr com.fr gouv.fr nom.fr prd.fr tm.fr presse.fr eu.org co.uk org.uk com.es org.es co.com fr.eu.org alsace.fr
    """
_REASONS = {domain: reason for reason, domains in _SHARED.items() for domain in domains.split()}
_WHOLE_ENDINGS = frozenset(_ENDINGS.split())


def ascii_domain(typed: str) -> str:
    """``"Été.Exemple.fr."`` → ``"xn--t-9faa.exemple.fr"``; nothing when it is no domain of two labels or more."""
    try:
        domain = typed.strip().rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return ""
    labels = domain.split(".")
    is_number = labels[-1].isdecimal() or ":" in domain
    return domain if len(labels) >= 2 and all(labels) and not is_number else ""


def domain_of_site(address: str) -> str:
    """Without ``www.``; nothing for what a browser would not open."""
    try:
        found = urlsplit(address)
        host = found.hostname or ""
    except ValueError:
        return ""
    if found.scheme not in ("http", "https"):
        return ""
    return ascii_domain(ascii_domain(host).removeprefix("www."))


def domain_of_mail(address: str) -> str:
    return ascii_domain(address.rpartition("@")[2])


def why_shared(domain: str) -> str:
    """Why ``domain`` is nobody's own, in words; nothing when it may be an organisation's."""
    if domain in _WHOLE_ENDINGS:
        return str(_ENDING)
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        if reason := _REASONS.get(".".join(labels[start:])):
            return str(reason)
    return ""


def proves(mail: str, site: str) -> bool:
    """Whether an address at ``mail`` is of whoever holds ``site``: the same domain, or one below it."""
    if not mail or not site or why_shared(site) or why_shared(mail):
        return False
    return mail == site or mail.endswith(f".{site}")
