"""A list answers by its private link; a keeper copies an answer; a pledge becomes a commitment."""

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from terreau.commitments import actions
from terreau.commitments.actions.pledges import (
    TooLate,
    proposed_terms,
    refuse_position_and_log,
)
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.enums import LEVELS_EXPLAINED, Level
from terreau.commitments.models import Candidacy, Position
from terreau.commitments.queries.commitments import shown_party
from terreau.commitments.queries.pledges import find_by_secret, is_bound, items_of, versions_of
from terreau.commitments.web.pledge_forms import (
    PledgeCommitmentForm,
    PositionForm,
    SourceForm,
    position_forms,
    said_in,
)
from terreau.commons.models import Party, User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.form_errors import take_errors

from .elections import candidacy_or_404, common, election_or_404, positions_context


@never_cache
def reply(request: HttpRequest, token: str, secret: str) -> HttpResponse:
    """The own page of a list. ``do``: keep its draft, publish, or erase the words of one version."""
    row = find_by_secret(token, secret)
    if row is None:
        raise Http404
    if request.POST.get("do") == "erase":
        return _erase(request, row, secret)
    forms = _forms(request, row, with_draft=True)
    problem, status = "", 200
    if request.method == "POST":
        problem, status = _answered(request, row, secret, forms)
        if not problem:
            return redirect("commitments:reply", token, secret)
    context = {
        "candidacy": row,
        "forms": forms,
        "problem": problem,
        "wrong": [one for one in forms if one.is_bound and one.errors],
        "levels": [(Level(level).label, said) for level, said in LEVELS_EXPLAINED.items()],
        "has_draft": bool(row.draft),
        **positions_context(row),
        **common(request, row.election),
    }
    return render(request, "commitments/reply.html", context, status=status)


def _forms(request: HttpRequest, row: Candidacy, *, with_draft: bool) -> list[PositionForm]:
    current = {
        key: said[0] for key, said in versions_of(row).items() if said[0].is_current
    }  # the latest comes first
    items = [item for item in items_of(row.election) if not item.is_withdrawn]
    data = request.POST if request.method == "POST" else None
    return position_forms(items, data, current, row.draft if with_draft else {})


def _answered(
    request: HttpRequest, row: Candidacy, secret: str, forms: list[PositionForm]
) -> tuple[str, int]:
    """What is wrong, and the status; nothing once it is done."""
    if not ratelimit.consume(request, action="pledge"):
        return _("Trop d’envois en une heure depuis cette connexion. Réessayez plus tard."), 429
    by = _member(request)
    try:
        if request.POST.get("do") != "publish":
            draft = {one.item.code: one.typed for one in forms}
            actions.keep_draft(candidacy=row, secret=secret, draft=draft, by=by)
            messages.success(request, _("Le brouillon est gardé. Vous seuls le lisez, par ce lien."))
            return "", 200
        if [one for one in forms if not one.is_valid()]:
            return _("Rien n’est encore publié : corrigez les points signalés."), 400
        written = actions.publish_positions(candidacy=row, secret=secret, said=said_in(forms), by=by)
    except TooLate as refusal:
        refuse_position_and_log(candidacy=row, by=by)
        return str(refusal), 409
    except NotAllowed as refusal:
        return str(refusal), 403
    except ValidationError as error:
        return " ".join(error.messages), 400
    messages.success(request, _published(len(written)))
    return "", 200


def _published(count: int) -> str:
    if not count:
        return _("Rien n’a changé : vos positions publiées sont celles-là.")
    return _("C’est publié, avec la date d’aujourd’hui. Nombre de points : %d.") % count


def _erase(request: HttpRequest, row: Candidacy, secret: str) -> HttpResponse:
    position = _position(row, request.POST.get("version", ""))
    actions.erase_position_words(position=position, secret=secret, by=_member(request))
    messages.success(request, _("Les mots sont effacés. La réponse et sa date restent."))
    return redirect("commitments:reply", row.token, secret)


