"""The public log: a page to read it, a page for each act with its proof, and the files that others check."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from terreau.commons.acts import PUBLIC_ACTS, Shown
from terreau.commons.log.errors import LogError
from terreau.commons.log.keys import read_public_keys
from terreau.commons.log.notes import Checkpoint, PublicKey
from terreau.commons.log.proofs import Opening, Proof, make_proof
from terreau.commons.log.publishing import CHECKPOINT, KEYS, read_checkpoint
from terreau.commons.log.tiles import ENTRIES, TileFolder, pack, parse_tile_name
from terreau.commons.models import LogEntry
from terreau.commons.queries.log import log_entries, log_folder, opening_of
from terreau.observe.queries.corrections import refusals
from terreau.observe.queries.identities import party_that_replaces
from terreau.observe.queries.parties import find_party
from terreau.observe.web.views.refusals import Refusal, refusals_told

ON_A_PAGE = 50
_WITH_A_MOTIVE = ("refuse-correction", "appeal-refusal", "grant-appeal", "reject-appeal")
ONE_YEAR = 365 * 24 * 3600
_PAGES = {
    "source": "observe:source",
    "dataset": "observe:dataset",
    "party": "observe:party",
    "commitment": "commitments:commitment",
}


@dataclass(frozen=True)
class Line:
    """``address``: of the page of what was acted on, if it has one."""

    entry: LogEntry
    title: str
    address: str = ""


@require_safe
def public_log(request: HttpRequest) -> HttpResponse:
    page = Paginator(log_entries(), ON_A_PAGE).get_page(request.GET.get("page"))
    signed, is_damaged = _signed()
    context = {
        "page": page,
        "lines": [_line(entry) for entry in page],
        "signed": signed,
        "waiting": max(0, page.paginator.count - (signed.size if signed else 0)),
        "is_damaged": is_damaged,
        "keys": _known_keys(),
        "address": request.build_absolute_uri(reverse("public_log")),
    }
    return render(request, "portal/public_log.html", context)


@require_safe
def public_act(request: HttpRequest, index: int) -> HttpResponse:
    entry = _entry(index)
    proof, is_damaged = _proof(entry)
    signed, _ = _signed()
    opening = _opening(entry)
    act = PUBLIC_ACTS.get(entry.verb)
    subject = entry.about if opening else entry.subject
    context = {
        "line": _line(entry, subject),
        "entry": entry,
        "subject": subject,
        "leaf": entry.to_entry().encode().decode(),
        "opening": opening,
        "motive": _motive(entry),
        "is_sealed": act is not None and act.shown == Shown.SEALED,
        "proof": proof,
        "hashes": [one.hex() for one in proof.path] if proof else [],
        "signed": signed,
        "is_damaged": is_damaged,
    }
    return render(request, "portal/public_act.html", context)


@require_safe
def proof_file(request: HttpRequest, index: int) -> HttpResponse:
    """The proof as a text to keep; 404 while the act waits to be signed."""
    proof, _ = _proof(_entry(index))
    if proof is None:
        raise Http404
    response = _file(proof.encode(), "text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="acte-{index}.tlog-proof"'
    return response


@require_safe
def checkpoint_file(request: HttpRequest) -> HttpResponse:
    return _plain(CHECKPOINT)


@require_safe
def keys_file(request: HttpRequest) -> HttpResponse:
    return _plain(KEYS)


@require_safe
def tile_file(request: HttpRequest, name: str) -> HttpResponse:
    """A tile of what was signed, at any width that it has had. 404 for what the signed log does not have."""
    asked = parse_tile_name(f"tile/{name}")
    signed, _ = _signed()
    if asked is None or signed is None:
        raise Http404
    level, number, width = asked
    tiles = TileFolder(log_folder())
    try:
        data = (
            pack(tiles.entries(number, width))
            if level == ENTRIES
            else b"".join(tiles.hashes(int(level), number, width))
        )
    except LogError as error:
        raise Http404 from error
    return _file(data, "application/octet-stream", f"public, max-age={ONE_YEAR}, immutable")


def _entry(index: int) -> LogEntry:
    if index >= 1 << 62:
        raise Http404
    return get_object_or_404(LogEntry, index=index)


def _line(entry: LogEntry, subject: str = "") -> Line:
    act = PUBLIC_ACTS.get(entry.verb)
    kind, _, key = (subject or entry.subject).partition(":")
    address = reverse(_PAGES[kind], args=[key]) if kind in _PAGES and key else ""
    return Line(entry, str(act.title) if act else entry.verb, address)


def _opening(entry: LogEntry) -> Opening | None:
    kind, _, key = entry.about.partition(":")
    shown = (find_party(key) or party_that_replaces(key)) if kind == "party" else None
    return opening_of(entry, is_subject_shown=shown is not None)


def _motive(entry: LogEntry) -> Refusal | None:
    """The public reason of a refusal, read where it stands: the log has no words, and this one may be erased."""
    kind, _, token = entry.about.partition(":")
    if kind != "correction" or entry.verb not in _WITH_A_MOTIVE:
        return None
    return next(iter(refusals_told(refusals().filter(token=token))), None)


def _proof(entry: LogEntry) -> tuple[Proof | None, bool]:
    """The proof, if the act is signed; and whether the files of the log fail to give one that they should."""
    try:
        return make_proof(log_folder(), entry.index, entry.to_entry().encode(), _opening(entry)), False
    except LogError:
        return None, True


def _signed() -> tuple[Checkpoint | None, bool]:
    try:
        return read_checkpoint(log_folder()), False
    except LogError:
        return None, True


def _known_keys() -> list[PublicKey]:
    try:
        return read_public_keys(log_folder() / KEYS)
    except LogError:
        return []


def _plain(name: str) -> HttpResponse:
    try:
        data = (log_folder() / name).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    return _file(data, "text/plain; charset=utf-8")


def _file(data: bytes, content_type: str, caching: str = "no-cache") -> HttpResponse:
    return HttpResponse(data, content_type=content_type, headers={"Cache-Control": caching})
