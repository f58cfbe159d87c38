"""Erasing a person's words, for stewards and administrators: ``portal/permissions.py`` says so."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commitments.actions import erase_words
from terreau.commitments.queries import find_commitment
from terreau.commitments.queries.words import Text, texts_of
from terreau.commitments.rules import may_see
from terreau.commitments.web.history_words import label_of
from terreau.commons.models import User

_STEP_LABELS = {
    "words": gettext_lazy("Ce qui a été fait"),
    "withdrawn_because": gettext_lazy("Raison du retrait"),
    "evidence_url": gettext_lazy("Adresse de la preuve"),
}


class EraseForm(forms.Form):
    texts = forms.MultipleChoiceField(
        label=gettext_lazy("textes à effacer"),
        error_messages={"required": gettext_lazy("Choisissez au moins un texte à effacer.")},
    )


def erase(request: HttpRequest, token: str) -> HttpResponse:
    found = find_commitment(token)
    if found is None or not may_see(cast(User, request.user), found):
        raise Http404
    texts = texts_of(found)
    form = EraseForm(request.POST or None)
    form.fields["texts"].choices = [(text.key, text.key) for text in texts]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        erase_words(commitment=found, texts=form.cleaned_data["texts"], by=cast(User, request.user))
        messages.success(request, _("Les mots sont effacés, ici et dans l’historique."))
        return redirect("commitments:erase", found.token)
    context = {"commitment": found, "form": form, "texts": [(text, _label(text)) for text in texts]}
    status = 400 if request.method == "POST" else 200
    return render(request, "commitments/erase.html", context, status=status)


def _label(text: Text) -> str:
    return str(_STEP_LABELS.get(text.part) or label_of(text.part))
