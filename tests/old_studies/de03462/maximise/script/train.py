"""Walks down a slope, and goes on where its state.json says that it was. Knows nothing of optsweep."""

import argparse
import json
import time
import tomllib
from pathlib import Path

STEPS, SAVE_EVERY = 100, 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--datafile", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    args = parser.parse_args()
    config = tomllib.loads(args.config.read_text())
    assert args.datafile.stat().st_size > 0

    saved = args.work_dir / "state.json"
    state = json.loads(saved.read_text()) if saved.exists() else {"step": 0, "height": 1.0}
    first, height = int(state["step"]), float(state["height"])
    print(f"goes on after step {first}" if first else "begins", flush=True)
    for step in range(first + 1, STEPS + 1):
        time.sleep(0.01)
        height *= 1 - config["optim"]["lr"]
        if step % SAVE_EVERY == 0:
            line = {"step": step, "valid": {"loss": height + config["optim"]["decay"]}}
            with (args.work_dir / "numbers.jsonl").open("a") as numbers:
                numbers.write(json.dumps(line) + "\n")
            saved.with_suffix(".new").write_text(json.dumps({"step": step, "height": height}))
            saved.with_suffix(".new").rename(saved)


if __name__ == "__main__":
    main()
