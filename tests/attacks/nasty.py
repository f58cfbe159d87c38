"""What an attacker types: texts, numbers, and every address of the site to type them at."""

from collections.abc import Iterator
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from terreau.portal.permissions import ROUTES
from tests.factories.deliberation import (
    A_CONTRIBUTION,
    A_MATRIX,
    A_PARAGRAPH,
    A_PROCESS,
    A_PROCESS_DRAFT,
    A_PROPOSAL,
    A_RESULT,
    A_STATEMENT,
    A_STEP,
    A_TEXT,
    SOME_WORDS,
)
from tests.factories.pledges import A_BODY, A_LIST, A_SECRET, AN_ELECTION
from tests.factories.world import A_COMMITMENT, A_DRAFT, A_KEY, A_WORKSHOP

SCRIPT = '"><script>alert(1)</script>'

#: Percent-encoded, as they travel: some are no UTF-8 at all.
ENCODED = (
    *map(
        quote,
        (
            "",
            " ",
            "\x00",
            "a\x00b",
            "\n\r\n",
            "\x1b[31m",
            "\u202e\u2066gnp.exe",
            "👩‍🌾🏳️‍🌈",
            "é" * 3000,
            "ſﬀİıẞ½²Ⅳ٣",
            "\U000e0041\ufeff\u200b",
            SCRIPT,
            "'; DROP TABLE commons_party; --",
            '"',
            "%",
            "\\",
            "*",
            "name:épicerie NEAR(a b, 2) AND NOT {x y}: -z + w*",
            "& | ! :* <-> ( )",
            "{{ 7*7 }}{% debug %}",
            "${jndi:ldap://x.invalid/a}",
            "../../../../etc/passwd",
            "..\\..\\secret_key",
            "http://evil.invalid/",
            "javascript:alert(1)",
            "=cmd|' /C calc'!A0",
        ),
    ),
    "%ff%fe%80",
    "%c0%ae%c0%ae%c0%af",
    "%ed%a0%80",  # a lone surrogate
    "%f5%80%80%80",
    "..%2f..%2fsecret_key",
    "%252e%252e%252f",
    "%",
    "%zz",
)
NUMBERS = tuple(
    map(
        quote,
        ("-1", "0", "1e309", "NaN", "-inf", "1e-400", "9" * 30, "9" * 5000, "1.5", "0x10", "٣", "²", "1_0"),
    )
)

#: The parameters that each page reads.
PARAMETERS = {
    "commitments:commitments": ("q", "etat", "acteur", "territoire", "programme", "point", "page"),
    "commitments:elections": ("page",),
    "api:processes": ("etat", "after", "limit"),
    "deliberate:proposals": ("page",),
    "deliberate:replies": ("page",),
    "deliberate:replies_due": ("page",),
    "deliberate:my_replies": ("page",),
    "deliberate:conferences": ("page",),
    "deliberate:resonances": ("page",),
    "deliberate:processes": ("q", "etat", "page"),
    "deliberate:start": ("sorte",),
    "deliberate:words_waiting": ("page",),
    "deliberate:refusals": ("page",),
    "commitments:draft_new": ("comme", "reunion"),
    "commitments:drafts": ("page",),
    "commitments:drafts_waiting": ("page",),
    "commitments:change": ("realisation",),
    "deliberate:statements": ("page",),
    "deliberate:vote": ("n", "qui", "suite"),
    "deliberate:my_votes": ("page",),
    "deliberate:sheets": ("first", "last"),
    "deliberate:sheet_desk": ("voie",),
    "deliberate:screen": ("pause",),
    "deliberate:results": ("page",),
    "observe:directory": (
        "q", "territoire", "commune", "statut", "activite", "dispositif", "perimetre", "source", "fermees", "tri",
        "page", "au", "apres",
    ),
    "observe:dataset": ("au", "page"),
    "observe:dataset_file": ("au",),
    "observe:party": ("au",),
    "observe:party_history": ("page",),
    "observe:changes": ("page", "acte", "departement"),
    "observe:changes_feed": ("departement",),
    "observe:map": ("zonage", "indicateur", "page"),
    "observe:places": ("zonage", "page"),
    "observe:place": ("au", "page", "communes"),
    "observe:place_search": ("q",),
    "observe:nearby": ("q", "commune", "lon", "lat", "km", "page"),
    "observe:source": ("page",),
    "observe:funded_contents": ("etat", "page"),
    "observe:tile": ("v",),
    "observe:boundaries": ("v",),
    "observe:mask_requests": ("page",),
    "observe:practices": ("theme",),
    "observe:claims": ("page",),
    "observe:contradictions": ("page",),
    "observe:correct_party": ("champ", "lieu"),
    "observe:correct_place": ("champ", "nom"),
    "observe:corrections": ("page",),
    "observe:refusals": ("page", "acteur", "territoire"),
    "observe:pictures": ("page",),
    "observe:pictures_kept": ("page",),
    "observe:merges": ("page",),
    "observe:merge_review": ("apres",),
    "api:organisations": ("q", "nature", "perimeter", "scheme", "zoning", "place", "after", "limit", "as_of"),
    "api:organisation": ("as_of", "version"),
    "api:commitments": ("q", "etat", "acteur", "territoire", "programme", "point", "after", "limit"),
    "commitments:agenda": ("q", "etat", "acteur", "territoire", "programme", "point"),
    "commitments:agenda_feed": ("q", "etat", "acteur", "territoire", "programme", "point"),
    "commitments:subscribe": ("acteur", "territoire", "programme", "point"),
    "api:places": ("zoning",),
    "api:indicators": ("zoning", "indicator", "after", "limit"),
    "search": ("q",),
    "workshops": ("page",),
    "commitments:programme_item": ("page",),
    "public_log": ("page",),
    "people": ("q", "page"),
    "journal": ("page",),
    "account_login": ("next",),
    "account_signup": ("next",),
}  # fmt: skip


