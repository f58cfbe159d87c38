"""The step × college table as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from terreau.deliberate.queries.presence import presence_of
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.presence_words import presence_csv


def presence_file(request: HttpRequest, slug: str) -> HttpResponse:
    found = process_or_404(request, slug)
    if found.is_draft:
        raise Http404
    response = HttpResponse(
        presence_csv(found, presence_of(found, timezone.now())), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-presences.csv"'
    return response
