"""README and docs say nothing that is not there: commands, options, links, presets, study files, code of any kind."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from benchmarks import gpu_hours
from optsweep.cli.app import COMMANDS as TABLE
from optsweep.cli.app import app, load
from optsweep.study.file import load_study, parse_study
from optsweep.toml_files import read_toml
from optsweep.trust.trust import assess
from tests.snapshots import make_run, make_snapshot
from tests.trust.test_verdict import sweep_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
CLI_PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMON = "Options of every command that concerns a study"


def commands() -> Iterator[tuple[str, Any]]:
    yield "optsweep", get_command(app)
    for name in TABLE:
        command = load(name)
        group = getattr(command, "commands", None)
        yield from (
            ((f"optsweep {name} {part}", one) for part, one in group.items())
            if group
            else [(f"optsweep {name}", command)]
        )


def option_names(command: Any) -> set[str]:
    options = [
        parameter for parameter in command.params if parameter.param_type_name == "option" and not parameter.hidden
    ]
    names = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    # The opposite of a switch goes without saying.
    return {name for name in names if name.replace("--no-", "--", 1) not in names - {name}}


COMMANDS = dict(commands())
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"call (?:given|option),([A-Z_]+)", MAKEFILE)) | {"PYTHON"}


def typed_lines(text: str) -> Iterator[str]:
    """What a page tells people to type: the lines of its shell blocks, and inline code."""
    for block in re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`]+)`", prose)


def typed_commands(text: str) -> Iterator[list[str]]:
    for line in typed_lines(text):
        words: list[str] = []
        # A placeholder in angle brackets is no redirection.
        plain = re.sub(r"<\w+>", "X", line).replace(";", " ; ")
        for word in [*shlex.split(plain, comments=True), ";"]:
            if word not in (";", "|", "&&", ">", "&"):
                words.append(word)
                continue
            if words and words[0] in ("optsweep", "make"):
                yield words
            words = []


def mistake(words: list[str]) -> str | None:
    if words[0] == "make":
        unknown = [word for word in words[1:] if word.partition("=")[0] not in TARGETS | VARIABLES]
        return f"make has no {', '.join(unknown)}" if unknown else None
    sizes = (1,) if words[1].startswith("-") else (3, 2)
    name = next((" ".join(words[:size]) for size in sizes if " ".join(words[:size]) in COMMANDS), None)
    if name is None:
        return f"no command {' '.join(words[:3])}"
    options = {word.partition("=")[0] for word in words if word.startswith("-")}
    foreign = options - option_names(COMMANDS[name]) - {"--help"}
    return f"{name} has no {', '.join(foreign)}" if foreign else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_to_be_typed_exists(page: Path) -> None:
    found = [(words, mistake(words)) for words in typed_commands(page.read_text(encoding="utf-8")) if len(words) > 1]
    wrong = [f"{' '.join(words)}: {why}" for words, why in found if why and words[1] != "COMMAND"]
    assert not wrong


def test_the_readme_has_commands_to_check() -> None:
    assert len(list(typed_commands(README))) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


def sections() -> dict[str, set[str]]:
    """Heading of docs/cli.md without its arguments -> options in the first column of its tables."""
    found = {}
    for part in re.split(r"^## ", CLI_PAGE, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        name = " ".join(word for word in heading.strip("`").split() if word.islower()) if "`" in heading else heading
        rows = [line.split("|")[1] for line in body.splitlines() if line.startswith("| `-")]
        found[name] = {option for row in rows for option in re.findall(r"`(-[^`]+)`", row)}
    return found


def test_the_page_of_commands_has_every_command_and_option_and_no_other() -> None:
    documented = sections()
    common = documented.pop(COMMON)
    assert set(documented) == set(COMMANDS)
    for name, command in COMMANDS.items():
        real = option_names(command)
        assert documented[name] == (real - common if common <= real else real), name


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,.]*(?:e-\d+)?", text)]


def test_the_table_of_presets_is_the_study_file() -> None:
    rows = {
        cells[1].strip(): "|".join(cells[2:])
        for line in (ROOT / "docs" / "presets.md").read_text(encoding="utf-8").splitlines()
        if len(cells := line.split("|")) == 14
    }
    for preset in load_study(ROOT / "studies" / "uniref50.toml").presets:
        full, sweep = preset.full, preset.sweep
        settings = [preset.hidden_size, preset.n_heads, preset.n_blocks, preset.dropout, preset.cond_dim]
        settings += [preset.effective_batch, preset.micro_batch, preset.lr, preset.weight_decay]
        lengths = [full.iterations, sweep.iterations, full.warmup, sweep.warmup]
        preschool = [full.preschool, sweep.preschool] if full.preschool else []
        assert numbers(rows[preset.name]) == [*settings, *lengths, *preschool]
        assert ("off" in rows[preset.name]) == (not full.preschool)


def blocks(text: str) -> list[tuple[str, str]]:
    """The language and the text of each code block."""
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_study_file_of_the_docs_is_right(tmp_path: Path) -> None:
    ((_, block),) = blocks((ROOT / "docs" / "study-file.md").read_text(encoding="utf-8"))
    path = tmp_path / "my_study.toml"
    path.write_text(block)
    definition = parse_study(read_toml(path), name="my_study", place=str(path))
    assert definition.num_sampled == 12
    assert definition.space.schedule.choices == ["cosine"]


def _shell(block: str) -> None:
    subprocess.run(["bash", "-n"], input=block, text=True, check=True, capture_output=True)


READERS: dict[str, Callable[[str], object]] = {
    "bash": _shell,
    "sh": _shell,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
    "ini": lambda block: configparser.ConfigParser().read_string(block),
    "python": lambda block: compile(block, "page", "exec"),
    "text": str,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_what_it_says(page: Path) -> None:
    """Shell can be parsed, and its commands are looked up above; files are read, Python is compiled."""
    for language, block in blocks(page.read_text(encoding="utf-8")):
        READERS[language](block)


def test_the_readme_is_short_and_the_index_has_every_page() -> None:
    assert len(README.split()) <= 1500
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").glob("*.md")):
        title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        assert page.name == "README.md" or f"[{title}]({page.name})" in index, page.name


def test_what_a_sweep_costs_is_what_the_command_prints() -> None:
    printed = list(gpu_hours.lines([1, 4]))
    assert "\n".join(printed) in (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    in_sum = [re.sub(r"[*| ]*$", "", line).rpartition("**")[2] for line in printed[-2:]]
    assert f"| the sweep | {' | '.join(in_sum)} |" in README


def test_the_session_of_the_readme_has_the_programs_words() -> None:
    (session,) = (block for language, block in blocks(README) if language == "text" and "make sweep" in block)
    shown = session.partition("proteins\n")[2].partition("\n\n")[0].splitlines()
    program = assess(sweep_of({"tpe-006": 2.25, "high_lr_experiment": 2.2501}, spread=0.01)).verdict.lines
    said = [line.split()[0] for line in shown if line[0] != " "]
    assert [word for word in said if word != "Full"] == [line.split()[0] for line in program]
    assert session.count("\nNext: optsweep ") == 1


def make_pictures() -> Any:
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "docs" / "make_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_live_picture_shows_the_study_as_it_was(tmp_path: Path) -> None:
    curve = {1: 2.9, 2: 2.7, 3: 2.5, 4: 2.4}
    ended = [
        make_run(f"tpe-00{number}", "complete", source="tpe", curve=curve, progress=1.0, started=start, ended=end)
        for number, (start, end) in enumerate([(0, 10), (10, 20), (20, 28), (20, 40), (35, 50), (45, 60)], 1)
    ]
    pictures = make_pictures()
    then = pictures.replayed(make_snapshot(ended))
    assert then.now == 45
    assert [run.state for run in then.runs] == ["complete"] * 4 + ["running"] * 2
    assert then.runs[4].curve == {1: 2.9, 2: 2.7}
    assert (then.runs[4].value, then.runs[5].value) == (2.7, None)
    pictures.draw(then, tmp_path / "live.svg")
    assert "tpe-005" in (tmp_path / "live.svg").read_text(encoding="utf-8")
