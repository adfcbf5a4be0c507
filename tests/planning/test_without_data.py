"""Studies whose scripts are given no data: what they store, how they go on, and their fresh seeds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from optuna.trial import TrialState

from optsweep import cli
from optsweep.data.demo import make_demo
from optsweep.data.fingerprint import describe_file
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import local_data, recorded_data
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE, ConfigError
from optsweep.machine.process import identify
from optsweep.planning.plan import plan_study
from optsweep.study.file import load_study
from optsweep.study.script.config import ScriptConfig
from optsweep.workers.prepared_run import Preparer
from tests.planned import DATA

STUDY = """
[study]
type = "random"
trials = 1
[trainer]
command = ["python", "mine.py", "{dir}", "{lr}"WORDS]
[trainer.metrics]
kind = "jsonl"
file = "log.jsonl"
value = "loss"
total = 1
[space]
lr = { low = 0.1, high = 0.5 }
[[preset]]
name = "usual"
lr = 0.3
"""
SWEEP = ("sweep", "mine.toml", "--cpu-workers", "1", "--no-launch")


def write(workplace: Path, *words: str) -> None:
    (workplace / "mine.py").touch()
    (workplace / "mine.toml").write_text(STUDY.replace("WORDS", "".join(f', "{word}"' for word in words)))


def opened(name: str = "mine") -> Study:
    return open_study(open_storage(storage_url(None)), name)


def finish(study: Study, value: float) -> str:
    """Claim the next run and end it complete."""
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    Preparer(study, study.optuna(), "worker", 1).prepare(lease)
    study.queue.finish(lease, TrialState.COMPLETE, value, outcome="complete", reason=None)
    return lease.run


def test_a_study_of_an_earlier_version_goes_on_without_the_corpus_that_it_stored(workplace: Path) -> None:
    write(workplace)
    storage = open_storage(storage_url(None), create=True)
    plan_study(storage, "mine", load_study("mine.toml"), DATA, command=["optsweep"])
    assert cli.run([*SWEEP]) == EXIT_DONE
    assert cli.run(["sweep", "--name", "mine", "--cpu-workers", "1", "--no-launch"]) == EXIT_DONE
    assert not (workplace / "data").exists()
    study = opened()
    assert study.attributes().data == DATA, "an earlier version can still read it"
    assert (study.data, read_snapshot(study).data, recorded_data(study)) == (None, None, None)


def test_an_earlier_studys_own_command_goes_on_though_it_gave_data(workplace: Path) -> None:
    write(workplace)
    (workplace / "given.pt").write_bytes(b"whatever")
    again = [*SWEEP, "--data", "given.pt", "--name", "mine"]
    assert cli.run(again) == EXIT_USAGE
    storage = open_storage(storage_url(None), create=True)
    fingerprint = describe_file(Path("given.pt")).fingerprint
    data = DATA.model_copy(update={"demo": False, "corpus": "given.pt", "fingerprint": fingerprint})
    plan_study(storage, "mine", load_study("mine.toml"), data, command=["optsweep"])
    assert cli.run(again) == EXIT_DONE
    with pytest.raises(ConfigError, match="--data"):
        local_data(opened(), Path("given.pt"))


def test_a_command_that_lacked_the_data_may_be_mended_before_a_run_has_a_value(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(workplace)
    assert cli.run([*SWEEP]) == EXIT_DONE
    assert opened().data is None
    make_demo(workplace / "data" / "corpus.pt", 400)
    write(workplace, "{data}")
    capfd.readouterr()
    assert cli.run([*SWEEP, "--data", "data/corpus.pt", "--name", "mine"]) == EXIT_DONE
    assert "begins anew with other settings: trainer.command" in capfd.readouterr().out
    data = opened().data
    assert data is not None
    assert data.source_sequences == 400
    write(workplace)
    assert cli.run([*SWEEP]) == EXIT_DONE
    assert opened().data is None


def test_repeats_need_a_seed(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(workplace)
    text = (workplace / "mine.toml").read_text().replace("trials = 1", "trials = 4\nrepeats = 2")
    (workplace / "mine.toml").write_text(text)
    assert cli.run([*SWEEP]) == EXIT_USAGE
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "study.repeats = 2: the script takes no {seed}" in said
    (workplace / "mine.toml").write_text(text.replace('"{lr}"', '"{lr}", "{seed}"'))
    assert cli.run([*SWEEP]) == EXIT_DONE


def test_fresh_seeds_are_planned_once_and_keep_all_else(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(workplace, "{seed}")
    assert cli.run([*SWEEP]) == EXIT_DONE
    study = opened()
    runs = {finish(study, 0.5): 0.5, finish(study, 0.4): 0.4}
    assert set(runs) == {"usual", "random-001"}
    confirm = ["confirm", "--cpu-workers", "1", "--no-launch", "--seeds", "2"]
    capfd.readouterr()
    assert cli.run([*confirm, "--dry-run"]) == EXIT_DONE
    said = capfd.readouterr().out
    assert "Finalists, 2 fresh seeds each, scored by the script's own value as in the sweep:" in said
    assert "random-001, usual" in said
    assert "sequences" not in said
    assert cli.run(confirm) == EXIT_DONE
    assert cli.run(confirm) == EXIT_DONE
    linked = read_snapshot(opened("mine-confirm"))
    names = ["random-001-seed-1", "usual-seed-1", "random-001-seed-2", "usual-seed-2"]
    assert [run.run for run in linked.runs] == names
    assert linked.data is None
    swept = {run.run: run for run in read_snapshot(study).runs}
    seeds = set()
    for run in linked.runs:
        own, origin = run.config, swept[str(run.of)].config
        assert isinstance(own, ScriptConfig)
        assert isinstance(origin, ScriptConfig)
        assert (own.parameters, own.trainer) == (origin.parameters, origin.trainer)
        seeds |= {own.seed, origin.seed}
    assert len(seeds) == 6


def test_without_a_seed_there_is_nothing_to_confirm(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(workplace)
    assert cli.run([*SWEEP]) == EXIT_DONE
    finish(opened(), 0.5)
    capfd.readouterr()
    assert cli.run(["confirm", "--cpu-workers", "1"]) == EXIT_USAGE
    said = capfd.readouterr().err
    assert said == (
        "error: confirm, study 'mine': the script takes no {seed}, so the same command would give the same run again; "
        "put {seed} into [trainer] command\n"
    )


def test_s2_confirm_asks_on_a_host_that_is_new_to_the_script(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write(workplace, "{seed}")
    assert cli.run([*SWEEP]) == EXIT_DONE
    finish(opened(), 0.5)
    # As on another host: neither the user's state nor the runs' own files are there.
    monkeypatch.setenv("XDG_STATE_HOME", str(workplace / "elsewhere"))
    shutil.rmtree(workplace / "studies" / "mine")
    capfd.readouterr()
    confirm = ["confirm", "--cpu-workers", "1", "--no-launch"]
    assert cli.run(confirm) == EXIT_USAGE
    said = capfd.readouterr().err
    assert "study 'mine' executes what you have not agreed to on this host" in said
    assert cli.run([*confirm, "--trust", said.split()[-1]]) == EXIT_DONE
