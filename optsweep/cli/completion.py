"""What a shell offers at the tab key for names of studies and runs: those with a folder here; no database is opened."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from optsweep.results.folders import STUDIES


def study_names(incomplete: str) -> list[str]:
    return _folders(STUDIES.glob("*/runs"), incomplete)


def study_files(incomplete: str) -> list[str]:
    """Names of study files; a shell completes paths by itself where none fits."""
    from optsweep.study.file import shipped_folder

    files = {path.stem for folder in (STUDIES, shipped_folder()) for path in folder.glob("*.toml")}
    return sorted(name for name in files if name.startswith(incomplete))


def run_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Runs of the study that --name says, else of the one last worked on."""
    from optsweep.planning.defaults import last_study

    study = ctx.params.get("name") or last_study()
    return _folders((STUDIES / study / "runs").glob("*/config.toml"), incomplete) if study else []


def _folders(children: Iterable[Path], incomplete: str) -> list[str]:
    return sorted(path.parent.name for path in children if path.parent.name.startswith(incomplete))
