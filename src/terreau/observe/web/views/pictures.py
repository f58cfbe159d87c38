"""Pictures of organisations: adding one, their credits, those kept out of publication, and their files."""

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party, User
from terreau.observe.actions.pictures import (
    PictureRefused,
    add_picture,
    add_release,
    change_licence,
    withdraw_picture,
    withdraw_release,
)
from terreau.observe.models import Picture
from terreau.observe.models.pictures import SIZES
from terreau.observe.pictures import StoredPicture, UnreadablePicture, picture_path, store_picture, too_heavy
from terreau.observe.queries.parties import find_party
from terreau.observe.queries.pictures import (
    may_add_picture,
    may_change_pictures,
    may_change_pictures_of,
    pictures_hidden,
    pictures_kept,
    pictures_shown,
)
from terreau.observe.queries.pictures import pictures as pictures_there
from terreau.observe.web.picture_forms import (
    LicenceForm,
    OnePicture,
    PictureForm,
    ReleaseForm,
    draft_of,
    read_draft,
)

from .party import not_shown


def pictures(request: HttpRequest) -> HttpResponse:
    """Every picture shown, with its credit."""
    shown = pictures_shown().select_related("party").order_by("-added_at", "-pk")
    page = Paginator(shown, 24).get_page(request.GET.get("page"))
    return render(
        request,
        "observe/pictures.html",
        {"page": page, "may_change_pictures": may_change_pictures(request.user)},
    )


