"""Resonance matrices: their list, one as a table with what is alone on either side, its file, its forms."""

import csv
from io import StringIO
from typing import Any, cast

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from terreau.commitments.actions import add_programme, add_programme_item, name_author_of_programme
from terreau.commitments.rules import spoken_for
from terreau.commons.models import User
from terreau.commons.web.form_errors import keep_only_errors_of_search, take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.models import ResonanceMatrix
from terreau.deliberate.queries.resonances import (
    Grid,
    find_matrix,
    grid_of,
    visible_matrices,
    waiting_resonances,
)
from terreau.deliberate.rules import may_start
from terreau.deliberate.web.asking import who_asks
from terreau.deliberate.web.conference_forms import ActionForm, MatrixForm, ProgrammesForm, ResonanceForm
from terreau.deliberate.web.locking import refuse_if_locked

from .reply_files import cell

ON_A_PAGE = 50


def resonances(request: HttpRequest) -> HttpResponse:
    page = Paginator(visible_matrices(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_keep": may_start(who_asks(request))}
    return render(request, "deliberate/resonances.html", context)


def _matrix_or_404(slug: str) -> ResonanceMatrix:
    found = find_matrix(slug)
    if found is None:
        raise Http404
    return found


def matrix(request: HttpRequest, slug: str) -> HttpResponse:
    found = _matrix_or_404(slug)
    if found.process and (closed := refuse_if_locked(request, found.process)) is not None:
        return closed
    by, grid = who_asks(request), grid_of(found)
    may_keep = may_start(by)
    context = {
        "matrix": found,
        "grid": grid,
        "may_keep": may_keep,
        "may_say": may_keep or bool(_own_programmes(by, grid)),
    }
    return render(request, "deliberate/matrix.html", context)


def _own_programmes(by: User | None, grid: Grid) -> set[int]:
    """Of the actors for which she speaks."""
    if by is None or not any(one.party_id for one in grid.programmes):
        return set()
    spoken = set(spoken_for(by).values_list("pk", flat=True))
    return {one.pk for one in grid.programmes if one.party_id in spoken}


def matrix_new(request: HttpRequest) -> HttpResponse:
    form = MatrixForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                row = actions.make_matrix(by=cast(User, request.user), **form.cleaned_data)
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _("Le tableau est ouvert."))
                return redirect("deliberate:matrix_keep", row.slug)
    return render(request, "deliberate/matrix_new.html", {"form": form}, status=status)


def matrix_keep(request: HttpRequest, slug: str) -> HttpResponse:
    """``do``: resonate, withdraw; of who keeps it, also publish, action, search, programmes."""
    found = _matrix_or_404(slug)
    by = cast(User, request.user)
    if found.process and (closed := refuse_if_locked(request, found.process)) is not None:
        return closed
    grid = grid_of(found)
    keeps = may_start(by)
    own = None if keeps else _own_programmes(by, grid)
    if own is not None and not own:
        raise PermissionDenied
    built = _forms(request, found, grid, own)
    status = 200
    if keeps and request.POST.get("do") == "search":
        keep_only_errors_of_search(built["action"])
    elif request.method == "POST":
        try:
            done = _kept(request, found, built, by)
        except NotAllowed as no:
            raise PermissionDenied(str(no)) from no
        if done:
            messages.success(request, done)
            return redirect("deliberate:matrix_keep", found.slug)
        status = 400
    context = {
        "matrix": found,
        "grid": grid,
        "forms": built,
        "may_keep": keeps,
        "waiting": [
            one for one in waiting_resonances(found) if own is None or one.action.programme_id in own
        ],
        "own": own,
    }
    return render(request, "deliberate/matrix_form.html", context, status=status)


def _forms(
    request: HttpRequest, found: ResonanceMatrix, grid: Grid, own: set[int] | None
) -> dict[str, forms.Form]:
    """Only the one that was sent is bound. ``own``: programmes of whom does not keep the table."""
    do = request.POST.get("do", "") if request.method == "POST" else ""

    def sent(name: str) -> Any:
        return request.POST if do == name else None

    resonate: forms.Form = ResonanceForm(sent("resonate"), grid=grid, own=own)
    if own is not None:
        return {"resonate": resonate}
    return {
        "resonate": resonate,
        "action": ActionForm(sent("action") or sent("search"), prefix="new", matrix=found),
        "programmes": ProgrammesForm(sent("programmes"), matrix=found),
    }


def _kept(request: HttpRequest, found: ResonanceMatrix, built: dict[str, forms.Form], by: User) -> str:
    """What was done, in words; nothing when a form says what is wrong."""
    do = request.POST.get("do", "")
    if do in {"withdraw", "publish"}:
        key = request.POST.get("resonance", "")
        is_number = key.isascii() and key.isdigit() and len(key) < 18
        row = found.resonances.filter(pk=int(key)).first() if is_number else None
        if row is not None and do == "publish":
            actions.publish_resonance(resonance=row, by=by)
            return _("La résonance est publiée.")
        if row is not None:
            actions.withdraw_resonance(resonance=row, by=by)
        return _("La résonance est retirée.")
    form = built.get(do)
    if form is None or not form.is_valid():
        return ""
    if not ratelimit.consume(request, action="conference", user=by):
        form.add_error(None, _("Trop d’envois en une heure. Réessayez plus tard."))
        return ""
    try:
        return _done(do, found, form.cleaned_data, by)
    except ValidationError as error:
        take_errors(form, error)
        return ""


def _done(do: str, found: ResonanceMatrix, given: dict[str, Any], by: User) -> str:
    if do == "resonate":
        row = actions.add_resonance(matrix=found, by=by, **given)
        return (
            _("La résonance est notée : un animateur la relit avant qu’elle soit publique.")
            if row.is_waiting
            else _("La résonance est notée.")
        )
    if do == "programmes":
        actions.change_matrix(matrix=found, programmes=given["programmes"], by=by)
        return _("Les programmes du tableau sont changés.")
    with transaction.atomic():
        programme, party = given["programme"], given["author"].row
        if programme is None:
            author = party.name if party else given["author"].name
            title = _("Actions de %(author)s") % {"author": author}
            programme = add_programme(title=title, author=author, party=party, by=by)
            actions.change_matrix(matrix=found, programmes=[*found.programmes.all(), programme], by=by)
        elif party is not None:
            name_author_of_programme(programme=programme, party=party, by=by)
        add_programme_item(programme=programme, title=given["title"], by=by)
    return _("L’action est ajoutée : dites quelle orientation elle sert.")


COLUMNS = ("orientation", "titre_orientation", "acteur", "programme", "action", "titre_action", "comment")


@require_safe
def matrix_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """A line a resonance; what is alone has a line whose other side is empty."""
    found = _matrix_or_404(slug)
    if found.process and (closed := refuse_if_locked(request, found.process)) is not None:
        return closed
    grid = grid_of(found)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in grid.rows:
        point = [row.orientation.code, row.orientation.title]
        lines = [[*point, *_action(one.action), one.words] for one in row.resonances]
        for line in lines or [[*point, "", "", "", "", ""]]:
            writer.writerow([cell(value) for value in line])
    for action in grid.idle:
        writer.writerow([cell(value) for value in ("", "", *_action(action), "")])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="resonances-{found.slug}.csv"'
    return response


def _action(item: Any) -> list[str]:
    return [item.programme.author, item.programme.slug, item.code, item.title]
