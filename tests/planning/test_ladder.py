"""The ladder's runs: what they vary and what they share, how they grow, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from optuna.trial import TrialState

from optsweep.database.linked import ladder_suffix
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.errors import ConfigError
from optsweep.planning.ladder import Rungs, lengths_of, rungs
from optsweep.planning.trained_again import plan_linked
from tests.planning.test_linked import finish


@pytest.fixture
def origin(study: Study, workplace: Path) -> Study:
    """Twelve runs, of which one is complete."""
    finish(study)
    return study


def ladder(origin: Study, count: int = 8, lengths: str = "1,2") -> Rungs:
    snapshot = read_snapshot(origin)
    return rungs(snapshot, snapshot.ranking[0], lengths_of(lengths), count)


def planned(origin: Study, rungs: Rungs) -> Study:
    return plan_linked(origin, "ladder", rungs.runs, suffix=ladder_suffix(rungs.finalist.run), space=rungs.space)


def test_lr_batch_and_length_vary_and_all_else_is_the_finalists(origin: Study) -> None:
    found = ladder(origin)
    swept = found.finalist.train_config
    assert [len([one for one in found.runs if "-x1-" in one.run]), len(found.runs)] == [4, 8]
    for one in found.runs:
        config = one.config
        seen = config.provenance["ladder_sequences"]
        assert config.total_sequences == pytest.approx(seen, rel=0.2)
        assert 0.2 < config.optim.lr / swept.optim.lr < 5
        assert 0.2 < config.training.effective_batch / swept.training.effective_batch < 5
        assert config.data.num_sequences is None
        assert config.model == swept.model
        assert config.optim.weight_decay == swept.optim.weight_decay
    assert len({one.config.training.seed for one in found.runs}) == 8
    assert len({one.config.optim.lr for one in found.runs}) == 8


def test_more_runs_and_further_lengths_keep_those_that_there_are(origin: Study) -> None:
    linked = planned(origin, ladder(origin))
    assert linked.name.startswith("study-ladder-")
    ended = finish(linked)
    more = planned(origin, ladder(origin, 12, "1,2,4"))
    snapshot = read_snapshot(more)
    assert more.study_id == linked.study_id
    assert [run.run for run in snapshot.runs if run.state == "complete"] == [ended]
    assert len(snapshot.runs) == 12
    assert {run.run.rsplit("-", 2)[1] for run in snapshot.runs} == {"x1", "x2", "x4"}
    # What Optuna and the dashboard see is what is trained.
    for trial in more.optuna().get_trials(states=(TrialState.WAITING,)):
        run = next(run for run in snapshot.runs if run.trial == trial.number)
        assert trial.params["lr"] == run.train_config.optim.lr
        assert trial.params["effective_batch"] == run.train_config.training.effective_batch


@pytest.mark.parametrize(
    ("lengths", "says"),
    [
        ("1", "two lengths or more"),
        ("0.5,0.5", "two lengths or more"),
        ("0,1", "0: must be"),
        ("nan,1", "nan: must be"),
        ("half,1", "half: must be"),
        (",1", "nothing: must be"),
    ],
)
def test_lengths_that_are_none_are_refused(lengths: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        lengths_of(lengths)


def test_what_would_say_nothing_is_refused(origin: Study) -> None:
    with pytest.raises(ConfigError, match="at least 8 runs"):
        ladder(origin, 7)
    with pytest.raises(ConfigError, match="steps of the finalist's batch"):
        ladder(origin, 8, "0.001,1")
