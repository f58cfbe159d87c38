"""The list of processes, and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from terreau.deliberate.queries import visible_processes
from terreau.deliberate.rules import may_start
from terreau.deliberate.web.asking import process_or_404, who_asks


def processes(request: HttpRequest) -> HttpResponse:
    context = {"processes": visible_processes(), "may_start": may_start(who_asks(request))}
    return render(request, "deliberate/processes.html", context)


def process(request: HttpRequest, slug: str) -> HttpResponse:
    found = process_or_404(request, slug)
    now = timezone.now()
    context = {"process": found, "steps": found.steps.all(), "is_closed": found.is_closed_at(now)}
    return render(request, "deliberate/process.html", context)
