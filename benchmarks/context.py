"""What was asked on the command line; set once by ``__main__`` before a part runs."""

from pathlib import Path

full = False
data: Path | None = None  # folder of the full published files
folder = Path()  # for generated files, removed at the end
