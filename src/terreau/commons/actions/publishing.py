"""Publishing the files of every dataset, and saying so in the journals."""

import json
from collections.abc import Collection
from typing import Any

from django.db import transaction

from terreau.commons.models import LogEntry, User
from terreau.lake.publishing import publish_all

from .journal import write_journal

VERB = "publish-dataset"


def publish_datasets(*, names: Collection[str] = (), by: User | None) -> dict[str, dict[str, Any]]:
    """Write the files; each dataset whose files are not those last told is one act. Returns the manifests by name.

    ``names``: of these datasets only. A publication that was cut before its act is told by the next one.
    """
    manifests = publish_all(names)
    for name, manifest in manifests.items():
        _tell(name, manifest, by)
    return manifests


@transaction.atomic
def _tell(name: str, manifest: dict[str, Any], by: User | None) -> None:
    subject = f"dataset:{name}"
    digests = {format_: file["sha256"] for format_, file in manifest["files"].items()}
    told = LogEntry.objects.filter(about=subject, verb=VERB).order_by("-index").first()
    if told and told.content and json.loads(told.content)["details"]["sha256"] == digests:
        return
    write_journal(verb=VERB, subject=subject, by=by, rows=manifest["rows"], sha256=digests)
