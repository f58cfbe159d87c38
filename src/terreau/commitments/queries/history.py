"""The past of one commitment, as it may be told to everybody."""

from typing import Any

from terreau.commitments.models import Change, Commitment
from terreau.commons.enums import Diffusion
from terreau.commons.models import LogEntry, Party

_ROLES = ("owner", "beneficiary")


def shown_before(change: Change) -> dict[str, Any]:
    """What the changed fields said; a party by its public identifier, if it may be named."""
    return {
        name: _public_id(value) if name in _ROLES else value for name, value in sorted(change.before.items())
    }


def _public_id(identity: str) -> str | None:
    shown = Party.objects.exclude(diffusion=Diffusion.MASKED).filter(identity=identity or None)
    return shown.values_list("public_id", flat=True).first()


def log_indexes(commitment: Commitment) -> list[int]:
    """Of the acts of the public log that are about it, in order, those whose contents were erased too."""
    about = LogEntry.objects.filter(about=f"commitment:{commitment.token}").order_by()
    changes = commitment.changes.filter(log_index__isnull=False).order_by()
    told = {*about.values_list("index", flat=True), *changes.values_list("log_index", flat=True)}
    return sorted(index for index in told if index is not None)
