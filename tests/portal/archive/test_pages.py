"""One page made to stand alone: what leaves, what stays as it was, where links lead."""

from urllib.parse import urldefrag

from terreau.portal.archive.pages import StandAlone, with_links


def stand_alone(page: str, **words: object) -> StandAlone:
    options = {
        "banner": "<aside>Archive</aside>",
        "instead_of_form": "<p>Figée</p>",
        "keeps_linked_data": True,
    }
    return StandAlone(page, lambda link: _inside(link), **{**options, **words})  # type: ignore[arg-type]


def _inside(link: str) -> str | None:
    return None if ":" in link else urldefrag(link).url


def made(page: str, links: dict[str, str], **words: object) -> str:
    return with_links(stand_alone(page, **words).text, links.get)


def test_what_does_not_change_keeps_its_bytes() -> None:
    page = (
        "<!DOCTYPE html>\n<HTML lang=fr><!-- a > b --><p class='x'>1 &lt; 2 &amp; é\r\n<br/>"
        '<a href="https://ailleurs.invalid/?a=1&amp;b">là</a> <a href="#ici">ici</a>&nbsp;<svg><path d="M0"/></svg>'
    )
    assert made(page, {}) == page


def test_links_lead_to_files_and_keep_their_anchor() -> None:
    page = '<a class="x" href="/la/?a=1&amp;b=2#ici">là</a><img src="/i.png" srcset="/i.png 1x, /j.png 2x" alt="">'
    links = {"/la/?a=1&b=2": "la.html", "/i.png": "i.png", "/j.png": "j.png"}
    assert made(page, links) == (
        '<a class="x" href="la.html#ici">là</a><img src="i.png" srcset="i.png 1x, j.png 2x" alt="">'
    )
    assert stand_alone(page).addresses == ["/la/?a=1&b=2", "/i.png", "/i.png", "/j.png"]


def test_a_link_that_leads_nowhere_is_plain_text() -> None:
    page = '<link rel="alternate" href="/x/"><a class="c" href="/x/" rel="next" aria-label="l">là</a>'
    assert made(page, {}) == '<a class="c">là</a>'


def test_forms_leave_and_one_sentence_says_why() -> None:
    page = "<p>1</p><form><div><input></div><a href='/x/'>x</a></form><p>2</p><form>b</form>"
    assert made(page, {}) == "<p>1</p><p>Figée</p><p>2</p>"
    assert stand_alone(page).addresses == []


def test_scripts_leave_but_data_for_machines_stay_where_the_address_is_known() -> None:
    page = (
        '<script src="/a.js"></script><script>if (a < b) document.write("<form>")</script>'
        '<script type="application/ld+json">{"a": "</a>"}</script><noscript><p>sans</p></noscript>'
    )
    assert made(page, {}) == '<script type="application/ld+json">{"a": "</a>"}</script><p>sans</p>'
    assert made(page, {}, keeps_linked_data=False) == "<p>sans</p>"


def test_what_is_marked_as_live_leaves_with_all_that_is_in_it() -> None:
    page = "<ul><li data-live>a<ul><li>b</li></ul></li><li>c</li></ul><img data-live src='/x'><p>d</p>"
    assert made(page, {}) == "<ul><li>c</li></ul><p>d</p>"


def test_the_banner_comes_before_the_first_header() -> None:
    page = "<body><a href='#main'>x</a><header>h</header><main><header>i</header></main>"
    assert made(page, {}) == page.replace("<header>h", "<aside>Archive</aside><header>h")
