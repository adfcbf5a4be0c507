"""R15: values of a failed run stay; a run begins anew on request, or by itself when its checkpoint may be to blame."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from optsweep import cli
from optsweep.database.connection import open_storage
from optsweep.database.open_study import Study, open_study
from optsweep.database.subset_copy import recorded_data
from optsweep.database.urls import storage_url
from optsweep.machine.process import Cause, identify
from optsweep.results.folders import RunDirectory
from optsweep.study.commands import commands_digest
from optsweep.workers.protocol import EXIT_FAULT, Leaving, WorkerOrder
from optsweep.workers.work import work
from tests.fakes.script import value_at
from tests.trainers.script_run import METRICS, SCRIPT

RUN = RunDirectory.of("study", "usual").path
Begin = Callable[..., Study]


@pytest.fixture
def begin(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Plan a study of one run, whose script gets into trouble at its half."""
    monkeypatch.setenv("OPTSWEEP_STORAGE", "sqlite:///study.db")
    opened = []

    def plan(trouble: str, kind: str = "jsonl") -> Study:
        set_trouble(trouble)
        metrics = "\n".join(f"{key} = {json.dumps(value)}" for key, value in METRICS[kind].items())
        Path("mine.toml").write_text(f"""
            [study]
            type = "random"
            trials = 0
            [budget]
            num_evaluations = 10
            [trainer]
            command = ["sh", "-c", 'exec "$@" --trouble="$(cat trouble)"', "sh", "python", "{SCRIPT}",
                       "--dir={{dir}}", "--metrics={kind}", "{{flags}}"]
            set = {{ steps = 10, width = 3 }}
            [trainer.metrics]
            {metrics}
            [space]
            "optim.lr" = {{ low = 0.01, high = 1.0 }}
            [[preset]]
            name = "usual"
            "optim.lr" = 0.25
        """)
        assert cli.run(["sweep", "mine.toml", "--name", "study", "--no-launch"]) == 0
        opened.append(open_study(open_storage(storage_url(None)), "study"))
        return opened[0]

    yield plan
    for study in opened:
        study.storage.close()


def set_trouble(trouble: str) -> None:
    Path("trouble").write_text(trouble)


def train(study: Study) -> int:
    """Train as launcher and workers do, until nothing waits; returns how often the script's fault ended an attempt."""
    faults = 0
    while train_once(study) == EXIT_FAULT:
        faults += 1
        assert faults < 10, "it never ends"
    return faults


def train_once(study: Study) -> int:
    agreed = commands_digest(study.definition, notifies=False)
    data = str(recorded_data(study))
    code = work(WorkerOrder("study", "CPU worker 1", ["lock"], "cpu", 1, 0, data, agreed=agreed), Leaving())
    study.queue.reclaim(identify(), Cause.FAULT, "the script failed")
    return code


def calls(place: Path) -> list[int]:
    """After how many steps the script was called, each time."""
    return [int(line.split()[0]) for line in (place / "calls.txt").read_text().splitlines()]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints."""

    def run(*arguments: str) -> str:
        capfd.readouterr()
        assert cli.run([*arguments, "--name", "study"]) == 0
        return capfd.readouterr().out

    return run


def usual(said: Callable[..., str]) -> dict[str, Any]:
    """The run, as `status --json` and `export` tell it alike."""
    (run,) = json.loads(said("status", "--json"))["runs"]
    (exported,) = json.loads(said("export", "--format", "json"))["runs"]
    assert {key: exported[key] for key in ("state", "value", "progress")} == {
        key: run[key] for key in ("state", "value", "progress")
    }
    return {**exported, **run}


@pytest.mark.parametrize("kind", ["jsonl", "regex"])
def test_r15_the_last_attempt_begins_anew_after_a_checkpoint_that_fails_again_and_again(
    begin: Begin, said: Callable[..., str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    assert train(begin("torn", kind)) == 2
    run = usual(said)
    assert (run["state"], run["value"], run["attempts"]) == ("complete", value_at(0.25, 10), 4)
    assert run["curve"] == {str(step): value_at(0.25, step) for step in range(1, 11)}
    assert calls(RUN / "work") == [0]
    assert (RUN / "before-1/work/state.json").read_text() == "", "nothing is lost"
    history = said("show", "usual")
    assert (
        "begun anew: 2 attempts in a row failed without a new checkpoint; what it had in work is in before-1" in history
    )
    assert "usual begins anew: 2 attempts in a row failed" in caplog.text


@pytest.mark.heavy
def test_r15_values_of_a_failed_run_stay_also_when_it_fails_again(begin: Begin, said: Callable[..., str]) -> None:
    study = begin("raise")
    assert train(study) == 3
    first = usual(said)
    assert (first["state"], first["progress"], first["value"]) == ("failed", 0.5, value_at(0.25, 5))
    assert first["curve"] == {str(step): value_at(0.25, step) for step in range(1, 6)}
    assert calls(RUN / "before-1/work") == [0, 5]
    assert calls(RUN / "work") == [0]
    (RUN / "work/state.json").write_text("")
    assert said("retry") == "Queued again: usual\n"
    kept = {"curve": first["curve"], "value": first["value"], "progress": 0.5}
    assert usual(said).items() >= {"state": "waiting", **kept}.items()
    assert train(study) == 3
    assert usual(said).items() >= {"state": "failed", **kept}.items()
    assert json.loads(said("status", "--json"))["best"] is None


@pytest.mark.heavy
def test_r15_what_was_set_aside_comes_back_if_to_begin_anew_does_not_help(
    begin: Begin, said: Callable[..., str]
) -> None:
    study = begin("raise")
    assert train_once(study) == EXIT_FAULT
    set_trouble("always")
    assert train(study) == 2
    run = usual(said)
    assert (run["state"], run["value"], run["progress"]) == ("failed", value_at(0.25, 5), 0.5)
    assert json.loads((RUN / "work/state.json").read_text()) == 5
    assert not (RUN / "before-1").exists()
    set_trouble("")
    said("retry")
    assert train(study) == 0
    assert usual(said)["state"] == "complete"
    assert calls(RUN / "work")[-1] == 5, "it went on from where it had been"


def test_r15_retry_fresh_begins_anew(begin: Begin, said: Callable[..., str]) -> None:
    study = begin("raise")
    train(study)
    set_trouble("")
    kept = "what their work folders hold is kept beside them, in before-1 (or -2, ...)"
    assert said("retry", "--fresh") == f"Queued again, to begin anew: usual; {kept}\n"
    assert usual(said)["progress"] == 0
    assert train(study) == 0
    assert calls(RUN / "work") == [0]
    assert calls(RUN / "before-2/work") == [0]
    run = usual(said)
    assert (run["state"], run["value"]) == ("complete", value_at(0.25, 10))
    assert "begun anew: as the user asked; what it had in work is in before-2 now" in said("show", "usual")
