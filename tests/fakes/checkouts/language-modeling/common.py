"""The command line of Hugging Face's HfArgumentParser, the Trainer's event files and checkpoints."""

import argparse
import json
import struct
from pathlib import Path

from tensorboard.summary import Writer

from tests.fakes.checkouts import begin, die_once


def boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def train(own: dict[str, type]) -> None:
    parser = argparse.ArgumentParser()
    texts = (
        "model_name_or_path",
        "dataset_name",
        "dataset_config_name",
        "output_dir",
        "eval_strategy",
        "save_strategy",
    )
    for name in (*texts, "report_to", "resume_from_checkpoint", "lr_scheduler_type"):
        parser.add_argument(f"--{name}")
    for name in ("max_steps", "eval_steps", "save_steps", "save_total_limit", "logging_steps", "warmup_steps", "seed"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--per_device_train_batch_size", type=int)
    for name in ("learning_rate", "weight_decay", "adam_beta2"):
        parser.add_argument(f"--{name}", type=float)
    for name in ("do_train", "do_eval", "disable_tqdm"):
        parser.add_argument(f"--{name}", type=boolean, nargs="?", const=True, default=False)
    for name, kind in own.items():
        parser.add_argument(f"--{name}", type=boolean if kind is bool else kind)
    given = parser.parse_args()
    assert given.do_train
    assert given.do_eval
    assert given.report_to == "tensorboard"
    assert given.eval_strategy == given.save_strategy == "steps"
    folder = Path(given.output_dir)
    found = given.resume_from_checkpoint
    first = json.loads((Path(found) / "trainer_state.json").read_text())["global_step"] if found else 0
    begin(folder, first)
    events = Writer(str(folder / "runs" / str(first)))
    for step in range(first + given.eval_steps, given.max_steps + 1, given.eval_steps):
        events.add_scalar("train/loss", 3.0, step)
        events.add_scalar("eval/loss", 4.0 - step / given.max_steps + given.learning_rate, step)
        events.flush()
        _save(folder / f"checkpoint-{step}", step)
        if 2 * step >= given.max_steps:
            # The newest one is torn: written in part when the machine went down.
            if not (folder / "died").exists():
                torn = folder / f"checkpoint-{step + given.save_steps}"
                torn.mkdir()
                (torn / "model.safetensors").write_bytes(b"")
            die_once(folder)
    events.close()


def _save(folder: Path, step: int) -> None:
    folder.mkdir(exist_ok=True)
    header = b"{}"
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
