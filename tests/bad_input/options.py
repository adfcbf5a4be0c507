"""Wrong command lines: options, numbers, names, things that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from optsweep.cli.app import COMMANDS, load

from .gpus import TWO_GPUS
from .outcome import Case

CONFIG = """
[model]
hidden_size = 16
n_heads = 2
n_blocks = 1
[training]
n_iters = 3
effective_batch = 4
[optim]
lr = 1e-3
warmup = 1
[evaluation]
num_evaluations = 1
"""


def sweep(id: str, arguments: list[str], *says: str) -> Case:
    return Case(id, ["sweep", *arguments], list(says))


def train(id: str, old: str, new: str, *says: str) -> Case:
    assert old in CONFIG
    files = {"mine.toml": CONFIG.replace(old, new)}
    return Case(id, ["train", "mine.toml", "--data", "small_sweep.pt"], ["mine.toml", *says], files=files)


SWEEP = [
    sweep("trials below 0", ["--trials", "-1"], "--trials", "-1", "0 to 100000"),
    sweep("num-random below 0", ["--num-random", "-5"], "--trials", "-5", "0 to 100000"),
    sweep("a thousand million trials", ["--trials", "1000000000"], "--trials", "1000000000", "0 to 100000"),
    sweep("trials 1e9", ["--trials", "1e9"], "--trials", "'1e9'", "integer"),
    sweep("trials in words", ["--trials", "many"], "--trials", "'many'", "integer"),
    sweep("type unknown", ["--type", "grid"], "--type", "'grid'", "'predefined', 'random', 'tpe'"),
    sweep("pruner unknown", ["--pruner", "worst"], "--pruner", "'worst'", "'median'"),
    sweep("seed below 0", ["--seed", "-1"], "seed = -1", "greater than or equal to 0"),
    sweep("seed of 50 digits", ["--seed", "9" * 50], "seed = 9999", "less than or equal to"),
    sweep("seed in words", ["--seed", "lucky"], "--seed", "'lucky'", "integer"),
    sweep("no CPU worker", ["--cpu-workers", "0"], "--cpu-workers 0", "1 to 256"),
    sweep("CPU workers below 0", ["--cpu-workers", "-2"], "--cpu-workers -2", "1 to 256"),
    sweep("100000 CPU workers", ["--cpu-workers", "100000"], "--cpu-workers 100000", "1 to 256"),
    sweep("half a CPU worker", ["--cpu-workers", "0.5"], "--cpu-workers", "'0.5'", "integer"),
    sweep("no worker on a GPU", ["--workers-per-gpu", "0"], "--workers-per-gpu 0", "1 to 256"),
    sweep("workers on a GPU for CPUs", ["--workers-per-gpu", "-1", "--cpu-workers", "1"], "--workers-per-gpu -1"),
    sweep("GPUs and CPU workers", ["--gpus", "0", "--cpu-workers", "1"], "--gpus and --cpu-workers", "one of the two"),
    sweep("no GPU-hours", ["--max-gpu-hours", "0"], "--max-gpu-hours: 0", "above 0"),
    sweep("GPU-hours not a number", ["--max-gpu-hours", "nan"], "--max-gpu-hours: nan", "above 0"),
    sweep("endless GPU-hours", ["--max-gpu-hours", "inf"], "--max-gpu-hours: inf", "a number"),
    sweep("GPU-hours with a unit", ["--max-gpu-hours", "10h"], "--max-gpu-hours", "'10h'", "number"),
    sweep("deadline in words", ["--deadline", "tomorrow"], "--deadline: 'tomorrow'", "36h or 90m"),
    sweep("deadline in the past", ["--deadline", "2001-01-01"], "--deadline: 2001-01-01 has passed"),
    sweep("deadline now", ["--deadline", "0h"], "--deadline: 0h", "more than 0"),
    sweep("deadline after the sun", ["--deadline", "9" * 400 + "d"], "--deadline", "less than 10 years"),
    sweep("deadline in year 1", ["--deadline", "0001-01-01"], "--deadline", "0001-01-01"),
    sweep("name empty", ["--name", ""], "name ''", "letters, digits", "--name"),
    sweep("name with a slash", ["--name", "a/b"], "name 'a/b'", "letters, digits", "--name"),
    sweep("name upwards", ["--name", ".."], "name '..'", "not beginning with '.'"),
    sweep("name of 300 letters", ["--name", "x" * 300], "name 'xxx", "at most 100"),
    sweep("name with a space", ["--name", "my study"], "name 'my study'", "letters, digits"),
    sweep("name beyond ASCII", ["--name", "größe"], "name 'größe'", "letters, digits"),
    sweep("name of two lines", ["--name", "a\nb"], "name 'a\\nb'", "letters, digits"),
    sweep("name of the database", ["--name", "optsweep.db"], "name 'optsweep.db'", "studies/optsweep.db is a file"),
    sweep("study unknown", ["demmo"], "study 'demmo'", "shipped are demo,", "did you mean demo?"),
    sweep("study file not there", ["nowhere.toml"], "nowhere.toml: no such file"),
    sweep("study is a folder", ["."], ".: cannot be read: Is a directory"),
    sweep("study of 5000 letters", ["x" * 5000], "no such study", "shipped are demo"),
    sweep("study file of 5000 letters", ["x" * 5000 + ".toml"], "File name too long"),
    sweep("study is a corpus", ["small.pt"], "study 'small.pt': no such study", "shipped are demo,"),
    sweep("study is a corpus elsewhere", ["../folder/small.pt"], "../folder/small.pt: is larger than 64 KiB"),
    sweep("real study without data", ["uniref50"], "study uniref50: no data", "--data FILE", "data import"),
    sweep("GPUs without data", ["--gpus", "0"], "--gpus", "no data", "--data FILE"),
    sweep("two studies", ["demo", "uniref50"], "unexpected extra argument", "uniref50"),
    sweep("option unknown", ["--gpu", "0"], "No such option: --gpu", "--gpus"),
    sweep("D10: data twice", ["--data", "small.pt", "--data", "other.pt"], "--data is given twice", "give it once"),
    sweep("D10: name twice", ["--name", "a", "--name=b"], "--name is given twice"),
    sweep("D10: trials by both names", ["--trials", "3", "--num-random", "4"], "--trials is given twice"),
    sweep("option without value", ["--trials"], "--trials", "requires an argument"),
    sweep("data not there", ["--data", "missing.pt"], "missing.pt: cannot be read: No such file"),
    sweep("data is a folder", ["--data", "."], ".: cannot be read: Is a directory"),
    sweep("data of 5000 letters", ["--data", "x" * 5000 + ".pt", "--name", "x"], "File name too long"),
    sweep("data has an odd name", ["--data", "my data.pt"], "name 'demo-my data'", "choose one with --name"),
]

DATA = [
    Case("import: not there", ["data", "import", "missing.fa", "-o", "x.pt"], ["missing.fa", "No such file"]),
    Case("import: no input", ["data", "import", "-o", "x.pt"], ["Missing argument", "FASTA"]),
    Case("import: no output", ["data", "import", "x.fa"], ["Missing option", "-o"], files={"x.fa": ">a\nMKV\n"}),
    Case("import: output is a folder", ["data", "import", "x.fa", "-o", "."], ["directory"], files={"x.fa": ">a\n"}),
    Case(
        "import: output is the input",
        ["data", "import", "x.fa", "-o", "./x.fa"],
        ["x.fa", "one of the inputs", "another output"],
        files={"x.fa": ">a\nMKV\n"},
    ),
    Case(
        "import: output below a file",
        ["data", "import", "x.fa", "-o", "small.pt/x.pt"],
        ["small.pt/x.pt", "cannot be written"],
        files={"x.fa": ">a\n" + "MKVLAAGG" * 10},
    ),
    Case("import: a corpus", ["data", "import", "small.pt", "-o", "x.pt"], ["small.pt: is a .pt file", "to --data"]),
    Case("demo: no sequence", ["data", "demo", "-n", "0"], ["-n", "'0'", "greater than or equal to 1"]),
    Case("demo: two sequences", ["data", "demo", "-n", "2"], ["2 sequences", "3 to 1000000"]),
    Case("demo: 1e9 sequences", ["data", "demo", "-n", "1000000000"], ["1000000000 sequences", "3 to 1000000"]),
    Case("demo: sequences in words", ["data", "demo", "-n", "few"], ["-n", "'few'", "integer"]),
    Case("demo: output is a folder", ["data", "demo", "-o", "."], [".: is a directory", "name a file"]),
    Case("subset: of two", ["data", "subset", "small.pt", "-n", "2"], ["2 sequences", "3 or more"]),
    Case("subset: of nothing", ["data", "subset", "small.pt", "-n", "0"], ["-n", "'0'", "greater than or equal to 1"]),
    Case("subset: onto itself", ["data", "subset", "small.pt", "-o", "small.pt"], ["small.pt", "another output"]),
    Case("subset: not there", ["data", "subset", "missing.pt"], ["missing.pt", "No such file"]),
    Case("subset: seed", ["data", "subset", "small.pt", "--seed", "x"], ["--seed", "'x'", "integer"]),
    Case("D10: subset: size twice", ["data", "subset", "small.pt", "-n", "9", "-n", "8"], ["-n is given twice"]),
    Case("D10: info: both ways", ["data", "info", "small.pt", "--verify", "--no-verify"], ["--verify is given twice"]),
    Case("info: nothing", ["data", "info"], ["Missing argument", "file"]),
    Case("info: folder", ["data", "info", "."], [".: cannot be read: Is a directory"]),
    Case("command unknown", ["sweeep"], ["No such command 'sweeep'"]),
    Case("data command unknown", ["data", "frobnicate"], ["No such command 'frobnicate'"]),
]


def commands_on_a_study() -> Iterator[list[str]]:
    """Every command that takes the name of a study that is there, with the arguments that it cannot do without."""
    for name in COMMANDS:
        command = load(name)
        options = {option for parameter in command.params for option in parameter.opts}
        if "--name" in options and name != "sweep":
            yield [name, *("lr=1e-3" for parameter in command.params if parameter.required)]


WITHOUT_STUDY = [
    Case(f"{command}: no study yet", [command, *more], ["no study in sqlite:///studies/optsweep.db", "optsweep sweep"])
    for command, *more in commands_on_a_study()
]


def planned(id: str, arguments: list[str], *says: str) -> Case:
    return Case(id, arguments, list(says), planned=True)


WITH_STUDY = [
    planned("status: study unknown", ["status", "--name", "nope"], "no study 'nope'", "there: mine-small"),
    planned("status: study of no name", ["status", "--name", ""], "study name ''", "letters, digits"),
    planned("best: top 0", ["best", "--top", "0"], "--top", "'0'", "greater than or equal to 1"),
    planned("best: nothing finished", ["best", "--toml"], "mine-small", "no finished trial yet"),
    planned("skip: run unknown", ["skip", "nope"], "no run 'nope'", "there: small, curriculum, tpe-001"),
    planned("retry: run unknown", ["retry", "nope"], "nope did not fail", "failed runs: none"),
    planned("retry: run that did not fail", ["retry", "small"], "small did not fail"),
    planned("worker: no such GPU", ["worker", "--gpu", "7"], "--gpu 7", "no GPU '7'", "leave --gpu out"),
    planned("worker: GPU of no name", ["worker", "--gpu", ""], "no GPU ''", "no NVIDIA GPU"),
    planned("dashboard: port 0", ["dashboard", "--port", "0"], "--port", "'0'", "greater than or equal to 1"),
    planned("dashboard: port 70000", ["dashboard", "--port", "70000"], "--port", "'70000'", "65535"),
    planned(
        "dashboard: another's address", ["dashboard", "--host", "203.0.113.1"], "--host 203.0.113.1", "choose another"
    ),
    planned("dashboard: no such host", ["dashboard", "--host", "nowhere.invalid"], "nowhere.invalid", "choose another"),
    planned("report: output is a file", ["report", "-o", "small.pt"], "small.pt", "cannot be written", "-o"),
    planned("report: output below a file", ["report", "-o", "small.pt/x"], "small.pt/x", "cannot be written", "-o"),
    planned("export: format", ["export", "--format", "xml"], "--format", "'xml'", "'csv', 'json', 'parquet'"),
    planned("export: output is a folder", ["export", "-o", "."], ".", "cannot be written", "-o"),
    planned("export: output below a file", ["export", "-o", "small.pt/x"], "small.pt/x", "cannot be written", "-o"),
    planned("fork: name with a slash", ["sweep", "--name", "mine-small", "--fork", "a/b"], "name 'a/b'", "letters"),
    planned("promote: nothing complete", ["promote"], "'mine-small' has no complete run yet"),
    planned("promote: run unknown", ["promote", "--run", "nope"], "no run 'nope'", "there: small, curriculum"),
    planned("promote: trial unknown", ["promote", "--trial", "99"], "no trial 99", "there: small, curriculum"),
    planned("promote: run that waits", ["promote", "--run", "tpe-003"], "run 'tpe-003'", "no parameters yet"),
    planned("promote: top 0", ["promote", "--top", "0"], "--top", "'0'", "greater than or equal to 1"),
    planned("promote: GPUs without a start", ["promote", "--gpus", "0,1"], "--gpus 0,1", "give --start too"),
    planned("promote: two ways", ["promote", "--top", "2", "--run", "small"], "--trial, --run and --top", "one of the"),
    planned("fidelity: length 0", ["fidelity", "--length", "0"], "--length", "0: must be a factor above 0", "full"),
    planned("fidelity: length in words", ["fidelity", "--length", "x"], "--length", "x: must be a factor", "full"),
    planned("fidelity: two runs", ["fidelity", "--runs", "2"], "--runs", "'2'", "greater than or equal to 4"),
    planned("fidelity: no seed", ["fidelity", "--seeds", "0"], "--seeds", "'0'", "greater than or equal to 1"),
    planned("fidelity: no sequences", ["fidelity", "--sequences", "0"], "--sequences", "'0'", "greater than or equal"),
    planned("fidelity: nothing finished", ["fidelity"], "0 runs have finished", "needs at least 4"),
    planned("fidelity: no curves", ["fidelity", "--pruner"], "too few complete sampled runs", "it needs 10"),
    planned("confirm: nothing complete", ["confirm"], "'mine-small' has no complete run to confirm"),
    planned("confirm: top 0", ["confirm", "--top", "0"], "--top", "'0'", "greater than or equal to 1"),
    planned(
        "confirm: a million seeds", ["confirm", "--seeds", "1000000"], "--seeds", "'1000000'", "less than or equal"
    ),
    planned("enqueue: nothing", ["enqueue"], "Missing argument", "KEY=VALUE"),
    planned("enqueue: no value", ["enqueue", "lr"], "'lr' is not NAME=VALUE"),
    planned("enqueue: unknown name", ["enqueue", "learning_rate=1e-3"], "learning_rate is not a known name"),
    planned("enqueue: misspelt name", ["enqueue", "weight_deacy=0.1"], "weight_deacy", "did you mean weight_decay?"),
    planned("enqueue: words", ["enqueue", "lr=fast"], "lr = 'fast' is not a real number"),
    planned("enqueue: not a number", ["enqueue", "lr=nan"], "lr = nan is outside 0.0003..0.01"),
    planned("enqueue: out of range", ["enqueue", "lr=5"], "lr = 5.0 is outside 0.0003..0.01"),
    planned("enqueue: twice", ["enqueue", "lr=1e-3", "lr=2e-3"], "lr is given twice"),
    planned("enqueue: real for whole", ["enqueue", "n_blocks=2.0"], "n_blocks = '2.0' is not an integer"),
    planned(
        "enqueue: f2 beyond 2**53", ["enqueue", "n_blocks=9007199254740993"], "n_blocks = 9007199254740993", "2**53"
    ),
    planned("enqueue: 5000 digits", ["enqueue", "n_blocks=" + "1" * 5000], "is not an integer"),
    planned("enqueue: half a curriculum", ["enqueue", "preschool_fraction=0.1"], "needs curriculum = true"),
    planned("enqueue: another truth", ["enqueue", "curriculum=yes"], "curriculum = 'yes' is not true or false"),
    planned("resume: other seed", ["sweep", "--name", "mine-small", "--seed", "7"], "seed was 42, is 7", "--name"),
    planned(
        "resume: other data",
        ["sweep", "mine.toml", "--name", "mine-small", "--data", "small_sweep.pt"],
        "other content than small_sweep.pt",
        "--name",
    ),
]

RANK_OF_TWO = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}

TRAIN = [
    Case("train: no config", ["train"], ["Missing argument", "config"]),
    Case("train: no data", ["train", "x.toml"], ["Missing option", "--data"]),
    Case("train: config not there", ["train", "x.toml", "--data", "small.pt"], ["x.toml: no such file"]),
    Case("train: config is a folder", ["train", ".", "--data", "small.pt"], [".: cannot be read: Is a directory"]),
    Case("train: config is a corpus", ["train", "small.pt", "--data", "small.pt"], ["small.pt: is larger than 64 KiB"]),
    Case(
        "train: data not there",
        ["train", "mine.toml", "--data", "missing.pt"],
        ["missing.pt", "No such file"],
        files={"mine.toml": CONFIG},
        torch=True,
    ),
    Case(
        "train: corpus without a subset",
        ["train", "mine.toml", "--data", "other.pt"],
        ["other.pt: has no subset", "optsweep data subset other.pt"],
        files={"mine.toml": CONFIG, "other.pt": lambda path: path.write_bytes(small_corpus())},
        torch=True,
    ),
    *(
        Case(
            f"train: device {device}",
            ["train", "mine.toml", "--data", "small_sweep.pt", "--device", device],
            [f"device '{device}'", says],
            files={"mine.toml": CONFIG},
            torch=True,
        )
        for device, says in [("tpu", "cuda:N"), ("cuda:-1", "cuda:N"), ("", "cuda:N"), ("cuda:99", "is not there")]
    ),
    *(
        Case(
            f"train: {id}",
            ["train", "mine.toml", "--data", "small_sweep.pt", *given],
            says,
            files={"mine.toml": CONFIG},
            gpus=TWO_GPUS,
        )
        for id, given, says in [
            (
                "device beyond the GPUs",
                ["--device", "cuda:2"],
                ["'cuda:2' is not there", "cuda:1 (physical GPU 1"],
            ),
            ("GPUs 0,99", ["--gpus", "0,99"], ["--gpus 0,99", "no GPU '99'", "there: 0 (NVIDIA H200, GPU-1111"]),
            ("GPUs twice", ["--gpus", "1,1"], ["--gpus 1,1", "'1' is named twice"]),
            ("GPUs in words", ["--gpus", "all"], ["--gpus all", "no GPU 'all'"]),
            (
                "GPUs and a device",
                ["--gpus", "0,1", "--device", "cuda"],
                ["--gpus 0,1 and --device cuda", "one"],
            ),
        ]
    ),
    Case(
        "train: GPUs where there are none",
        ["train", "mine.toml", "--data", "small_sweep.pt", "--gpus", "0,1"],
        ["--gpus 0,1", "no NVIDIA GPU is visible", "leave --gpus out"],
        files={"mine.toml": CONFIG},
    ),
    *(
        Case(
            f"train: environment {id}",
            ["train", "mine.toml", "--data", "small_sweep.pt", *given],
            says,
            files={"mine.toml": CONFIG},
            environment=environment,
        )
        for id, given, environment, says in [
            ("RANK alone", [], {"RANK": "0"}, ["RANK='0'", "WORLD_SIZE is missing", "torchrun"]),
            ("rank in words", [], {"RANK": "first", "WORLD_SIZE": "2"}, ["RANK='first'", "must be numbers"]),
            (
                "of torchrun, and GPUs",
                ["--gpus", "0"],
                RANK_OF_TWO,
                ["--gpus 0", "RANK", "one of the two"],
            ),
            ("of nine ranks", [], {**RANK_OF_TWO, "WORLD_SIZE": "9"}, ["effective_batch = 4", "9 processes"]),
        ]
    ),
    Case(
        "train: output is a file",
        ["train", "mine.toml", "--data", "small_sweep.pt", "--out", "small.pt"],
        ["--out small.pt", "name a folder"],
        files={"mine.toml": CONFIG},
    ),
    Case(
        "train: output below a file",
        ["train", "mine.toml", "--data", "small_sweep.pt", "--out", "small.pt/run"],
        ["small.pt/run", "Not a directory"],
        files={"mine.toml": CONFIG},
        torch=True,
    ),
    train("config: hidden not divisible", "n_heads = 2", "n_heads = 3", "hidden_size 16 is not divisible by n_heads 3"),
    train("config: odd heads", "n_heads = 2", "n_heads = 16", "an even number"),
    train("config: iterations below 0", "n_iters = 3", "n_iters = -3", "training.n_iters = -3", "greater than 0"),
    train("config: warmup too long", "warmup = 1", "warmup = 10", "optim.warmup = 10", "n_iters = 3"),
    train("config: text for number", "1e-3", '"fast"', "optim.lr = 'fast'", "valid number"),
    train("config: not a number", "1e-3", "nan", "optim.lr = nan", "finite"),
    train("config: unknown name", "n_iters = 3", "n_iters = 3\nepochs = 4", "training.epochs is not a known name"),
    train("config: unknown table", "[optim]", "[extra]\n[optim]", "extra is not a known name"),
    train("config: missing name", "lr = 1e-3\n", "", "optim.lr is missing"),
    train("config: missing table", "[evaluation]\nnum_evaluations = 1\n", "", "evaluation is missing"),
    train("config: two grids", "num_evaluations = 1", "num_evaluations = 1\nevery_sequences = 5", "give one of"),
    train(
        "config: dropout of all", "n_blocks = 1", "n_blocks = 1\ndropout = 1.0", "model.dropout = 1.0", "less than 1"
    ),
    train("config: huge seed", "n_iters = 3", f"n_iters = 3\nseed = {2**64}", "training.seed", "less than or equal to"),
    train("config: no threads", "n_iters = 3", "n_iters = 3\nthreads = 0", "training.threads = 0", "greater than 0"),
    train("config: precision", "n_iters = 3", 'n_iters = 3\nprecision = "fp8"', "training.precision", "'fp32'"),
]

SAMPLE = [
    Case("sample: no checkpoint", ["sample"], ["Missing argument", "checkpoint"]),
    Case("sample: file not there", ["sample", "x.pt"], ["x.pt: there is no checkpoint"], torch=True),
    Case("sample: folder without one", ["sample", "."], ["checkpoint.pt: there is no checkpoint"], torch=True),
    Case("sample: a corpus", ["sample", "small.pt"], ["small.pt: is not a whole checkpoint"], torch=True),
    Case("sample: no proteins", ["sample", "x.pt", "-n", "0"], ["-n", "'0'", "greater than or equal to 1"]),
    Case("sample: no steps", ["sample", "x.pt", "--steps", "0"], ["--steps", "'0'", "greater than or equal to 1"]),
    Case("sample: huge seed", ["sample", "x.pt", "--seed", str(2**64)], ["--seed", "less than or equal to"]),
    Case(
        "sample: data unknown",
        ["sample", "run"],
        ["--data", "corpus or subset that the model was trained on", "gone.pt is not there"],
        files={"run/checkpoint.pt": lambda path: path.write_bytes(small_checkpoint())},
        torch=True,
    ),
    Case(
        "sample: device",
        ["sample", "run", "--device", "tpu"],
        ["device 'tpu'", "cuda:N"],
        files={"run/checkpoint.pt": lambda path: path.write_bytes(small_checkpoint())},
        torch=True,
    ),
]

CASES = [*SWEEP, *DATA, *WITHOUT_STUDY, *WITH_STUDY, *TRAIN, *SAMPLE]


def small_checkpoint() -> bytes:
    """A checkpoint whose training data is gone."""
    import tempfile
    import tomllib
    from pathlib import Path

    from optsweep.config import TrainConfig
    from optsweep.train.checkpoint_file import Checkpoint, CheckpointFile
    from optsweep.train.model import Transformer
    from optsweep.train.patience import PatienceState

    config = TrainConfig.model_validate({**tomllib.loads(CONFIG), "provenance": {"corpus": "gone.pt"}})
    model = Transformer(config.model, config.data.max_protein_len)
    none = {
        "step": 1,
        "seconds": 1.0,
        "micro_batch": 1,
        "history": [],
        "losses": None,
        "patience": PatienceState(),
        "weights": None,
        "optimizer": None,
    }
    checkpoint = CheckpointFile(Checkpoint(ema=model.state_dict(), **none), config, "")
    with tempfile.NamedTemporaryFile() as file:
        checkpoint.write(Path(file.name))
        return file.read()


def small_corpus() -> bytes:
    """A corpus whose subset was never made."""
    import io

    import torch

    buffer = io.BytesIO()
    torch.save(
        {"tokens": torch.full((400,), 7, dtype=torch.uint8), "offsets": torch.arange(0, 401, 40), "manifest": {}},
        buffer,
    )
    return buffer.getvalue()
