"""The public log after a restore: it goes on from what was signed, whatever the backup knew of it."""

import shutil
from pathlib import Path

from terreau.commons.actions.log import recover_log
from terreau.commons.log.keys import PUBLIC, read_public_keys
from terreau.commons.log.publishing import read_checkpoint
from terreau.commons.queries.log import keys_folder, log_folder


def settle_log(aside: Path | None) -> int:
    """Bring keys, files and database together again; returns how many signed acts the database had lost.

    ``aside``: where the restore kept the state before. Raises LogError when what was signed cannot be read.
    """
    before = aside / keys_folder().name if aside else None
    there = read_public_keys(before / PUBLIC) if before else []
    restored = read_public_keys(keys_folder() / PUBLIC)
    if before and there and (not restored or there[-1].name == restored[-1].name):
        shutil.copytree(before, keys_folder(), dirs_exist_ok=True)  # the same log, with keys at least as new
        restored = there
    signed = read_checkpoint(log_folder())
    if signed and restored and signed.origin != restored[-1].name:
        # The log of the site that this one replaces: ours is made again from the rows.
        shutil.move(
            log_folder(), (aside or log_folder().parent) / f"log-{signed.size}-{signed.root.hex()[:8]}"
        )
        return 0
    return recover_log(by=None)
