"""Repeats in whole sweeps with real launchers, workers and databases; only the training is a fake."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from optsweep.errors import EXIT_DONE
from optsweep.results.records import StudySnapshot
from optsweep.search.sampling import RandomRuns
from tests.sweeps import REPOSITORY, Sweeps, no_process_left, wait_for

SWEEP = ("demo", "--cpu-workers", "2", "--type", "random", "--seed", "7", "--trials")


@pytest.fixture
def sweeps(workplace: Path, database_url: str, demo_corpus: Path) -> Iterator[Sweeps]:
    """The demo's study with four repeats."""
    (workplace / "data").symlink_to(demo_corpus)
    demo = (REPOSITORY / "studies" / "demo.toml").read_text()
    (workplace / "studies").mkdir()
    (workplace / "studies" / "demo.toml").write_text(demo.replace("[study]", "[study]\nrepeats = 4", 1))
    made = Sweeps(workplace, database_url)
    with no_process_left(made):
        yield made


def check_repeats(snapshot: StudySnapshot | None, sampled: int, repeats: int) -> StudySnapshot:
    """Each is another seed of a run that has its parameters and lengths; the last two came after all others."""
    assert snapshot is not None
    runs = {run.run: run for run in snapshot.runs}
    found = [run for run in snapshot.runs if run.repeat_of is not None]
    assert len(found) == repeats
    for run in found:
        first = runs[str(run.repeat_of)]
        assert run.state == first.state == "complete"
        assert run.parameters == first.parameters
        config = run.train_config
        assert first.train_config.training == config.training.model_copy(update={"seed": first.train_config.seed})
        assert first.train_config.optim == config.optim
        assert config.provenance["run"] == run.run
    seeds = [run.train_config.seed for run in snapshot.runs]
    assert len(seeds) == len(set(seeds))
    after_choice = [run for run in found if run.after_choice]
    others = [run.ended or 0.0 for run in snapshot.runs if not run.after_choice]
    assert len(after_choice) == 2
    assert all((run.started or 0.0) >= max(others) for run in after_choice)
    assert {run.repeat_of for run in after_choice} == {snapshot.best and snapshot.best.run}
    drawn = RandomRuns(snapshot.definition)
    for number in range(sampled):
        assert runs[f"random-{number + 1:03d}"].parameters == drawn.parameters(number)
    return snapshot


@pytest.mark.heavy
def test_a_sweep_with_repeats_ends_exactly_and_a_larger_one_adds_first_seeds(sweeps: Sweeps) -> None:
    code, output = sweeps.run(*SWEEP, "6", "--dry-run")
    assert "repeat-004 a further seed of one of the best" in " ".join(output.split())
    assert "Target 11 runs: 0 exist, 11 would be queued" in output
    code, output = sweeps.run(*SWEEP, "6")
    assert code == EXIT_DONE, output
    sweeps.check_exact(11)
    before = check_repeats(sweeps.snapshot(), 2, 4)
    computed = sweeps.computed()
    code, output = sweeps.run(*SWEEP, "8")
    assert code == EXIT_DONE, output
    sweeps.check_exact(13)
    after = sweeps.snapshot()
    assert after is not None
    assert {run.run for run in after.runs} - {run.run for run in before.runs} == {"random-003", "random-004"}
    assert {run: count for run, count in sweeps.computed().items() if run in computed} == computed
    computed = sweeps.computed()
    code, output = sweeps.run(*SWEEP, "8", "--fork", "copy")
    assert code == EXIT_DONE, output
    sweeps.name = "copy"
    copied = sweeps.snapshot()
    assert copied is not None
    assert copied.target == len(copied.runs) == 13
    assert [(run.run, run.value) for run in copied.runs] == [(run.run, run.value) for run in after.runs]
    assert sweeps.computed() == computed, "nothing was trained again"


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_repeats_survive_kills_of_workers_and_launchers(sweeps: Sweeps) -> None:
    sweeps.iteration_seconds = 0.01
    # On a first seed, on a repeat, and on a seed after the choice.
    for finished in (2, 7, 9):
        process = sweeps.start(*SWEEP, "6")
        wait_for(lambda finished=finished: sweeps.finished() >= finished and len(sweeps.workers()) == 2)
        sweeps.workers()[0].send_signal(signal.SIGKILL)
        process.kill()
        process.communicate()
    code, output = sweeps.run(*SWEEP, "6")
    assert code == EXIT_DONE, output
    sweeps.check_exact(11)
    check_repeats(sweeps.snapshot(), 2, 4)
