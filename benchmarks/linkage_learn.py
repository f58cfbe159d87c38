"""Learns the weights that the engine ships: ``python -m benchmarks.linkage_learn FOLDER`` of the open data.

Writes ``engines/src/terreau_engines/linkage/weights.json``. The labelled pairs stay where they are.
"""

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.linkage_gold import load
from benchmarks.linkage_judging import judged, learnt_model

WEIGHTS = Path(__file__).resolve().parents[1] / "engines/src/terreau_engines/linkage/weights.json"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(
            "usage: python -m benchmarks.linkage_learn FOLDER (the one that has organisations/linkage_gold.csv)"
        )
    every = judged(load(Path(sys.argv[1])))
    model = learnt_model(every, np.ones(len(every.ends), bool))
    known = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    shipped = {name: known[name] for name in ("provenance", "licence")} | model
    WEIGHTS.write_text(json.dumps(shipped, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
