"""`optsweep fidelity` and `confirm` from sweep to verdict: interrupted, repeated, refused."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from optsweep.config import read_config
from optsweep.database.run_rows import read_losses
from optsweep.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from optsweep.results.attributes import StudyAttributes
from tests.faults.small_study import STUDY, SWEEP, Command, write_study
from tests.faults.test_fork import finish_some, the_study
from tests.sweeps import Sweeps, wait_for

PLAN = (*SWEEP, "4", "--no-launch")
SECONDS = 400


@pytest.fixture
def ended(sweeps: Sweeps, optsweep: Command) -> Sweeps:
    """Three presets and four random runs; six have ended, the last of them cut by the pruner."""
    assert optsweep("sweep", "--name", "study", *PLAN)[0] == EXIT_DONE
    finish_some(sweeps, 6)
    return sweeps


def document(output: str) -> dict[str, Any]:
    return dict(json.loads(output[output.index("\n{\n") if "\n{\n" in output else output.index("{") :]))


def test_a_dry_run_says_what_would_be_trained_and_stores_nothing(ended: Sweeps, optsweep: Command) -> None:
    code, output = optsweep("fidelity", "--name", "study", "--runs", "4", "--dry-run")
    assert code == EXIT_DONE
    assert "0 pruned runs to the end, 8 with other seeds" in output
    assert "At the full length on the whole corpus: 4 runs" in output
    code, output = optsweep("confirm", "--name", "study", "--dry-run")
    assert code == EXIT_DONE
    assert "Finalists, 3 fresh seeds each:" in output
    assert optsweep("status", "--name", "study-confirm")[0] == EXIT_USAGE


def test_planned_studies_are_worked_on_by_workers_and_not_by_sweep(ended: Sweeps, optsweep: Command) -> None:
    code, output = optsweep("fidelity", "--name", "study", "--runs", "4", "--length", "2", "--no-launch")
    assert code == EXIT_DONE, output
    assert "optsweep worker --name study-repeats" in output
    assert "optsweep worker --name study-fidelity-x2" in output
    for arguments, says in [
        (["sweep", "--name", "study-fidelity-x2"], "optsweep fidelity --name study"),
        (["sweep", "--name", "study-repeats", "--fork", "mine"], "fork that one"),
        (["fidelity", "--name", "study-repeats"], "give --name study"),
        (["confirm", "--name", "study-fidelity-x2"], "give --name study"),
    ]:
        code, output = optsweep(*arguments)
        assert (code, says in output) == (EXIT_USAGE, True), output


def test_a_ladder_says_what_it_costs_and_a_wrong_one_what_is_wrong(ended: Sweeps, optsweep: Command) -> None:
    lengths = ("--lengths", "0.5,1")
    code, output = optsweep("ladder", "--name", "study", *lengths, "--runs", "8", "--dry-run")
    assert code == EXIT_DONE, output
    assert "8 runs, 4 of 1,600 sequences, 4 of 3,200 sequences" in output
    assert "of device time" in output
    for arguments, says in [
        (["--runs", "7"], "--runs: 7"),
        (["--lengths", "1"], "--lengths: 1"),
        (["--run", "nosuch"], "no complete run 'nosuch'"),
        (["--lengths", "0.01,1"], "steps of the finalist's batch"),
    ]:
        code, output = optsweep("ladder", "--name", "study", *arguments, "--no-launch")
        assert (code, says in output) == (EXIT_USAGE, True), output
    code, output = optsweep("ladder", "--name", "study", *lengths, "--runs", "8", "--no-launch")
    assert code == EXIT_DONE, output
    planned = output.rpartition("--name ")[2].strip()
    assert planned.startswith("study-ladder-")
    code, output = optsweep("sweep", "--name", planned)
    assert (code, "it resumes with: optsweep ladder --name study" in output) == (EXIT_USAGE, True), output


@pytest.mark.parametrize("command", ["fidelity", "confirm", "ladder"])
def test_wrong_workers_are_refused_before_anything_is_planned(ended: Sweeps, optsweep: Command, command: str) -> None:
    code, output = optsweep(command, "--name", "study", "--cpu-workers", "0")
    assert code == EXIT_USAGE
    assert "--cpu-workers" in output
    for name in ("study-repeats", "study-fidelity", "study-confirm"):
        assert optsweep("status", "--name", name)[0] == EXIT_USAGE


def test_a_study_of_an_older_version_is_refused(ended: Sweeps, optsweep: Command) -> None:
    study = the_study(ended)
    study.store(StudyAttributes(data=study.data.model_copy(update={"weights": None})))
    for command in ("fidelity", "confirm"):
        code, output = optsweep(command, "--name", "study")
        assert code == EXIT_USAGE
        assert "begun by an older version; resume it once" in output


def test_cut_curves_are_not_replayed(ended: Sweeps, optsweep: Command) -> None:
    study = the_study(ended)
    with study.storage.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE optsweep_runs SET outcome = 'pruned' WHERE outcome = 'diverged'")
    code, output = optsweep("fidelity", "--name", "study", "--pruner")
    assert code == EXIT_USAGE
    assert "--pruner none" in output


def run_command(sweeps: Sweeps, *arguments: str) -> tuple[int, str]:
    process = sweeps.start_command(*arguments, output=subprocess.PIPE)
    output, _ = process.communicate(timeout=SECONDS)
    return process.returncode, output


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_from_a_sweep_with_cut_runs_to_a_verdict_through_an_interruption(sweeps: Sweeps) -> None:
    write_study(sweeps.folder / STUDY, budget__num_evaluations=10)
    code, output = run_command(sweeps, "sweep", *SWEEP, "6")
    assert code == EXIT_DONE, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.counts["pruned"] > 0

    arguments = ("--runs", "4", "--cpu-workers", "2", "--length", "2", "--sequences", "100", "--json")
    large = replace(sweeps, name="study-fidelity-x2-n100")
    process = sweeps.start_command("fidelity", *arguments, output=subprocess.PIPE)
    wait_for(lambda: large.count("complete") >= 1, SECONDS)
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == EXIT_INTERRUPTED
    process.communicate()
    code, output = run_command(sweeps, "fidelity", *arguments)
    assert code == EXIT_DONE, output
    found = document(output)
    assert found["seed_noise"]["repeats"] >= 9
    (measured,) = found["fidelity"]
    assert measured["setting"] == "2 times the sweep's length on 100 sequences"
    assert len(measured["runs"]) == 4
    assert measured["regret"]["value"] >= 0
    assert measured["verdict"]
    for name in ("study-repeats", large.name):
        linked = replace(sweeps, name=name)
        ended = linked.snapshot()
        assert ended is not None
        assert ended.counts["complete"] == ended.target == len(ended.runs)
        assert all(set(steps.values()) == {1} for steps in linked.computed().values()), "an iteration was done twice"
    assert any(run.run.endswith("-completed") for run in replace(sweeps, name="study-repeats").snapshot().runs)  # type: ignore[union-attr]

    code, output = run_command(sweeps, "confirm", "--top", "2", "--seeds", "2", "--cpu-workers", "2", "--json")
    assert code == EXIT_DONE, output
    finalists = document(output)["confirmation"]["finalists"]
    assert {one["run"] for one in finalists} == {run.run for run in snapshot.ranking[:2]}
    assert [one["seeds"] for one in finalists] == [2, 2]
    assert len(document(output)["fidelity"]) == 1
    study = the_study(sweeps)
    weights = study.data.weights
    assert weights is not None
    assert {len(own) for own in read_losses(study).values()} == {len(weights.validation)}
    confirmed = read_losses(the_study(sweeps, "study-confirm"))
    assert {len(own) for own in confirmed.values()} == {len(weights.validation) + len(weights.confirmation)}


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_a_ladder_that_was_killed_goes_on_and_its_answer_is_promoted(sweeps: Sweeps) -> None:
    write_study(sweeps.folder / STUDY, budget__num_evaluations=5, lengths=[])
    code, output = run_command(sweeps, "sweep", *SWEEP, "3", "--pruner", "none")
    assert code == EXIT_DONE, output
    snapshot = sweeps.snapshot()
    assert snapshot is not None
    best = snapshot.ranking[0].run
    arguments = ("--runs", "8", "--lengths", "0.25,0.5", "--cpu-workers", "2")
    ladder = replace(sweeps, name=f"study-ladder-{best}")
    process = sweeps.start_command("ladder", *arguments, output=subprocess.PIPE)
    wait_for(lambda: ladder.count("complete") >= 1, SECONDS)
    process.kill()
    process.communicate()
    code, output = run_command(sweeps, "ladder", *arguments, "--json")
    assert code == EXIT_DONE, output
    ended = ladder.snapshot()
    assert ended is not None
    assert ended.counts["complete"] == ended.target == len(ended.runs) == 8
    found = document(output)
    assert (found["run"], found["method"] in ("ladder", "rule", "as found")) == (best, True)

    code, output = run_command(sweeps, "promote", "--run", best)
    assert code == EXIT_DONE, output
    config = read_config(sweeps.folder / "studies" / "study" / "promoted" / f"{best}.toml")
    assert config.training.effective_batch == found["batch"]["value"]
    assert config.optim.lr == found["lr"]["value"]
    assert f"batch {config.training.effective_batch}" in output.lower()
    code, output = run_command(sweeps, "promote", "--run", best, "--as-found")
    config = read_config(sweeps.folder / "studies" / "study" / "promoted" / f"{best}.toml")
    assert config.training.effective_batch == found["found"]["batch"]
