"""A changed study file or corpus is shown and refused; `--fork` goes on with the runs that still hold."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from optuna.trial import TrialState

from optsweep.data.demo import make_demo
from optsweep.database.connection import open_storage
from optsweep.database.lease import RunProgress
from optsweep.database.open_study import Study, open_study
from optsweep.database.run_rows import keep_losses, read_losses
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE
from optsweep.machine.process import identify
from optsweep.results.records import StudySnapshot
from optsweep.workers.prepared_run import Preparer
from tests.data.samples import random_letters, write_fasta
from tests.faults.small_study import STUDY, SWEEP, Command, write_study
from tests.sweeps import Sweeps

PLAN = (*SWEEP, "3", "--no-launch")


def the_study(sweeps: Sweeps, name: str = "study") -> Study:
    return open_study(open_storage(storage_url(sweeps.url)), name)


def snapshot(sweeps: Sweeps, name: str = "study") -> StudySnapshot:
    return read_snapshot(the_study(sweeps, name))


def finish_some(sweeps: Sweeps, wanted: int) -> None:
    """Bring the first runs of the plan to an end, the last of them as diverged, which is pruned too."""
    study = the_study(sweeps)
    preparer = Preparer(study, study.optuna(), "worker", 1)
    for number in range(wanted):
        lease = study.queue.claim("worker", identify())
        assert lease is not None
        claimed = preparer.prepare(lease)
        (claimed.directory.path / "checkpoint.pt").write_bytes(b"weights")
        standing = RunProgress(progress=1.0, sequences=3200, seconds=9.0, best_value=2.5 + number / 100, best_step=40)
        study.queue.report(lease, 1, 2.5 + number / 100, standing)
        keep_losses(study, lease, np.float32([2.5, 2.6, 2.7 + number]))
        last = number == wanted - 1
        state, outcome = (TrialState.PRUNED, "diverged") if last else (TrialState.COMPLETE, "complete")
        study.queue.finish(lease, state, 2.5 + number / 100, outcome=outcome, reason=None)


@pytest.fixture
def begun(sweeps: Sweeps, optsweep: Command) -> Sweeps:
    """A study of six runs, of which the three presets and two random runs have ended, the last one pruned."""
    code, output = optsweep("sweep", "--name", "study", *PLAN)
    assert code == EXIT_DONE, output
    finish_some(sweeps, 5)
    return sweeps


def test_a_changed_study_file_is_shown_and_refused_and_nothing_is_written(begun: Sweeps, optsweep: Command) -> None:
    before = snapshot(begun)
    write_study(begun.folder / STUDY, budget__num_evaluations=10)
    code, output = optsweep("sweep", "--name", "study", *PLAN)
    assert code == EXIT_USAGE
    assert "budget.num_evaluations was 20, is 10" in output
    assert "--fork" in output
    assert len(output.splitlines()) <= 3
    assert snapshot(begun).runs == before.runs


def test_a_changed_corpus_is_refused_before_its_subset_is_made_again(begun: Sweeps, optsweep: Command) -> None:
    corpus = begun.folder / "data" / "corpus.pt"
    folder = begun.folder / "other"
    folder.mkdir()
    for name in (corpus.name, "corpus_sweep.pt"):
        (folder / name).write_bytes(corpus.with_name(name).read_bytes())
    subset = (folder / "corpus_sweep.pt").read_bytes()
    arguments = [str(folder / corpus.name) if word == "data/corpus.pt" else word for word in PLAN]
    assert optsweep("sweep", "--name", "study", *arguments)[0] == EXIT_DONE
    (folder / corpus.name).unlink()
    make_demo(folder / corpus.name, 401)
    code, output = optsweep("sweep", "--name", "study", *arguments)
    assert code == EXIT_USAGE
    assert "other content" in output
    assert (folder / "corpus_sweep.pt").read_bytes() == subset


@pytest.mark.heavy
def test_the_same_sequences_in_a_new_file_are_no_change(sweeps: Sweeps, optsweep: Command) -> None:
    """A FASTA file that was only touched is imported again, and the study goes on."""
    fasta = sweeps.folder / "proteins.fasta"
    random = np.random.default_rng(0)
    write_fasta(fasta, [random_letters(random, 60) for _ in range(100)])
    arguments = ["proteins.fasta" if word == "data/corpus.pt" else word for word in PLAN]
    (sweeps.folder / "data").unlink()
    assert optsweep("sweep", "--name", "study", *arguments)[0] == EXIT_DONE
    os.utime(fasta, (1e9, 1e9))
    for again in ("sweep", "--name", "study", *arguments), ("sweep", "--name", "study", "--no-launch"):
        code, output = optsweep(*again)
        assert code == EXIT_DONE, output
    corpus = (sweeps.folder / "data" / "proteins.pt").read_bytes()
    write_fasta(fasta, [random_letters(random, 60) for _ in range(100)])
    code, output = optsweep("sweep", "--name", "study", *arguments)
    assert code == EXIT_USAGE
    assert "other content" in output
    assert (sweeps.folder / "data" / "proteins.pt").read_bytes() == corpus


def test_a_fork_takes_over_what_still_holds_and_plans_the_rest(begun: Sweeps, optsweep: Command) -> None:
    old = {run.run: run for run in snapshot(begun).runs}
    write_study(begun.folder / STUDY, pruner__kind="none", space__n_blocks={"choices": [2, 3]})
    code, output = optsweep("sweep", "--name", "study", *PLAN, "--fork", "second")
    assert code == EXIT_USAGE, "small_fast has one block, which the new space does not hold"
    write_study(begun.folder / STUDY, pruner__kind="none", space__dropout={"low": 0.0, "high": 0.5})
    code, output = optsweep("sweep", "--name", "study", *PLAN, "--fork", "second")
    assert code == EXIT_DONE, output
    assert "Taken over from study: small_fast, medium_rigorous, large_quality, random-001, random-002" in output
    new = snapshot(begun, "second")
    assert new.target == len(new.runs) == 6
    finished = {run.run: run for run in new.runs if run.finished}
    assert set(finished) == {run for run, record in old.items() if record.finished}
    for run, record in finished.items():
        assert (record.value, record.curve, record.parameters) == (old[run].value, old[run].curve, old[run].parameters)
        assert (record.state, record.sequences, record.config) == (old[run].state, old[run].sequences, old[run].config)
        assert Path(record.directory, "checkpoint.pt").read_bytes() == b"weights"
    assert snapshot(begun).runs == list(old.values())
    losses, before = (read_losses(the_study(begun, name)) for name in ("second", "study"))
    assert {run: own.tolist() for run, own in losses.items()} == {run: own.tolist() for run, own in before.items()}
    assert set(losses) == set(finished)
    # The fork is resumed by the same command, and by its name.
    for again in (["--name", "study", *PLAN, "--fork", "second"], ["--name", "second", *PLAN]):
        code, output = optsweep("sweep", *again)
        assert code == EXIT_DONE, output
        assert "6 runs exist, 0 queued now" in output
        assert snapshot(begun, "second").runs == new.runs


def test_changed_lengths_and_another_preset_are_trained_anew(begun: Sweeps, optsweep: Command) -> None:
    write_study(begun.folder / STUDY, budget__scale=0.5)
    code, output = optsweep("sweep", "--name", "study", *PLAN, "--fork", "shorter")
    assert code == EXIT_DONE, output
    assert "Taken over from study: no run" in output
    write_study(begun.folder / STUDY)
    text = (begun.folder / STUDY).read_text()
    (begun.folder / STUDY).write_text(text.replace("iterations = 80\n", "iterations = 70\n"))
    code, output = optsweep("sweep", "--name", "study", *PLAN, "--fork", "other")
    assert code == EXIT_DONE, output
    runs = {run.run: run.state for run in snapshot(begun, "other").runs}
    assert runs["small_fast"] == "waiting"
    assert runs["large_quality"] == "complete"


def test_a_fork_of_another_corpus_takes_over_nothing(begun: Sweeps, optsweep: Command) -> None:
    make_demo(begun.folder / "other.pt", 401)
    arguments = ["other.pt" if word == "data/corpus.pt" else word for word in PLAN]
    code, output = optsweep("sweep", "--name", "study", *arguments, "--fork", "elsewhere")
    assert code == EXIT_DONE, output
    assert "Taken over from study: no run" in output


def test_more_runs_than_before_fill_the_numbers_that_are_free(begun: Sweeps, optsweep: Command) -> None:
    code, output = optsweep("sweep", "--name", "study", *SWEEP, "5", "--no-launch", "--fork", "more")
    assert code == EXIT_DONE, output
    runs = {run.run: run for run in snapshot(begun, "more").runs}
    assert {"random-001", "random-002", "random-003", "random-004", "random-005"} < set(runs)
    assert len(runs) == 8


@pytest.mark.parametrize(
    ("fork", "message"),
    [("study", "another name"), ("a/b", "study name"), ("second", "no study 'study' to fork from")],
)
def test_a_fork_needs_a_name_and_something_to_fork_from(
    sweeps: Sweeps, optsweep: Command, fork: str, message: str
) -> None:
    code, output = optsweep("sweep", "--name", "study", *PLAN, "--fork", fork)
    assert code == EXIT_USAGE
    assert message in output
    assert sweeps.snapshot() is None