def kept(request: HttpRequest) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so. What is sent withdraws a picture of a masked organisation."""
    if request.method == "POST":
        found = get_object_or_404(pictures_hidden(), token=request.POST.get("token", ""))
        withdraw_picture(picture=found, by=cast(User, request.user))
        messages.success(request, _("L’image est retirée du site."))
        return redirect("observe:pictures_kept")
    page = Paginator(pictures_kept(), 24).get_page(request.GET.get("page"))
    hidden = Paginator(pictures_hidden().select_related("party"), 100).get_page(1)
    return render(request, "observe/pictures_kept.html", {"page": page, "hidden": hidden})


@require_safe
def picture_file(request: HttpRequest, sha256: str, size: int) -> HttpResponse:
    """A file never changes, so a browser keeps it; nothing between keeps it for others, who may come after it is
    withdrawn. One that is not shown is as one that never was, but to whoever may change it.
    """
    if size not in SIZES:
        raise Http404
    same = pictures_there().filter(sha256=sha256)
    is_shown = same.exclude(licence=NOT_FOR_PUBLICATION).exists()
    path = picture_path(sha256, size)
    if not (is_shown or _may_see_kept(request, same)) or not path.is_file():
        raise Http404
    etag = f'"{sha256}-{size}"'
    response: HttpResponse
    if {etag, f"W/{etag}"} & set(parse_etags(request.headers.get("If-None-Match", ""))):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(path.read_bytes(), content_type="image/webp")
    response["ETag"] = etag
    if is_shown:
        response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _may_see_kept(request: HttpRequest, same: QuerySet[Picture]) -> bool:
    owners = (one.party for one in same.select_related("party"))
    return any(may_change_pictures_of(request.user, party) for party in owners)


@csrf_exempt
def picture_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """The one form that takes a file: who takes it is told before the form, and the token in it, are read.

    They are not read at all for who may not add one.
    """
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    if not may_add_picture(request.user, party):
        messages.error(request, _("Pour ajouter une image, prouvez d’abord que vous parlez pour elle."))
        return redirect("observe:custodian", party.public_id)
    upload = OnePicture(request)
    request.upload_handlers = [upload]
    return _picture_new(request, party, upload)


@csrf_protect
def _picture_new(request: HttpRequest, party: Party, upload: OnePicture) -> HttpResponse:
    if request.method != "POST":
        return _show_form(request, party, PictureForm())
    # Counted like the attempts to sign in (settings.ACCOUNT_RATE_LIMITS): decoding takes time, files take room.
    if not ratelimit.consume(request, action="add_picture", user=request.user):
        form = PictureForm(request.POST)
        form.add_error(None, _("Trop d’images en une heure. Réessayez plus tard."))
        return _show_form(request, party, form, status=429)
    return _added(request, party, upload)


def _added(request: HttpRequest, party: Party, upload: OnePicture) -> HttpResponse:
    data = request.POST.copy()
    if "keep" in data:
        data["licence"] = NOT_FOR_PUBLICATION
    form = PictureForm(data, request.FILES)
    stored = _stored(form, upload)
    may_keep = False
    if form.is_valid() and stored:
        try:
            picture = add_picture(
                party=party, stored=stored, by=cast(User, request.user), **form.cleaned_data
            )
        except PictureRefused as refusal:
            form.add_error(None, str(refusal))
            may_keep = refusal.may_be_kept
        else:
            return _after(request, picture)
    return _show_form(request, party, form, stored, may_keep, status=400)


def _stored(form: PictureForm, upload: OnePicture) -> StoredPicture | None:
    """The file just sent, else the one received before. What is wrong is said at the field."""
    form.full_clean()
    sent = form.cleaned_data.pop("file", None)
    if upload.is_too_heavy:
        form.add_error("file", too_heavy())
    elif sent is not None:
        try:
            return store_picture(sent.read())
        except UnreadablePicture as refusal:
            form.add_error("file", str(refusal))
    elif stored := read_draft(form.data.get("draft", "")):
        return stored
    elif not form.has_error("file"):
        form.add_error("file", _("Choisissez une image sur votre appareil."))
    return None


def _show_form(
    request: HttpRequest,
    party: Party,
    form: PictureForm,
    stored: StoredPicture | None = None,
    may_keep: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "party": party,
        "form": form,
        "stored": stored,
        "draft": draft_of(stored) if stored else "",
        "may_keep": may_keep,
    }
    return render(request, "observe/picture_form.html", context, status=status)


def _after(request: HttpRequest, picture: Picture) -> HttpResponse:
    if picture.state == Picture.State.SHOWN:
        messages.success(request, _("L’image est montrée sur cette page."))
    elif may_change_pictures(request.user):
        messages.success(
            request,
            _(
                "L’image est gardée hors publication. Enregistrez ici l’accord de chaque personne, s’il y en a."
            ),
        )
        return redirect("observe:picture", picture.token)
    elif may_change_pictures_of(request.user, picture.party):
        messages.success(
            request,
            _(
                "L’image est gardée hors publication : seuls les gardiens des données et vous la voient. Ils "
                "enregistrent l’accord de chaque personne, s’il y en a."
            ),
        )
        return redirect("observe:custodian", picture.its_party.public_id)
    else:
        messages.success(
            request, _("L’image est gardée hors publication : seuls les gardiens des données la voient.")
        )
    return redirect("observe:party", picture.its_party.public_id)


def picture(request: HttpRequest, token: str) -> HttpResponse:
    """One picture, who agreed to be seen, its licence, its end. For stewards; for whoever speaks for the organisation,
    without the agreements, which are papers that stewards hold.
    """
    found = get_object_or_404(pictures_there().select_related("party"), token=token)
    if not may_change_pictures_of(request.user, found.party):
        raise Http404
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    release_form = ReleaseForm(request.POST if asked == "release" else None)
    licence_form = LicenceForm(
        request.POST if asked == "licence" else None, initial={"licence": found.licence}
    )
    status = 200
    if request.method == "POST":
        if answer := _changed(request, asked, found, release_form, licence_form):
            return answer
        status = 400
    context = {
        "picture": found,
        "releases": found.releases.all(),
        "release_form": release_form,
        "licence_form": licence_form,
        "may_change_releases": may_change_pictures(request.user),
    }
    return render(request, "observe/picture.html", context, status=status)


def _changed(
    request: HttpRequest, asked: str, found: Picture, release_form: ReleaseForm, licence_form: LicenceForm
) -> HttpResponse | None:
    """Do what is asked; None when the form has to be shown again."""
    by = cast(User, request.user)
    done: Any = None
    if asked in ("release", "withdraw-release") and not may_change_pictures(by):
        raise PermissionDenied
    if asked == "release" and release_form.is_valid():
        add_release(picture=found, by=by, **release_form.cleaned_data)
        done = _("L’accord est enregistré.")
    elif asked == "licence" and licence_form.is_valid():
        try:
            change_licence(picture=found, licence=licence_form.cleaned_data["licence"], by=by)
        except PictureRefused as refusal:
            licence_form.add_error(None, str(refusal))
            return None
        done = _("La licence est enregistrée.")
    elif asked == "withdraw-release":
        key = request.POST.get("key", "")
        release = get_object_or_404(found.releases, pk=int(key) if key.isdecimal() and len(key) < 18 else 0)
        withdraw_release(release=release, by=by)
        done = _("L’accord est retiré.")
    elif asked == "withdraw":
        withdraw_picture(picture=found, by=by)
        messages.success(request, _("L’image est retirée du site."))
        return redirect("observe:party", found.its_party.public_id)
    if done is None:
        return None
    messages.success(request, done)
    return redirect("observe:picture", found.token)
