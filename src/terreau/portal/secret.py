"""The signing key of this instance, made once and kept with the state."""

import os
import secrets
from pathlib import Path


def load_or_make_secret(folder: Path) -> str:
    """Read ``folder/secret_key``; write a new one, readable by its owner only, when there is none."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database beside it opens every account
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()
