"""`optsweep fidelity --against` on a study that trained on few sequences: killed, repeated, and what it shows."""

from __future__ import annotations

import json
import signal
import subprocess
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import tomli_w
from optuna.trial import TrialState

from optsweep.config import TrainConfig
from optsweep.database.run_rows import keep_losses, read_losses
from optsweep.errors import EXIT_DONE
from optsweep.machine.process import identify
from optsweep.workers.prepared_run import Preparer
from tests.faults.small_study import STUDY, Command, write_study
from tests.faults.test_fork import the_study
from tests.faults.test_linked_studies import document, run_command
from tests.sweeps import Sweeps, wait_for

SECONDS = 200
SMALL = ("--data", "data/corpus.pt", "--cpu-workers", "1", "--type", "predefined")
GIVEN = ("--against", "sequences=300", "--length", "2", "--runs", "4", "--seeds", "2", "--cpu-workers", "1")


@pytest.fixture
def few(sweeps: Sweeps) -> Sweeps:
    """Sweeps of four presets on 150 sequences that take next to no time."""
    path = sweeps.folder / STUDY
    write_study(path, lengths=(10, 10, 10, 10), budget__num_evaluations=2, settings__max_protein_len=32)
    contents = tomllib.loads(path.read_text())
    presets = [{**preset, "effective_batch": 8, "micro_batch": 8} for preset in contents["preset"]]
    path.write_text(tomli_w.dumps({**contents, "preset": presets, "data": {"sequences": 150}}))
    return sweeps


def end_all(sweeps: Sweeps, name: str) -> None:
    """End every run that waits, without training: the value is lower, the more sequences its config has."""
    study = the_study(sweeps, name)
    weights = study.data.weights
    assert weights is not None
    preparer = Preparer(study, study.optuna(), "worker", 1)
    while (lease := study.queue.claim("worker", identify())) is not None:
        config = preparer.prepare(lease).config
        assert isinstance(config, TrainConfig)
        value = 2.5 + lease.trial_id / 1000 - (config.data.num_sequences or 400) / 1000
        keep_losses(study, lease, np.full(len(weights.validation), value, np.float32))
        study.queue.finish(lease, TrialState.COMPLETE, value, outcome="complete", reason=None)
    study.storage.close()


@pytest.mark.heavy
def test_every_kind_of_database_holds_what_the_comparison_needs(few: Sweeps, database_url: str) -> None:
    there = replace(few, url=database_url, command="optsweep")
    code, output = run_command(there, "sweep", STUDY, *SMALL, "--no-launch")
    assert code == EXIT_DONE, output
    end_all(there, "study")
    code, output = run_command(there, "fidelity", *GIVEN, "--no-launch")
    assert code == EXIT_DONE, output
    names = ("study-repeats", "study-fidelity-x1-n300", "study-fidelity-x2")
    for name in names:
        end_all(there, name)
    code, output = run_command(there, "fidelity", *GIVEN)
    assert code == EXIT_DONE, output
    assert "At equal cost, against 2 times the sweep's length on the whole corpus" in output
    (lower,) = [line for line in output.splitlines() if line.startswith("  300 sequences: ")]
    assert "values end 0.1" in lower
    ended = [replace(there, name=name).snapshot() for name in ("study", *names)]
    trained_on = [{run.train_config.data.num_sequences for run in one.runs} for one in ended if one is not None]
    assert trained_on == [{150}, {150}, {300}, {None}]
    assert all(one is not None and one.counts["complete"] == one.target == len(one.runs) == 4 for one in ended)


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_which_number_of_sequences_ranks_better_and_nothing_is_lost_by_a_kill(few: Sweeps, optsweep: Command) -> None:
    real = replace(few, command="optsweep", worker="optsweep.workers.worker")
    code, output = run_command(real, "sweep", STUDY, *SMALL)
    assert code == EXIT_DONE, output

    code, output = optsweep("fidelity", "--name", "study", *GIVEN, "--dry-run")
    assert code == EXIT_DONE, output
    assert "At the sweep's length on 300 sequences: 4 runs" in output
    assert "At 2 times the sweep's length on the whole corpus: 4 runs" in output
    assert output.count("sequences, about") == 3

    beside = replace(real, name="study-fidelity-x1-n300")
    assert beside.snapshot() is None, "a dry run plans nothing"
    process = real.start_command("fidelity", *GIVEN, "--json", output=subprocess.PIPE)
    wait_for(lambda: beside.count("complete") >= 1, SECONDS)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for(lambda: not real.workers(), 60)
    killed = beside.snapshot()
    assert killed is not None
    kept = {run.run: run.value for run in killed.runs if run.state == "complete"}
    code, output = run_command(real, "fidelity", *GIVEN, "--json")
    assert code == EXIT_DONE, output

    found = document(output)
    (against,) = found["against"]
    assert against["setting"] == "2 times the sweep's length on the whole corpus"
    assert (against["runs"], against["pairs"]) == (4, 6)
    assert [one["setting"] for one in against["proxies"]] == ["150 sequences, the sweep's own", "300 sequences"]
    lower = against["proxies"][1]["lower"]
    assert lower["low"] <= lower["value"] <= lower["high"]
    assert against["verdict"]
    assert found["seed_noise"]["repeats"] == 8
    assert [one["setting"] for one in found["fidelity"]] == ["2 times the sweep's length on the whole corpus"]

    ended, swept = beside.snapshot(), real.snapshot()
    assert ended is not None
    assert swept is not None
    assert ended.counts["complete"] == ended.target == 4
    assert kept.items() <= {run.run: run.value for run in ended.runs}.items()
    assert all(run.attempts == 1 for run in ended.runs if run.run in kept)
    by_name = {run.run: run for run in swept.runs}
    for run in ended.runs:
        origin = by_name[str(run.of)].train_config
        assert run.train_config.total_sequences == origin.total_sequences, "the cost is the same"
        assert (origin.data.num_sequences, run.train_config.data.num_sequences) == (150, 300)
    studies = [the_study(real), the_study(real, beside.name)]
    values = [{len(own) for own in read_losses(study).values()} for study in studies]
    assert values[0] == values[1], "scored on the same sequences"

    code, output = optsweep("fidelity", "--name", "study", *GIVEN)
    assert code == EXIT_DONE, output
    assert "At equal cost, against 2 times the sweep's length on the whole corpus" in output
    assert "150 sequences, the sweep's own:" in output
    code, output = optsweep("report", "--name", "study")
    assert code == EXIT_DONE, output
    assert "At equal cost, against" in (few.folder / "studies/study/report/report.html").read_text()


def test_a_number_that_the_corpus_does_not_have_is_refused(few: Sweeps, optsweep: Command) -> None:
    assert optsweep("sweep", STUDY, "--name", "study", *SMALL, "--no-launch")[0] == EXIT_DONE
    code, output = optsweep("fidelity", "--name", "study", "--pruner", "--against", "sequences=300")
    assert (code, "--pruner and --against" in output) == (2, True)
    assert json.loads(optsweep("status", "--name", "study", "--json")[1])["repetition"]["training_sequences"] == 150
