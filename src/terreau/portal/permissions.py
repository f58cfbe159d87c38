"""Who may open which address: one table for the whole site, enforced before any view runs.

Every address of the site is a row of ``ROUTES``; one that is missing is refused to everybody, and a test
fails. A row says which roles may read (GET) and which may write (POST). What depends on the object asked
for (a masked party, a declared interest) is a rule of the room, in its ``rules.py``.

A new page: add its row here. A new role: see ``commons/roles.py``, then name it in the rows that it may open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from terreau.commons.enums import Role
from terreau.commons.roles import VISITOR, roles_of

NOBODY: frozenset[str] = frozenset()
EVERYONE = frozenset({VISITOR, *Role.values})
MEMBERS = frozenset(Role.values)
STEWARDS = frozenset({Role.STEWARD.value})
REVIEWERS = frozenset({Role.STEWARD.value, Role.FACILITATOR.value})
MODERATORS = frozenset({Role.STEWARD.value, Role.MODERATOR.value})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR.value})

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Access:
    """Who may read, who may write. Every person with an account is a member, whatever else she is."""

    read: frozenset[str] = NOBODY
    write: frozenset[str] = NOBODY

    def roles_for(self, method: str | None) -> frozenset[str]:
        return self.read if method in SAFE_METHODS else self.write

    @property
    def methods(self) -> list[str]:
        return [*(SAFE_METHODS if self.read else ()), *(("POST",) if self.write else ())]


PUBLIC_PAGE = Access(read=EVERYONE)
PUBLIC_FORM = Access(read=EVERYONE, write=EVERYONE)

ROUTES: dict[str, Access] = {
    # Roof
    "healthz": PUBLIC_PAGE,
    "robots": PUBLIC_PAGE,
    "home": PUBLIC_PAGE,
    "search": PUBLIC_PAGE,
    "legal": PUBLIC_PAGE,
    "privacy": PUBLIC_PAGE,
    "accessibility": PUBLIC_PAGE,
    "public_log": PUBLIC_PAGE,
    "public_log_checkpoint": PUBLIC_PAGE,
    "public_log_keys": PUBLIC_PAGE,
    "public_log_tile": PUBLIC_PAGE,
    "public_act": PUBLIC_PAGE,
    "public_act_proof": PUBLIC_PAGE,
    "theme": Access(write=EVERYONE),
    # Read API
    "api:api-root": PUBLIC_PAGE,
    "api:openapi-json": PUBLIC_PAGE,
    "api:organisations": PUBLIC_PAGE,
    "api:organisation": PUBLIC_PAGE,
    "api:places": PUBLIC_PAGE,
    "api:indicators": PUBLIC_PAGE,
    "api:sources": PUBLIC_PAGE,
    "api:list_datasets": PUBLIC_PAGE,
    "api:commitments": PUBLIC_PAGE,
    "api:commitment": PUBLIC_PAGE,
    "api:programmes": PUBLIC_PAGE,
    "api:processes": PUBLIC_PAGE,
    "api:process": PUBLIC_PAGE,
    "api:proposals": PUBLIC_PAGE,
    "api:proposal": PUBLIC_PAGE,
    "api:texts": PUBLIC_PAGE,
    "api:text": PUBLIC_PAGE,
    # Accounts
    "account_login": PUBLIC_FORM,
    "account_confirm_login_code": PUBLIC_FORM,
    "account_signup": PUBLIC_FORM,
    "account_email_verification_sent": PUBLIC_FORM,
    "account_logout": PUBLIC_FORM,
    "account_inactive": PUBLIC_PAGE,
    "account": Access(read=MEMBERS, write=MEMBERS),
    "account_email": Access(read=MEMBERS, write=MEMBERS),
    "account_export": Access(read=MEMBERS),
    "account_erase": Access(read=MEMBERS, write=MEMBERS),
    # Care of the site
    "people": Access(read=ADMINISTRATORS),
    "change_role": Access(write=ADMINISTRATORS),
    "journal": Access(read=ADMINISTRATORS | STEWARDS),
    # Deliberation: what depends on the process (roles, interests) is in deliberate/rules.py
    "deliberate:processes": PUBLIC_PAGE,
    "deliberate:process": PUBLIC_PAGE,
    # Deliberation: texts
    "deliberate:texts": PUBLIC_PAGE,
    "deliberate:text_new": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:text": PUBLIC_FORM,
    "deliberate:text_edit": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:text_versions": PUBLIC_PAGE,
    "deliberate:text_difference": PUBLIC_PAGE,
    "deliberate:text_footprint": PUBLIC_PAGE,
    "deliberate:text_contributions": PUBLIC_PAGE,
    "deliberate:paragraph": PUBLIC_FORM,
    "deliberate:contribution": PUBLIC_FORM,
    "deliberate:start": Access(read=REVIEWERS, write=REVIEWERS),
    "deliberate:words_waiting": Access(read=MODERATORS),
    "deliberate:draft": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:attendance": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:step": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:stop": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:deliberation": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:roles": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:interests": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:presence_file": PUBLIC_PAGE,
    "deliberate:refusals": PUBLIC_PAGE,
    "deliberate:words": PUBLIC_FORM,  # its author, known by her browser; moderators
    "deliberate:rewrite": PUBLIC_FORM,  # the same author
    "deliberate:follow": PUBLIC_FORM,
    "deliberate:answer": PUBLIC_FORM,  # whoever holds the link of a mail
    # Workshops
    "workshops": Access(read=REVIEWERS, write=REVIEWERS),
    "workshop": Access(read=REVIEWERS, write=REVIEWERS),
    "workshop_enter": PUBLIC_FORM,
    "workshop_door": PUBLIC_FORM,
    # Deliberation: proposals, replies, conferences, resonances
    "deliberate:replies_due": PUBLIC_PAGE,
    "deliberate:replies_due_feed": PUBLIC_PAGE,
    "deliberate:my_replies": Access(read=MEMBERS),
    "deliberate:proposals": PUBLIC_PAGE,
    "deliberate:proposals_csv": PUBLIC_PAGE,
    "deliberate:proposal_new": PUBLIC_FORM,
    "deliberate:proposal_draw": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:proposal": PUBLIC_FORM,
    "deliberate:proposal_file": PUBLIC_PAGE,
    "deliberate:proposal_rewrite": PUBLIC_FORM,
    "deliberate:proposal_judge": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:proposal_reply": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:replies": PUBLIC_PAGE,
    "deliberate:replies_feed": PUBLIC_PAGE,
    "deliberate:conferences": PUBLIC_PAGE,
    "deliberate:conferences_calendar": PUBLIC_PAGE,
    "deliberate:conferences_feed": PUBLIC_PAGE,
    "deliberate:conference": PUBLIC_PAGE,
    "deliberate:conference_keep": Access(read=MEMBERS, write=MEMBERS),
    "deliberate:resonances": PUBLIC_PAGE,
    "deliberate:matrix_new": Access(read=REVIEWERS, write=REVIEWERS),
    "deliberate:matrix": PUBLIC_PAGE,
    "deliberate:matrix_keep": Access(read=MEMBERS, write=MEMBERS),  # who speaks for one of its actors too
    "deliberate:matrix_csv": PUBLIC_PAGE,
    "deliberate:statements": PUBLIC_PAGE,
    "deliberate:statement_new": PUBLIC_FORM,
    "deliberate:statement_seeds": Access(read=MEMBERS, write=MEMBERS),  # facilitators of the process
    "deliberate:statement": PUBLIC_FORM,  # moderators write
    "deliberate:vote": PUBLIC_FORM,
    "deliberate:my_votes": PUBLIC_PAGE,
    "deliberate:sheets": Access(read=MEMBERS),  # facilitators of the process
    "deliberate:sheet_desk": Access(read=MEMBERS, write=MEMBERS),  # facilitators of the process
    "deliberate:sheet_vote": PUBLIC_FORM,  # whoever holds the sheet
    "deliberate:screen": PUBLIC_PAGE,
    "deliberate:results": PUBLIC_PAGE,  # what may be shown, to everybody alike: deliberate/rules.py
    "deliberate:result_publish": Access(write=MEMBERS),
    "deliberate:result_file": PUBLIC_PAGE,
    # Deliberation: texts
    # Elections, pledges and the electoral reserve
    "commitments:elections": PUBLIC_PAGE,
    "commitments:election_new": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:election": PUBLIC_PAGE,
    "commitments:election_edit": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:election_csv": PUBLIC_PAGE,
    "commitments:election_item": PUBLIC_PAGE,
    "commitments:candidacies": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:candidacy": PUBLIC_PAGE,
    "commitments:candidacy_keep": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:candidacy_enter": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:pledge_commitment": Access(read=REVIEWERS, write=REVIEWERS),
    "commitments:reply": PUBLIC_FORM,  # whoever holds the private link of a list
    "commitments:reserve": PUBLIC_PAGE,
    # Register: pages and forms
    "commitments:commitments": PUBLIC_PAGE,
    "commitments:commitment": PUBLIC_PAGE,  # a draft: to who may write it
    "commitments:agenda": PUBLIC_PAGE,
    "commitments:agenda_feed": PUBLIC_PAGE,
    "commitments:subscribe": PUBLIC_FORM,
    "commitments:confirm": PUBLIC_FORM,
    "commitments:stop": PUBLIC_FORM,
    "commitments:draft_new": Access(read=MEMBERS, write=MEMBERS),
    "commitments:drafts": Access(read=MEMBERS),
    "commitments:drafts_waiting": Access(read=REVIEWERS),
    "commitments:draft": Access(read=MEMBERS, write=MEMBERS),
    "commitments:change": Access(read=MEMBERS, write=MEMBERS),
    "commitments:erase": Access(read=STEWARDS | ADMINISTRATORS, write=STEWARDS | ADMINISTRATORS),
    "commitments:programmes": PUBLIC_PAGE,
    "commitments:programme": PUBLIC_PAGE,
    "commitments:programme_item": PUBLIC_PAGE,
    # Observe
    "observe:directory": PUBLIC_PAGE,
    "observe:party": PUBLIC_PAGE,
    "observe:party_history": PUBLIC_PAGE,
    "observe:party_feed": PUBLIC_PAGE,
    "observe:party_version": PUBLIC_PAGE,
    "observe:changes": PUBLIC_PAGE,
    "observe:changes_feed": PUBLIC_PAGE,
    "observe:map": PUBLIC_PAGE,
    "observe:tile": PUBLIC_PAGE,
    "observe:boundaries": PUBLIC_PAGE,
    "observe:places": PUBLIC_PAGE,
    "observe:place": PUBLIC_PAGE,
    "observe:place_search": PUBLIC_PAGE,
    "observe:nearby": PUBLIC_PAGE,
    "observe:sources": PUBLIC_PAGE,
    "observe:source": PUBLIC_PAGE,
    "observe:datasets": PUBLIC_PAGE,
    "observe:dataset": PUBLIC_PAGE,
    "observe:dataset_file": PUBLIC_PAGE,
    "observe:dataset_version_file": PUBLIC_PAGE,
    "observe:perimeter": PUBLIC_PAGE,
    "observe:licences": PUBLIC_PAGE,
    "observe:funded_contents": PUBLIC_PAGE,
    "observe:funded_contents_feed": PUBLIC_PAGE,
    "observe:funded_content_new": Access(read=STEWARDS, write=STEWARDS),
    "observe:funded_content": Access(read=STEWARDS, write=STEWARDS),
    "observe:catalogue_json_ld": PUBLIC_PAGE,
    "observe:catalogue_turtle": PUBLIC_PAGE,
    "observe:elements": PUBLIC_PAGE,
    "observe:merges": PUBLIC_PAGE,
    "observe:merge_review": Access(read=REVIEWERS, write=REVIEWERS),
    "observe:merge_new": Access(read=STEWARDS, write=STEWARDS),
    "observe:merge_undo": Access(read=STEWARDS, write=STEWARDS),
    "observe:custodian": Access(read=MEMBERS, write=MEMBERS),
    "observe:practices": Access(read=MEMBERS, write=MEMBERS),
    "observe:practice_confirm": Access(read=MEMBERS, write=MEMBERS),
    "observe:practice_contradict": PUBLIC_FORM,
    "observe:practice_erase": Access(read=MEMBERS, write=MEMBERS),
    "observe:claims": Access(read=STEWARDS, write=STEWARDS),
    "observe:claim_letter": Access(read=STEWARDS, write=STEWARDS),
    "observe:contradictions": Access(read=STEWARDS, write=STEWARDS),
    "observe:pictures": PUBLIC_PAGE,
    "observe:picture_file": PUBLIC_PAGE,  # one that is not shown: to stewards, and to whoever speaks for its party
    "observe:picture_new": Access(read=MEMBERS, write=MEMBERS),  # and a rule: observe/queries/pictures.py
    "observe:picture": Access(read=MEMBERS, write=MEMBERS),  # the same
    "observe:pictures_kept": Access(read=STEWARDS, write=STEWARDS),
    "observe:mask_request": PUBLIC_FORM,
    "observe:correct_party": PUBLIC_FORM,
    "observe:correct_place": PUBLIC_FORM,
    "observe:correction": PUBLIC_FORM,
    "observe:refusals": PUBLIC_PAGE,
    "observe:corrections": Access(read=STEWARDS, write=STEWARDS),
    "observe:choose_value": Access(write=STEWARDS),
    "observe:mask_requests": Access(read=STEWARDS, write=STEWARDS),
}


def may_open(user: Any, route: str, method: str = "GET") -> bool:
    """Whether the table lets this person, or a visitor, ask for ``route``. False for an unknown address."""
    access = ROUTES.get(route)
    return access is not None and bool(roles_of(user) & access.roles_for(method))


class PermissionMiddleware:
    """Reads the table for each request, once the address is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_personal(request):
            add_never_cache_headers(response)  # not even the browser keeps it: somebody else may use it next
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        access = ROUTES.get(route)
        if access is None:
            return refuse(request)
        allowed = access.roles_for(request.method)
        if allowed == EVERYONE:
            return None  # without reading the session: a public page needs no account, and no query for one
        if not allowed:
            return HttpResponseNotAllowed(access.methods)
        if allowed & roles_of(request.user):
            return None
        if request.user.is_authenticated:
            return refuse(request)
        # After signing in, back to the page asked for; a form sent while signed out has to be filled again.
        back = request.get_full_path() if request.method in SAFE_METHODS else reverse("home")
        return redirect_to_login(back)


def _is_personal(request: HttpRequest) -> bool:
    """Whether the answer is not for everybody, or shows whose account it is, as the header of a page does."""
    access = ROUTES.get(request.resolver_match.view_name) if request.resolver_match else None
    if access is not None and access.roles_for(request.method) != EVERYONE:
        return True
    return request.session.accessed and SESSION_KEY in request.session


def refuse(request: HttpRequest) -> HttpResponse:
    return render(request, "403.html", status=403)