def _position(row: Candidacy, key: str) -> Position:
    found = (
        row.positions.filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 18
        else None
    )
    if found is None:
        raise Http404
    found.candidacy = row
    return found


def _member(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def candidacy_enter(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """For keepers: an answer that came on paper, or a document that the list published. ``do``: erase, or save."""
    election = election_or_404(slug)
    row = candidacy_or_404(election, token)
    by = cast(User, request.user)
    if request.POST.get("do") == "erase":
        actions.erase_position_words(position=_position(row, request.POST.get("version", "")), by=by)
        messages.success(request, _("Les mots sont effacés. La réponse et sa date restent."))
        return redirect("commitments:candidacy", slug, token)
    own = set(row.positions.filter(is_current=True, source="").values_list("item_id", flat=True))
    forms = [one for one in _forms(request, row, with_draft=False) if one.item.pk not in own]
    source = SourceForm(request.POST or None)
    problem, status = "", 200
    if request.method == "POST":
        status = 400
        if not [one for one in (source, *forms) if not one.is_valid()]:  # each says what is wrong
            try:
                actions.enter_positions(
                    candidacy=row, said=said_in(forms), source=source.cleaned_data["source"], by=by
                )
            except TooLate as refusal:
                refuse_position_and_log(candidacy=row, by=by)
                problem, status = str(refusal), 409
            except NotAllowed as refusal:
                problem = str(refusal)
            except ValidationError as error:
                problem = " ".join(error.messages)
            else:
                messages.success(request, _("Les positions sont publiées avec leur source."))
                return redirect("commitments:candidacy", slug, token)
    context = {
        "candidacy": row,
        "forms": forms,
        "source": source,
        "problem": problem,
        "wrong": [one for one in forms if one.is_bound and one.errors],
        "has_own": bool(own),
        "levels": [(Level(level).label, said) for level, said in LEVELS_EXPLAINED.items()],
        **common(request, election),
    }
    return render(request, "commitments/candidacy_enter.html", context, status=status)


def pledge_commitment(request: HttpRequest, slug: str, token: str, code: str) -> HttpResponse:
    """For keepers, once a list is elected: review what its pledge promises, then publish the commitment."""
    election = election_or_404(slug)
    row = candidacy_or_404(election, token)
    position = (
        row.positions.select_related("item", "commitment").filter(is_current=True, item__code=code).first()
    )
    if position is None or not position.is_promise or not is_bound(row):
        raise Http404
    position.candidacy = row
    if position.commitment is not None:
        messages.info(request, _("Cette promesse est déjà un engagement."))
        return redirect("commitments:candidacy", slug, token)
    owners = _owners(row)
    form = PledgeCommitmentForm(
        request.POST or None,
        owners=[(key, name) for key, name, _party in owners],
        initial=proposed_terms(position),
    )
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        key = given.pop("owner")
        name, party = next((name, party) for one, name, party in owners if one == key)
        page = absolute(request, "commitments:candidacy", slug, token) + f"#point-{code}"
        try:
            actions.turn_into_commitment(
                position=position,
                owner=party,
                owner_name=name,
                page=page,
                by=cast(User, request.user),
                **given,
            )
        except ValidationError as error:
            take_errors(form, error)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("La promesse est devenue un engagement, avec sa page et son échéance.")
            )
            return redirect("commitments:candidacy", slug, token)
    context = {
        "candidacy": row,
        "position": position,
        "item": position.item,
        "form": form,
        **common(request, election),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "commitments/pledge_commitment.html", context, status=status)


def _owners(row: Candidacy) -> list[tuple[str, str, Party | None]]:
    """Who may be the one that promises: the body that was elected, then the list, or the body consulted."""
    election = row.election
    body, own = shown_party(election.body), shown_party(row.party)
    found: list[tuple[str, str, Party | None]] = []
    if body:
        found.append(("body", body.name, body))
    elif election.body_name and not election.is_consultation:
        found.append(("body-name", election.body_name, None))
    found.append(("list", own.name, own) if own else ("list-name", row.name, None))
    return found
