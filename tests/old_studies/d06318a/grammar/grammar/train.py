"""Climbs a slope, and goes on only from the checkpoint that it is told. Counts its steps from 0."""

import argparse
import json
import os
import time
from pathlib import Path

SAVE_EVERY = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--head-dim", type=int, required=True)
    parser.add_argument("--kind", choices=["plain", "damped"], required=True)
    parser.add_argument("--damping", type=float, default=0.0)
    parser.add_argument("--betas", type=float, nargs=2, required=True)
    parser.add_argument("--clip", type=float, default=2.0)
    parser.add_argument("--fast-start", action=argparse.BooleanOptionalAction, required=True)
    parser.add_argument("--resume", type=Path)
    args = parser.parse_args()
    assert args.label[0] + args.label[-1] == "{}"
    assert int(os.environ["LEVEL"]) >= 0

    state = json.loads(args.resume.read_text()) if args.resume else {"step": 0, "height": 0.0}
    first, height = int(state["step"]), float(state["height"])
    print(f"goes on after step {first}" if first else "begins", flush=True)
    ceiling = args.clip * (1 - args.damping) * args.betas[1] + args.head_dim / 100 + 0.1 * args.fast_start
    for step in range(first, args.steps):
        time.sleep(0.01)
        height += args.rate * (ceiling - height)
        if (step + 1) % SAVE_EVERY == 0:
            with (args.out_dir / "numbers.jsonl").open("a") as numbers:
                numbers.write(json.dumps({"epoch": step + 1 - SAVE_EVERY, "score": height}) + "\n")
            state = args.out_dir / f"state{step + 1:03d}.json"
            state.with_suffix(".new").write_text(json.dumps({"step": step + 1, "height": height}))
            state.with_suffix(".new").rename(state)
            (args.out_dir / f"state{step + 1 - 2 * SAVE_EVERY:03d}.json").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
