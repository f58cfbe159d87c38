"""Every page that a person can open, in one list: each is looked at light, dark, narrow and without JavaScript.

A new page adds a line here; ``test_every_public_page_is_in_the_list`` names those that are forgotten.
"""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.timezone import localdate

from terreau.commons.models import public_id
from tests.factories.deliberation import (
    A_MATRIX,
    A_PROCESS,
    A_PROCESS_DRAFT,
    A_PROPOSAL,
    A_RESULT,
    A_STATEMENT,
    A_STEP,
    SOME_WORDS,
)
from tests.factories.pledges import A_BODY, A_LIST, A_SECRET, AN_ELECTION
from tests.factories.world import A_COMMITMENT, A_DRAFT, A_KEY, A_WORKSHOP, FIRST_PARTY


@dataclass(frozen=True)
class PageAddress:
    """``role``: who has to be signed in to see it; nobody when empty. ``query``: what follows the address."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    query: str = ""
    role: str = ""
    path: str = ""  # for an address that no name gives

    def __str__(self) -> str:
        return " ".join([self.name, *self.arguments.values(), self.query]).strip()

    @property
    def address(self) -> str:
        return (self.path or reverse(self.name, kwargs=self.arguments)) + self.query


PAGES = [
    PageAddress("home"),
    PageAddress("legal"),
    PageAddress("privacy"),
    PageAddress("accessibility"),
    PageAddress("public_log"),
    PageAddress("public_act", {"index": "0"}),
    PageAddress("not found", path="/nulle-part/"),
    PageAddress("account_login"),
    PageAddress("account_signup"),
    PageAddress("account", role="member"),
    PageAddress("account_erase", role="member"),
    PageAddress("account_logout", role="member"),
    PageAddress("people", role="administrator"),
    PageAddress("workshops", role="facilitator"),
    PageAddress("workshop", {"code": A_WORKSHOP}, role="facilitator"),
    PageAddress("workshop_enter"),
    PageAddress("workshop_door", {"code": A_WORKSHOP}),
    PageAddress("journal", role="administrator"),
    PageAddress("deliberate:processes"),
    PageAddress("deliberate:process", A_PROCESS),
    PageAddress("deliberate:proposals", A_PROCESS),
    PageAddress("deliberate:proposals", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:proposal", A_PROPOSAL),
    PageAddress("deliberate:proposal_new", A_PROCESS),
    PageAddress("deliberate:proposal_draw", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:proposal_judge", A_PROPOSAL, role="facilitator"),
    PageAddress("deliberate:proposal_reply", A_PROPOSAL, role="facilitator"),
    PageAddress("deliberate:replies", A_PROCESS),
    PageAddress("deliberate:replies_due"),
    PageAddress("deliberate:my_replies", role="facilitator"),
    PageAddress("deliberate:conferences"),
    PageAddress("deliberate:conference", A_PROCESS),
    PageAddress("deliberate:conference_keep", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:resonances"),
    PageAddress("deliberate:matrix", A_MATRIX),
    PageAddress("deliberate:matrix_new", role="facilitator"),
    PageAddress("deliberate:matrix_keep", A_MATRIX, role="facilitator"),
    PageAddress("deliberate:process", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:process", A_PROCESS_DRAFT, role="facilitator"),
    PageAddress("deliberate:start", role="facilitator"),
    PageAddress("deliberate:start", query="?sorte=conference", role="facilitator"),
    PageAddress("deliberate:draft", A_PROCESS_DRAFT, role="facilitator"),
    *(
        PageAddress("deliberate:step", {**A_STEP, "verb": verb}, role="facilitator")
        for verb in ("clore", "rouvrir", "prolonger")
    ),
    PageAddress("deliberate:attendance", A_STEP, role="facilitator"),
    PageAddress("deliberate:stop", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:deliberation", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:roles", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:interests", A_PROCESS, role="facilitator"),
    PageAddress("deliberate:refusals", A_PROCESS),
    PageAddress("deliberate:words_waiting", role="steward"),
    PageAddress("deliberate:words", SOME_WORDS, role="steward"),
    PageAddress("deliberate:follow", A_PROCESS),
    PageAddress("deliberate:follow", A_PROCESS, role="member"),
    PageAddress("deliberate:statements", A_PROCESS),
    PageAddress("deliberate:statement_new", A_PROCESS),
    PageAddress("deliberate:statement_seeds", A_PROCESS, role="member"),
    PageAddress("deliberate:statement", {**A_PROCESS, "token": A_STATEMENT}),
    PageAddress("deliberate:statement", {**A_PROCESS, "token": A_STATEMENT}, role="moderator"),
    PageAddress("deliberate:vote", A_PROCESS),
    PageAddress("deliberate:vote", A_PROCESS, "?qui=1"),
    PageAddress("deliberate:vote", A_PROCESS, "?n=5"),
    PageAddress("deliberate:my_votes", A_PROCESS),
    PageAddress("deliberate:sheets", A_PROCESS, role="member"),
    PageAddress("deliberate:sheet_desk", A_PROCESS, role="member"),
    PageAddress("deliberate:screen", A_PROCESS, "?pause=1"),
    PageAddress("deliberate:results", A_PROCESS),
    PageAddress("deliberate:results", A_RESULT),
    PageAddress("commitments:elections"),
    PageAddress("commitments:election", AN_ELECTION),
    PageAddress("commitments:election", AN_ELECTION, role="facilitator"),
    PageAddress("commitments:election_item", {**AN_ELECTION, "code": "1"}),
    PageAddress("commitments:candidacy", A_LIST),
    PageAddress("commitments:candidacy", A_BODY, role="facilitator"),
    PageAddress("commitments:reply", {"token": A_LIST["token"], "secret": A_SECRET}),
    PageAddress("commitments:election_new", role="facilitator"),
    PageAddress("commitments:election_edit", AN_ELECTION, role="facilitator"),
    PageAddress("commitments:candidacies", AN_ELECTION, role="facilitator"),
    PageAddress("commitments:candidacy_keep", A_LIST, role="facilitator"),
    PageAddress("commitments:candidacy_enter", A_LIST, role="facilitator"),
    PageAddress("commitments:pledge_commitment", {**A_BODY, "code": "1"}, role="facilitator"),
    PageAddress("commitments:reserve"),
    PageAddress("commitments:subscribe"),
    PageAddress("commitments:subscribe", role="member"),
    PageAddress("commitments:commitments"),
    PageAddress("commitments:commitments", query="?etat=orphan&q=introuvable"),
    PageAddress("commitments:commitment", {"token": A_COMMITMENT}),
    PageAddress("commitments:commitment", {"token": A_COMMITMENT}, role="steward"),
    PageAddress("commitments:commitment", {"token": A_DRAFT}, role="facilitator"),
    PageAddress("commitments:draft_new", role="facilitator"),
    PageAddress("commitments:draft", {"token": A_DRAFT}, role="facilitator"),
    PageAddress("commitments:drafts", role="member"),
    PageAddress("commitments:drafts_waiting", role="facilitator"),
    *(
        PageAddress("commitments:change", {"token": A_COMMITMENT, "verb": verb}, role="facilitator")
        for verb in ("realisation", "tenu", "renegocier", "abandonner", "preciser", "reprendre")
    ),
    PageAddress("commitments:erase", {"token": A_COMMITMENT}, role="steward"),
    PageAddress("search"),
    PageAddress("search", query="?q=fictive"),
    PageAddress("commitments:programmes"),
    PageAddress("commitments:programme", {"slug": "essai"}),
    PageAddress("commitments:programme_item", {"slug": "essai", "code": "1"}),
    PageAddress("observe:directory"),
    PageAddress("observe:directory", query="?q=introuvable"),
    PageAddress("observe:directory", query="?au=2026-01-01"),
    PageAddress("observe:party", {"public_id": public_id(FIRST_PARTY)}),
    PageAddress("observe:party_history", {"public_id": public_id(FIRST_PARTY)}),
    PageAddress("observe:party_version", {"public_id": public_id(FIRST_PARTY), "number": "1"}),
    PageAddress("observe:party", {"public_id": public_id(FIRST_PARTY)}, query="?au=2000-01-01"),
    PageAddress("observe:changes"),
    PageAddress("observe:mask_request", {"public_id": public_id(FIRST_PARTY)}),
    PageAddress("observe:mask_requests", role="steward"),
    PageAddress("observe:custodian", {"public_id": public_id(FIRST_PARTY)}, role="member"),
    PageAddress("observe:practices", {"public_id": public_id(FIRST_PARTY)}, role="member"),
    PageAddress("observe:practice_confirm", {"key": str(A_KEY)}, role="member"),
    PageAddress("observe:practice_contradict", {"key": str(A_KEY)}),
    PageAddress("observe:practice_erase", {"key": str(A_KEY)}, role="steward"),
    PageAddress("observe:claims", role="steward"),
    PageAddress("observe:claim_letter", {"key": str(A_KEY)}, role="steward"),
    PageAddress("observe:contradictions", role="steward"),
    PageAddress("observe:correct_party", {"public_id": public_id(FIRST_PARTY)}),
    PageAddress("observe:correct_party", {"public_id": public_id(FIRST_PARTY)}, "?champ=website"),
    PageAddress("observe:correct_place", {"zoning_code": "commune", "code": "99001"}),
    PageAddress("observe:correct_place", {"zoning_code": "commune", "code": "99001"}, "?champ=name"),
    PageAddress("observe:refusals"),
    PageAddress("observe:corrections", role="steward"),
    PageAddress("observe:merges"),
    PageAddress("observe:merge_review", role="steward"),
    PageAddress("observe:merge_new", role="steward"),
    PageAddress("observe:merge_undo", {"key": "1"}, role="steward"),
    PageAddress("observe:pictures"),
    PageAddress("observe:pictures_kept", role="steward"),
    PageAddress("observe:picture", {"token": "imagefict2"}, role="steward"),
    PageAddress("observe:picture_new", {"public_id": public_id(FIRST_PARTY)}, role="facilitator"),
    PageAddress("observe:perimeter"),
    PageAddress("observe:licences"),
    PageAddress("observe:funded_contents"),
    PageAddress("observe:funded_content_new", role="steward"),
    PageAddress("observe:funded_content", {"token": "etudefict2"}, role="steward"),
    PageAddress("observe:map"),
    PageAddress("observe:places"),
    PageAddress("observe:place", {"zoning_code": "commune", "code": "99001"}),
    PageAddress("observe:place", {"zoning_code": "commune", "code": "99001"}, query="?au=2000-01-01"),
    PageAddress("observe:place", {"zoning_code": "departement", "code": "99"}, query=f"?au={localdate()}"),
    PageAddress("observe:place", {"zoning_code": "commune", "code": "99004"}),  # nobody there
    PageAddress("observe:place", {"zoning_code": "epci_2026", "code": "990000002"}),  # partly in the region
    PageAddress("observe:place", {"zoning_code": "departement", "code": "99"}),
    PageAddress("observe:place", {"zoning_code": "region", "code": "24"}),
    PageAddress("observe:place_search", query="?q=fictive"),
    PageAddress("observe:nearby"),
    PageAddress("observe:sources"),
    PageAddress("observe:source", {"code": "monde"}),
    PageAddress("observe:datasets"),
    PageAddress("observe:dataset", {"name": "organisations"}),
]

# Addresses that are opened by no one directly: files, tiles, steps of a form that is tested by itself.
NOT_PAGES = {
    "account_confirm_login_code",
    "account_email",
    "account_email_verification_sent",
    "account_export",
    "account_inactive",
    "commitments:election_csv",
    "deliberate:conferences_calendar",
    "deliberate:conferences_feed",
    "deliberate:matrix_csv",
    "deliberate:proposal_file",
    "deliberate:proposal_rewrite",  # the form of proposal_new, open to one author
    "deliberate:proposals_csv",
    "deliberate:replies_due_feed",
    "deliberate:replies_feed",
    "deliberate:presence_file",
    "deliberate:rewrite",
    "deliberate:sheet_vote",
    "deliberate:result_file",
    "healthz",
    "commitments:agenda",
    "commitments:agenda_feed",
    "commitments:confirm",
    "commitments:stop",
    "deliberate:answer",
    "observe:boundaries",
    "observe:changes_feed",
    "observe:catalogue_json_ld",
    "observe:catalogue_turtle",
    "observe:correction",
    "observe:dataset_file",
    "observe:dataset_version_file",
    "observe:elements",
    "observe:funded_contents_feed",
    "observe:party_feed",
    "observe:picture_file",
    "observe:tile",
    "public_act_proof",
    "public_log_checkpoint",
    "public_log_keys",
    "public_log_tile",
    "robots",
}
