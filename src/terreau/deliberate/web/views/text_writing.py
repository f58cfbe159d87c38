"""Adding a text, and writing its next version: for those who hold a role in the process."""

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate.actions import add_text, publish_version
from terreau.deliberate.actions.texts import VersionChanged
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.differences import text_differences
from terreau.deliberate.enums import ParagraphKind
from terreau.deliberate.importing import (
    Block,
    UnreadableText,
    as_pasted,
    from_file,
    from_markdown,
    from_pasted,
)
from terreau.deliberate.models import Process, Text
from terreau.deliberate.queries.texts import Told, current_version, kept_and_waiting
from terreau.deliberate.rules import may_examine, may_facilitate
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.text_asking import of_a_text, takes_a_long_form
from terreau.deliberate.web.text_editor import Editor, sent, started
from terreau.deliberate.web.text_files import OneText
from terreau.deliberate.web.text_forms import FileForm, PasteForm


@csrf_exempt
def text_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Pasted words or a file; ``do``: look at what was read, or publish it.

    Who may not add one has her file left unread.
    """
    process = process_or_404(request, slug)
    by = cast(User, request.user)
    if not (may_examine(by, process) or may_facilitate(by, process)):
        return csrf_protect(_refused_new)(request, process)
    if request.content_type == "multipart/form-data":
        request.upload_handlers = [OneText(request)]
    return takes_a_long_form(_text_new)(request, process)


def _refused_new(request: HttpRequest, process: Process) -> HttpResponse:
    refusal = NotAllowed(_("Seuls les animateurs et les instructeurs de la démarche y ajoutent un texte."))
    return refuse(request, process, refusal)


def _text_new(request: HttpRequest, process: Process) -> HttpResponse:
    if request.method != "POST":
        return _new_page(request, process, PasteForm(), FileForm())
    is_file = request.content_type == "multipart/form-data"
    form: Form = FileForm(request.POST, request.FILES) if is_file else PasteForm(request.POST)
    paste, file = (PasteForm(), form) if is_file else (form, FileForm())
    if not form.is_valid():
        return _new_page(request, process, paste, file, 400)
    if not ratelimit.consume(request, action="text_change", user=request.user):
        form.add_error(None, _("Trop de changements en une heure. Réessayez plus tard."))
        return _new_page(request, process, paste, file, 429)
    try:
        blocks = _blocks(form.cleaned_data)
        if request.POST.get("do") == "look":
            return _look(request, process, form.cleaned_data, blocks)
        added = add_text(
            process=process,
            title=form.cleaned_data["title"],
            origin=form.cleaned_data["origin"],
            blocks=blocks,
            by=cast(User, request.user),
        )
    except NotAllowed as refusal:
        return refuse(request, process, refusal)
    except UnreadableText as refusal:
        form.add_error("file" if is_file else "words", str(refusal))
        return _new_page(request, process, paste, file, 400)
    except ValidationError as error:
        take_errors(form, error)
        return _new_page(request, process, paste, file, 400)
    messages.success(request, _("Le texte est publié : relisez-le, paragraphe par paragraphe."))
    return redirect("deliberate:text", process.slug, added.token)


def _look(request: HttpRequest, process: Process, given: dict[str, Any], blocks: list[Block]) -> HttpResponse:
    """The paragraphs as they would be published, and the words that give them, to correct before."""
    words = as_pasted(blocks)
    values = {"title": given["title"], "origin": given["origin"], "words": words}
    return _new_page(request, process, PasteForm(initial=values), FileForm(), blocks=from_pasted(words))


def _blocks(given: dict[str, Any]) -> list[Block]:
    if "file" in given:
        return from_file(given["file"].read(), given["file"].name or "")
    return (from_markdown if given["is_markdown"] else from_pasted)(given["words"])


def _new_page(
    request: HttpRequest,
    process: Process,
    paste: Form,
    file: Form,
    status: int = 200,
    blocks: list[Block] | None = None,
) -> HttpResponse:
    """``blocks``: what was read, to look at before it is published."""
    context = {"process": process, "paste": paste, "file": file, "blocks": blocks}
    return render(request, "deliberate/text_new.html", context, status=status)


@takes_a_long_form
@of_a_text
def text_edit(request: HttpRequest, text: Text) -> HttpResponse:
    """``do``: preview, publish, or a verb of ``Editor.do``."""
    by = cast(User, request.user)
    if not may_examine(by, text.process):
        refusal = NotAllowed(_("Seuls les instructeurs de la démarche publient une version de ses textes."))
        return refuse(request, text.process, refusal)
    current = current_version(text)
    paragraphs, waiting = list(current.paragraphs.all()), list(kept_and_waiting(text))
    if request.method != "POST":
        return _edit_page(request, text, started(paragraphs, waiting), based_on=current.number)
    editor = sent(request.POST, paragraphs, waiting)
    number = request.POST.get("based_on", "")
    based_on = int(number) if number.isdecimal() and len(number) < 6 else 0
    do = request.POST.get("do", "preview")
    if do == "publish":
        return _published(request, text, editor, based_on)
    if do != "preview":
        editor.do(do)
    told = [Told(one, []) for one in text_differences(paragraphs, editor.drafts)] if do == "preview" else None
    return _edit_page(request, text, editor, based_on=based_on, told=told)


def _published(request: HttpRequest, text: Text, editor: Editor, based_on: int) -> HttpResponse:
    if not ratelimit.consume(request, action="text_change", user=request.user):
        errors = [_("Trop de changements en une heure. Réessayez plus tard.")]
        return _edit_page(request, text, editor, based_on=based_on, errors=errors, status=429)
    try:
        version = publish_version(
            text=text,
            based_on=based_on,
            paragraphs=editor.drafts,
            kept=editor.kept,
            words=request.POST.get("words", ""),
            address=request.build_absolute_uri(
                reverse("deliberate:text", args=[text.process.slug, text.token])
            ),
            by=cast(User, request.user),
        )
    except NotAllowed as refusal:
        return refuse(request, text.process, refusal)
    except VersionChanged as changed:  # what she sends next says that she read it
        number = current_version(text).number
        return _edit_page(request, text, editor, based_on=number, errors=changed.messages, status=409)
    except ValidationError as error:
        return _edit_page(request, text, editor, based_on=based_on, errors=error.messages, status=400)
    messages.success(request, _("La version %d est publiée.") % version.number)
    return redirect(
        "deliberate:text_difference", text.process.slug, text.token, version.number - 1, version.number
    )


def _edit_page(
    request: HttpRequest,
    text: Text,
    editor: Editor,
    *,
    based_on: int,
    told: list[Told] | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "process": text.process,
        "text": text,
        "editor": editor.shown(),
        "kinds": [(value, str(label).capitalize()) for value, label in ParagraphKind.choices],
        "based_on": based_on,
        "words": request.POST.get("words", ""),
        "told": told,
        "errors": errors or [],
    }
    return render(request, "deliberate/text_edit.html", context, status=status)
