"""A training script that knows nothing of optsweep: reads its config, writes its numbers, goes on where it left off.

``python script.py --config FILE | --lr=0.1 --width=3 ...  --dir DIR [--data FILE] [--metrics KIND] [--trouble WHAT]``
Its state is one file, state.json; calls.txt has a line for each time that it was called.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any


def read_config(path: Path) -> dict[str, Any]:
    match path.suffix:
        case ".toml":
            return tomllib.loads(path.read_text())
        case ".json":
            return dict(json.loads(path.read_text()))
        case ".yaml":
            import yaml

            return dict(yaml.safe_load(path.read_text()))
        case _:
            names = runpy.run_path(str(path))
            return {"optim": {"lr": names["lr"]}, "width": names["width"], "steps": names["steps"]}


def value_at(lr: float, step: int) -> float:
    return round(lr + 1 / step, 6)


class Numbers:
    """Tells step and value in the way that was asked for."""

    def __init__(self, kind: str, folder: Path, total: int) -> None:
        self.kind, self.folder, self.total = kind, folder, total

    def tell(self, step: int, value: float) -> None:
        match self.kind:
            case "jsonl":
                with (self.folder / "log.jsonl").open("a") as file:
                    file.write(json.dumps({"step": step, "train": {"loss": value + 1}}) + "\n")
                    file.write(json.dumps({"step": step, "valid": {"loss": value}}) + "\n")
            case "csv":
                path = self.folder / "log.csv"
                head = "" if path.exists() else "step,train.loss,valid.loss\n"
                with path.open("a") as file:
                    file.write(f"{head}{step},{value + 1},\n{step},,{value}\n")
            case "regex":
                print(f"step {step}/{self.total} train {value + 1}", end="\r")
                print(f"[step {step}/{self.total}] validation loss: {value}")
            case "tensorboard":
                from tensorboard.summary import Writer

                writer = Writer(str(self.folder / "events"))
                writer.add_scalar("valid.loss", value, step)
                writer.close()


def befall(trouble: str, folder: Path) -> None:
    if trouble == "out of memory":
        sys.exit("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB")
    if trouble == "disk":
        sys.exit("OSError: [Errno 28] No space left on device")
    if trouble == "raise":
        raise ValueError("the script was told to fail")
    if trouble.startswith("SIG"):
        number = getattr(signal, trouble)
        if number != signal.SIGKILL:
            # Under nohup SIGHUP is ignored, and what starts there inherits that.
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    torn = folder.parent / "torn"
    if trouble == "torn" and not torn.exists():
        # Once, it is killed while it writes its checkpoint over the one before; what finds that fails.
        torn.touch()
        (folder / "state.json").write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        (folder / "pids.txt").write_text(f"{os.getpid()} {child.pid}")
        time.sleep(600)


def main(words: list[str]) -> None:
    given: dict[str, str] = {}
    for word in words:
        name, _, value = word.removeprefix("--").partition("=")
        given[name] = value
    config: dict[str, Any] = (
        read_config(Path(given["config"]))
        if "config" in given
        else {"optim": {"lr": float(given["optim.lr"])}, "width": int(given["width"]), "steps": int(given["steps"])}
    )
    folder, trouble = Path(given["dir"]), given.get("trouble", "")
    numbers = Numbers(given.get("metrics", "jsonl"), folder, config["steps"])
    state = folder / "state.json"
    first = json.loads(state.read_text()) if state.exists() else 0
    with (folder / "calls.txt").open("a") as calls:
        calls.write(f"{first} {os.environ.get('CUDA_VISIBLE_DEVICES', 'none')} {config['width']}\n")
    if trouble == "always":
        befall("raise", folder)
    for step in range(first + 1, config["steps"] + 1):
        time.sleep(float(given.get("seconds", "0")))
        if trouble and step == config["steps"] // 2 + 1:
            befall(trouble, folder)
        numbers.tell(step, float("nan") if trouble == "nan" and step > 2 else value_at(config["optim"]["lr"], step))
        # Whole or not at all: it may be killed at any moment.
        state.with_suffix(".new").write_text(json.dumps(step))
        state.with_suffix(".new").replace(state)


def leave(number: int, frame: object) -> None:
    (Path(next(word for word in sys.argv if word.startswith("--dir="))[6:]) / "bye.txt").write_text("asked to leave")
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    main(sys.argv[1:])
