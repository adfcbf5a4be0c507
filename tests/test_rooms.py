"""Rooms that only plan, look or remember load neither torch nor, for what a person looks at, the optimiser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import optsweep

ROOT = Path(optsweep.__file__).parent
LOADED = "print({'torch', 'optuna', 'sqlalchemy', 'scipy.stats'} & set(sys.modules))"


def _modules(*rooms: str) -> list[str]:
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return [".".join(("optsweep", *path.relative_to(ROOT).with_suffix("").parts)) for path in paths]


def _loaded_after(code: str, cwd: Path | None = None) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{LOADED}"], capture_output=True, text=True, check=True, cwd=cwd
    )
    return set(eval(run.stdout.splitlines()[-1]))  # noqa: S307


def test_no_room_but_the_trainers_loads_torch() -> None:
    modules = ["optsweep.workers.launcher", *_modules("planning", "views", "database", "results")]
    assert len(modules) > 40
    assert "torch" not in _loaded_after("import " + ", ".join(modules))


def test_training_and_data_load_no_optuna() -> None:
    modules = _modules("train", "data", "importing", "torch_format")
    assert len(modules) > 50
    assert _loaded_after("import " + ", ".join(modules)) == {"torch"}


def test_a_worker_that_waits_for_its_slot_has_loaded_neither_the_optimiser_nor_torch() -> None:
    assert not _loaded_after("import optsweep.workers.worker")


def test_views_load_neither_the_optimiser_nor_the_database() -> None:
    views = [f"optsweep.views.{name}" for name in ("status", "summary", "live", "html", "export")]
    assert not _loaded_after("import " + ", ".join(views))


@pytest.mark.parametrize("command", [["sweep", "--type", "random", "--dry-run"], ["status"]], ids=lambda line: line[0])
def test_looking_loads_neither_torch_nor_scipys_statistics(command: list[str], workplace: Path) -> None:
    code = f"from optsweep import cli\ncli.run({command!r})"
    assert not {"torch", "scipy.stats"} & _loaded_after(code, workplace)
