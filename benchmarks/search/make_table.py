"""Turn an exported study of full curves into the compact table that the search benchmark runs on.

optsweep sweep benchmarks/search/study.toml --name search --data proteins.fasta.gz
optsweep export --name search --format json -o search.json
python -m benchmarks.search.make_table search.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
DIGITS = 5


def main(exported: Path) -> None:
    """Write the complete sampled runs: parameters, curve, value, seconds."""
    document = json.loads(exported.read_text())
    runs = [run for run in document["runs"] if run["state"] == "complete" and run["preset"] is None]
    rows = [_row(run) for run in sorted(runs, key=lambda run: str(run["run"]))]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    TABLE.write_text(f"[\n{lines}\n]\n")
    print(f"{TABLE.name}: {len(rows)} runs, {TABLE.stat().st_size / 1e3:.0f} kB")


def _row(run: dict[str, Any]) -> dict[str, Any]:
    curve = [round(value, DIGITS) for _, value in sorted(run["curve"].items(), key=lambda point: int(point[0]))]
    return {
        "run": run["run"],
        "parameters": run["parameters"],
        "curve": curve,
        "seconds": round(run["seconds"], 2),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
