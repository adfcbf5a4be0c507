"""Wrong study files: a right one with one mistake each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tomli_w

from optsweep.search.sampling import RandomRuns
from optsweep.study.file import parse_study

from .outcome import Case

RIGHT = (Path(__file__).parent / "right.toml").read_text()
PRESETS = RIGHT[RIGHT.index("[[preset]]") :]
FIRST_PRESET = PRESETS[: PRESETS.index("[[preset]]", 1)]


def written(id: str, content: str | bytes, *says: str) -> Case:
    """The study file is ``content``."""
    return Case(
        f"study file: {id}",
        ["sweep", "mine.toml", "--data", "small.pt", "--cpu-workers", "1"],
        ["mine.toml", *says],
        files={"mine.toml": content},
    )


def changed(id: str, old: str, new: str, *says: str) -> Case:
    """The right file with ``new`` in place of the first ``old``."""
    assert old in RIGHT, old
    return written(id, RIGHT.replace(old, new, 1), *says)


def preset(id: str, old: str, new: str, *says: str) -> Case:
    """The right file with a mistake in its first preset."""
    assert old in FIRST_PRESET, old
    mistaken = FIRST_PRESET.replace(old, new, 1)
    return written(f"preset: {id}", RIGHT.replace(FIRST_PRESET, mistaken, 1), *says)


def one_configuration() -> dict[str, object]:
    """Every parameter of the space with one value, whichever parameters there are."""
    drawn = RandomRuns(parse_study(tomllib.loads(RIGHT), "mine", "mine.toml")).parameters(0)
    return {name: value for name, value in drawn.items() if name != "preschool_fraction"} | {"curriculum": False}


SCRIPT = """
[trainer]
command = ["true", "{flags}"]
metrics = { kind = "jsonl", value = "loss" }
[study]
type = "random"
trials = 2
[space]
"""


def space_of_script(id: str, parameter: str, *says: str) -> Case:
    """The study file of a script with that one line in its space."""
    return written(f"space: {id}", SCRIPT + parameter, *says)


OF_SCRIPTS = [
    space_of_script("f2 integers of 64 bits", f"s = {{ low = 0, high = {2**63 - 1} }}", "space.s", "beyond 2**53"),
    space_of_script("f2 an integer of 100 bits", f"s = {{ low = 0, high = {2**100} }}", "space.s.high", "less than"),
    space_of_script("f2 a large choice", f"s = {{ choices = [1, 2, {2**53 + 1}] }}", f"space.s: {2**53 + 1}", "2**53"),
    space_of_script("f2 a large fixed value", f"s = {-(2**53) - 1}\nt = {{ low = 1, high = 2 }}", "space.s", "2**53"),
    space_of_script("f2 no finite end", "s = { low = 0.0, high = 1e400 }", "space.s.high = inf", "finite"),
    space_of_script("f2 no finite width", "s = { low = -1.7e308, high = 1.7e308 }", "space.s: -1.7e+308..", "width"),
    space_of_script("f2 a name too long to be stored", f"{'s' * 513} = {{ low = 1, high = 9 }}", "513", "at most 512"),
    space_of_script("a name of two lines", '"a\\nb" = { low = 1, high = 9 }', "no braces, blanks, quotes"),
    space_of_script("true to false", "s = { low = false, high = true }", "space.s.low = False", "valid number"),
    space_of_script("f6 texts among numbers", 's = { choices = ["none", 3, 5] }', "space.s.choices", "none = true"),
    space_of_script("f6 a list as an end", "s = { low = [1], high = 2 }", "space.s.low = [1]", "valid number"),
    space_of_script("f6 tables as choices", "s = { choices = [{ a = 1 }] }", "space.s.choices[0] = {'a': 1}", "a list"),
    space_of_script("f6 a table in a table", "a.s = { low = 1, high = 2 }", "space.a", '"a.s" = ...'),
    space_of_script("f6 another's words", "s = { min = 1, max = 2 }", "space.s", "has none of low, high and choices"),
    space_of_script("f6 a misspelt key", "s = { low = 1, high = 9, stpe = 2 }", "space.s.stpe", "did you mean step?"),
    space_of_script("f6 a bare list", "s = [1, 2]", "space.s = [1, 2]", "{ choices = [...] }"),
    space_of_script("f6 a date", "s = { choices = [2026-01-01] }", "space.s.choices[0] = 2026-01-01", "in quotes"),
    space_of_script("f6 none beside a range", "s = { low = 1, high = 9, none = true }", "space.s.none", "low and high"),
    space_of_script("f6 both forms", "s = { low = 1, high = 9, choices = [1] }", "space.s", "not both"),
    space_of_script("a step that misses", "s = { low = 0.0, high = 1.0, step = 0.3 }", "space.s", "0.9 and 1.2 are"),
    space_of_script("a condition of nothing", "s = { low = 1, high = 9, when = 'x > 1' }", "space.s.when: x is no"),
    space_of_script("one value as a range", "s = { low = 1.0, high = 1.0 }", "space.s", "low 1 is not below high 1"),
]

FILES = [
    written("empty", "", "budget is missing"),
    written("binary", bytes(range(256)), "not UTF-8"),
    written("UTF-16", RIGHT.encode("utf-16"), "not UTF-8"),
    written("no TOML", "[study", "not valid TOML", "Expected ']'"),
    written("JSON", '{"study": {}}', "not valid TOML", "line 1"),
    written("table twice", RIGHT + "\n[study]\n", "not valid TOML", "twice"),
    written("64 KiB of spaces", " " * 65 + "\n" * 65536, "larger than 64 KiB"),
    written("one endless key", "a." * 3000 + "b = 1", "a line of more than 4096 bytes"),
    written("brackets without end", "a = " + "[" * 4000, "not valid TOML"),
    written("brackets in brackets", "a = " + "[" * 100 + "]" * 100, "nested more than 20 levels"),
    written("a number of 4000 digits", RIGHT.replace("= 7", "= 0x" + "f" * 4000, 1), "study.trials", "too large"),
    Case(
        "study file: a folder",
        ["sweep", "folder.toml", "--data", "small.pt"],
        ["folder.toml: cannot be read: Is a directory"],
        files={"folder.toml": lambda path: path.mkdir()},
    ),
]

SECTIONS = [
    changed("unknown table", "[sampler]", "[smapler]", "smapler is not a known name", "did you mean sampler?"),
    changed("unknown name", "trials = 7", "trails = 7", "study.trails is not a known name", "did you mean trials?"),
    changed("type", 'type = "tpe"', 'type = "grid"', "study.type = 'grid'", "'predefined', 'random' or 'tpe'"),
    changed("trials below 0", "trials = 7", "trials = -1", "study.trials = -1", "greater than or equal to 0"),
    changed("trials of a real number", "trials = 7", "trials = 7.0", "study.trials = 7.0", "valid integer"),
    changed("trials of truth", "trials = 7", "trials = true", "study.trials = True", "valid integer"),
    changed("too many trials", "trials = 7", "trials = 1000000000", "study.trials = 1000000000", "equal to 100000"),
    changed("seed too large", "seed = 42", f"seed = {2**64}", f"study.seed = {2**64}", "less than or equal"),
    changed("message of two lines", "seed = 42", 'seed = 42\nmessage = "a\\nb"', "study.message", "match pattern"),
    changed("no budget", "sequences = 6_400", "sequences = 0", "budget.sequences = 0", "greater than 0"),
    changed(
        "endless budget", "sequences = 6_400", f"sequences = {'9' * 400}", "budget.sequences", "less than or equal"
    ),
    changed("no evaluation", "num_evaluations = 20", "num_evaluations = 0", "budget.num_evaluations = 0"),
    changed("endless scale", "[pruner]", "scale = inf\n[pruner]", "budget.scale = inf", "finite"),
    written("scale", RIGHT.replace("num_evaluations = 20", "scale = 1e308"), "budget.scale = 1e+308", "equal to 1000"),
    written("scale 0", RIGHT.replace("num_evaluations = 20", "scale = 0.0"), "budget.scale = 0.0", "greater than 0"),
    changed("pruner", 'kind = "median"', 'kind = "none_"', "pruner.kind = 'none_'", "'median'"),
    changed(
        "pruning in warmup", "warmup_fraction = 0.3", "warmup_fraction = 0.1", "pruner.warmup_fraction = 0.1", "0.3"
    ),
    changed(
        "protein of length 1", "max_protein_len = 128", "max_protein_len = 1", "max_protein_len = 1", "equal to 32"
    ),
    changed("no validation", "num_validation = 160", "num_validation = 0", "num_validation = 0", "greater than 0"),
    changed("a million threads", "compile = false", "threads = 1000000", "settings.threads = 1000000", "4096"),
    changed("no choices", "choices = [32, 64]", "choices = []", "space.hidden_size", "at least 1"),
    changed("a choice twice", "choices = [32, 64]", "choices = [64, 64]", "space.hidden_size", "twice"),
    changed("odd heads", "choices = [8, 16, 32]", "choices = [7]", "space.head_dim", "multiple of 2"),
    changed("heads that do not divide", "choices = [32, 64]", "choices = [33]", "33 is not divisible by head_dim 8"),
    changed("range upside down", "low = 3e-4, high = 1e-2", "low = 1.0, high = 0.1", "space.lr", "not below high"),
    changed("logarithm of 0", "low = 3e-4", "low = 0.0", "space.lr", "needs low > 0"),
    changed("space of one number", "{ low = 0.0, high = 0.3 }", "1.5", "space.dropout", "below 1"),
    changed("unknown parameter", "cond_dim = {", "condition = {", "space.condition is not a known name"),
    changed("decay twice", "[space]", "[space]\ndecay = 0.1", "weight_decay and decay", "search one of the two"),
    written("presets only, without presets", RIGHT.replace(PRESETS, "").replace('"tpe"', '"predefined"'), "[[preset]]"),
    written(
        "space smaller than its trials",
        tomli_w.dumps(
            {"study": {"trials": 3}, "budget": {"sequences": 100, "full_sequences": 100}, "space": one_configuration()}
        ),
        "study.trials = 3",
        "only 1 different runs",
    ),
]

IN_PRESETS = [
    preset("unknown name", "lr = 3e-3", "lr = 3e-3\nlearning_rate = 1.0", "preset small", "learning_rate is not"),
    preset("missing parameter", "lr = 3e-3\n", "", "preset small: lr is missing"),
    preset("text for a number", "lr = 3e-3", 'lr = "3e-3"', "preset small: lr = '3e-3'", "valid number"),
    preset("real for whole", "n_blocks = 1", "n_blocks = 1.0", "small: n_blocks = 1.0", "valid integer"),
    preset("date for a number", "lr = 3e-3", "lr = 2026-01-01", "small: lr =", "valid number"),
    preset("not a number", "lr = 3e-3", "lr = nan", "small: lr = nan", "finite"),
    preset("out of range", "lr = 3e-3", "lr = 3.0", "small: lr = 3.0 is outside 0.0003..0.01"),
    preset("not among the choices", "n_blocks = 1", "n_blocks = 5", "n_blocks = 5 is not among 1, 2, 3"),
    preset("hidden not divisible", "n_heads = 2", "n_heads = 3", "hidden_size 32 is not divisible by n_heads 3"),
    preset("heads of another size", "n_heads = 2", "n_heads = 8", "head_dim = 4 is not among 8, 16, 32"),
    preset("schedule", '"loglinear"', '"linear"', "schedule = 'linear'", "'loglinear' or 'cosine'"),
    preset("micro-batch", "micro_batch = 16", "micro_batch = 64", "micro_batch 64 is larger than effective_batch 32"),
    preset("warmup longer than all", "warmup = 16", "warmup = 161", "warmup 161 is longer than iterations 160"),
    preset("iterations below 0", "iterations = 160", "iterations = -1", "sweep.iterations = -1", "greater than 0"),
    preset("preschool in half", "warmup = 16 }", "warmup = 16, preschool = 16 }", "in both of sweep and full"),
    preset("name upwards", '"small"', '"../up"', "preset ../up: name = '../up'", "match pattern"),
    preset("name of 300 letters", '"small"', f'"{"x" * 300}"', "name = 'xxx", "match pattern"),
    preset("name of a number", '"small"', "5", "preset 5: name = 5", "valid string"),
    preset("name twice", '"small"', '"curriculum"', "preset curriculum: the name is used twice"),
]

CASES = [*FILES, *SECTIONS, *IN_PRESETS, *OF_SCRIPTS]
