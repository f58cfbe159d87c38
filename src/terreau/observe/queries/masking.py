"""Requests to be masked. The only question that reads masked parties: stewards must see what they masked."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from terreau.observe.models import MaskRequest


def mask_requests() -> "QuerySet[MaskRequest]":
    """Those to answer first, the oldest before; then those answered, the newest before. Of parties that are there."""
    is_answered = Case(
        When(state=MaskRequest.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    there = MaskRequest.objects.filter(party__isnull=False).select_related("party")
    requests = there.annotate(is_answered=is_answered)
    return requests.order_by("is_answered", "-answered_at", "asked_at", "pk")