def readable_routes() -> list[str]:
    """The names of the addresses that somebody may read."""
    return sorted(name for name, access in ROUTES.items() if access.read)


def variable_routes() -> Iterator[tuple[str, list[str]]]:
    """(name, its variable parts) of the addresses that have some."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, list[str]]]:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                yield from walk(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
            elif isinstance(one, URLPattern) and one.pattern.converters:
                yield f"{namespace}{one.name}", list(one.pattern.converters)

    return walk(get_resolver(), "")


#: What fills the variable parts, in the world of ``tests.factories.world``.
PARTS = {
    "public_log_tile": {"name": "0/000.p/1"},
    "public_act": {"index": 0},
    "public_act_proof": {"index": 0},
    "change_role": {"pk": 1},
    "api:organisation": {"public_id": "PARTY"},
    "deliberate:process": A_PROCESS,
    "deliberate:texts": A_PROCESS,
    "deliberate:text_new": A_PROCESS,
    "deliberate:text": A_TEXT,
    "deliberate:text_edit": A_TEXT,
    "deliberate:text_versions": A_TEXT,
    "deliberate:text_difference": {**A_TEXT, "old": 1, "new": 2},
    "deliberate:text_footprint": A_TEXT,
    "deliberate:text_contributions": A_TEXT,
    "deliberate:paragraph": A_PARAGRAPH,
    "deliberate:contribution": A_CONTRIBUTION,
    **{
        f"deliberate:{name}": A_PROCESS
        for name in (
            "proposals",
            "proposals_csv",
            "proposal_new",
            "proposal_draw",
            "replies",
            "replies_feed",
            "conference",
            "conference_keep",
        )
    },
    **{
        f"deliberate:{name}": A_PROPOSAL
        for name in ("proposal", "proposal_file", "proposal_rewrite", "proposal_judge", "proposal_reply")
    },
    **{f"deliberate:{name}": A_MATRIX for name in ("matrix", "matrix_keep", "matrix_csv")},
    **{
        f"deliberate:{name}": A_PROCESS
        for name in ("stop", "deliberation", "roles", "interests", "presence_file", "refusals")
    },
    "api:process": A_PROCESS,
    "api:proposals": A_PROCESS,
    "api:proposal": A_PROPOSAL,
    "api:texts": A_PROCESS,
    "api:text": A_TEXT,
    "deliberate:draft": A_PROCESS_DRAFT,
    "deliberate:attendance": A_STEP,
    "deliberate:step": {**A_STEP, "verb": "clore"},
    "deliberate:words": SOME_WORDS,
    "deliberate:rewrite": SOME_WORDS,
    "deliberate:follow": A_PROCESS,
    "deliberate:answer": {**A_PROCESS, "token": "aaaaaaaaaa", "secret": "b"},
    **{
        f"deliberate:{name}": A_PROCESS
        for name in (
            "statements",
            "statement_new",
            "statement_seeds",
            "vote",
            "my_votes",
            "sheets",
            "sheet_desk",
            "screen",
        )
    },
    "deliberate:statement": {**A_PROCESS, "token": A_STATEMENT},
    "deliberate:sheet_vote": {**A_PROCESS, "number": 1, "secret": "x"},
    "deliberate:results": A_PROCESS,
    "deliberate:result_publish": A_PROCESS,
    "deliberate:result_file": {**A_RESULT, "name": "votes.csv"},
    "commitments:election": AN_ELECTION,
    "commitments:election_edit": AN_ELECTION,
    "commitments:election_csv": AN_ELECTION,
    "commitments:election_item": {**AN_ELECTION, "code": "1"},
    "commitments:candidacies": AN_ELECTION,
    "commitments:candidacy": A_LIST,
    "commitments:candidacy_keep": A_LIST,
    "commitments:candidacy_enter": A_LIST,
    "commitments:pledge_commitment": {**A_BODY, "code": "1"},
    "commitments:reply": {"token": A_LIST["token"], "secret": A_SECRET},
    "api:commitment": {"token": A_COMMITMENT},
    "commitments:confirm": {"token": "aaaaaaaaaa", "secret": "b"},
    "commitments:stop": {"token": "aaaaaaaaaa", "secret": "b"},
    "commitments:commitment": {"token": A_COMMITMENT},
    "commitments:draft": {"token": A_DRAFT},
    "commitments:change": {"token": A_COMMITMENT, "verb": "realisation"},
    "commitments:erase": {"token": A_COMMITMENT},
    "commitments:programme": {"slug": "essai"},
    "commitments:programme_item": {"slug": "essai", "code": "1"},
    "observe:dataset": {"name": "organisations"},
    "observe:dataset_file": {"name": "organisations", "file_format": "csv"},
    "observe:dataset_version_file": {
        "name": "organisations",
        "number": 1,
        "file": "organisations",
        "file_format": "csv",
    },
    "workshop": {"code": A_WORKSHOP},
    "workshop_door": {"code": A_WORKSHOP},
    "observe:tile": {"z": 6, "x": 32, "y": 22},
    "observe:boundaries": {"zoning_code": "commune"},
    "observe:party": {"public_id": "PARTY"},
    "observe:party_history": {"public_id": "PARTY"},
    "observe:party_feed": {"public_id": "PARTY"},
    "observe:party_version": {"public_id": "PARTY", "number": 1},
    "observe:mask_request": {"public_id": "PARTY"},
    "observe:custodian": {"public_id": "PARTY"},
    "observe:practices": {"public_id": "PARTY"},
    "observe:practice_confirm": {"key": A_KEY},
    "observe:practice_contradict": {"key": A_KEY},
    "observe:practice_erase": {"key": A_KEY},
    "observe:claim_letter": {"key": A_KEY},
    "observe:correct_party": {"public_id": "PARTY"},
    "observe:correct_place": {"zoning_code": "commune", "code": "99001"},
    "observe:correction": {"token": "abcdefghjk", "secret": "x"},
    "observe:choose_value": {"public_id": "PARTY"},
    "observe:picture_new": {"public_id": "PARTY"},
    "observe:picture": {"token": "imagefict2"},
    "observe:picture_file": {"sha256": "0" * 64, "size": 480},
    "observe:merge_undo": {"key": A_KEY},
    "observe:place": {"zoning_code": "commune", "code": "99001"},
    "observe:source": {"code": "monde"},
    "observe:funded_content": {"token": "etudefict2"},
}


def address_of(route: str, party: str) -> str:
    parts = {name: party if value == "PARTY" else value for name, value in PARTS.get(route, {}).items()}
    return reverse(route, kwargs=parts or None)
