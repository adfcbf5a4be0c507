"""nanoGPT's command line: a config file in Python, then --name=value of names that it has, of the same type."""

import sys
from ast import literal_eval
from pathlib import Path

from tests.fakes.checkouts import begin, die_once, load, save

given = {
    "out_dir": "out",
    "eval_interval": 2000,
    "eval_iters": 200,
    "always_save_checkpoint": True,
    "init_from": "scratch",
    "wandb_log": False,
    "dataset": "openwebtext",
    "gradient_accumulation_steps": 40,
    "batch_size": 12,
    "n_layer": 12,
    "n_head": 12,
    "n_embd": 768,
    "dropout": 0.0,
    "learning_rate": 6e-4,
    "max_iters": 600000,
    "weight_decay": 1e-1,
    "beta2": 0.95,
    "lr_decay_iters": 600000,
    "min_lr": 6e-5,
    "device": "cuda",
    "compile": True,
}
for word in sys.argv[1:]:
    if "=" not in word:
        assert Path(word).is_file(), word
        continue
    name, text = word.removeprefix("--").split("=")
    try:
        value = literal_eval(text)
    except (SyntaxError, ValueError):
        value = text
    assert type(value) is type(given[name]), f"{name}: {text!r} is no {type(given[name]).__name__}"
    given[name] = value

folder = Path(given["out_dir"])
folder.mkdir(exist_ok=True)
assert given["n_embd"] % given["n_head"] == 0
assert given["min_lr"] < given["learning_rate"]
assert given["lr_decay_iters"] == given["max_iters"]
resumed = given["init_from"] == "resume"
first = load(folder / "ckpt.pt") if resumed else 0
begin(folder, first)
for step in range(first, given["max_iters"] + 1, given["eval_interval"]):
    loss = 3.0 - step / given["max_iters"] + given["learning_rate"]
    print(f"step {step}: train loss {loss - 0.1:.4f}, val loss {loss:.4f}", flush=True)
    if step > 0:
        print(f"saving checkpoint to {folder}")
        save(folder / "ckpt.pt", step)
    print(f"iter {step}: loss {loss:.4f}, time 1.00ms, mfu -100.00%", flush=True)
    if 2 * step >= given["max_iters"]:
        die_once(folder)
