"""Erasing one's words about a practice: who wrote them, who speaks for the organisation, or a steward when asked."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.observe.actions.erasing_practices import erase_confirmation, erase_contradiction, erase_practice
from terreau.observe.actions.practices import PracticeRefused
from terreau.observe.models import ERASED_WORDS, Confirmation, Contradiction
from terreau.observe.queries.practices import PracticeSheet, find_words
from terreau.observe.rules import may_erase_words

from .party import not_shown


def practice_erase(request: HttpRequest, key: int) -> HttpResponse:
    """``erase``: practice, or the kind and the key of what was said of it. Nobody reads here what she may not erase."""
    sheet = find_words(key)
    if sheet is None:
        return not_shown(request)
    by = cast(User, request.user)
    words = _words(sheet, by)
    status = 200
    if request.method == "POST":
        found = words.get(request.POST.get("erase", ""))
        try:
            if found is None:
                raise PracticeRefused(_("Ces mots ne sont plus ici, ou ce ne sont pas les vôtres."))
            _erase(found, by)
        except PracticeRefused as refusal:
            messages.error(request, str(refusal))
            status = 400 if words else 403
        else:
            messages.success(request, _("Ces mots sont effacés du site, de son histoire et de ses fichiers."))
            return redirect("observe:party", sheet.practice.its_party.public_id)
    context = {"practice": sheet.practice, "party": sheet.practice.its_party, "words": words}
    return render(request, "observe/practice_erase.html", context, status=status)


def _words(sheet: PracticeSheet, by: User) -> dict[str, Any]:
    """Name of the button → row whose words this person may erase."""
    named: dict[str, Any] = {"practice": sheet.practice}
    named |= {f"confirmation-{one.pk}": one for one in sheet.confirmations}
    named |= {f"contradiction-{one.pk}": one for one in sheet.contradictions}
    return {
        name: row
        for name, row in named.items()
        if may_erase_words(by, row)
        and ERASED_WORDS not in (getattr(row, "text", ""), getattr(row, "reason", ""))
    }


def _erase(row: Any, by: User) -> None:
    if isinstance(row, Confirmation):
        erase_confirmation(confirmation=row, by=by)
    elif isinstance(row, Contradiction):
        erase_contradiction(contradiction=row, by=by)
    else:
        erase_practice(practice=row, by=by)
