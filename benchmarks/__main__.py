"""Measures Terreau beside its peers and prints CPU seconds and ratios, goals reached or not.

python -m benchmarks                 some minutes
python -m benchmarks --full          also the largest sizes and slow peers
python -m benchmarks search tiles    these only
"""

import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path

PARTS = (
    "reading", "insertion", "search", "api", "as_of", "tiles", "dump", "linkage", "log", "home", "opinion", "voting",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--full", action="store_true", help="also the largest sizes and slow peers")
    parser.add_argument("--data", type=Path, help="folder of the full published files")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="terreau-bench-") as state:
        os.environ["TERREAU_DATA"] = state
        os.environ.pop("DATABASE_URL", None)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        from benchmarks import context

        context.full, context.data, context.folder = asked.full, asked.data, Path(state)
        for part in asked.parts or PARTS:
            import_module(f"benchmarks.{part}").run()
        connection.close()


if __name__ == "__main__":
    main()
