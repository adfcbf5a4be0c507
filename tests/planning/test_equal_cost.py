"""What `fidelity --against` may be given, and what is trained then."""

from __future__ import annotations

import pytest

from optsweep.errors import ConfigError
from optsweep.planning.equal_cost import against
from optsweep.planning.trained_again import Setting, larger
from optsweep.results.attributes import TrainingSize
from optsweep.study.file import load_study
from optsweep.trainers import trainer_of
from tests.snapshots import make_data, make_run, make_snapshot

DEFINITION = load_study("uniref50")
SNAPSHOT = make_snapshot(
    [], data=make_data(training=TrainingSize(sequences=9000, residues=1_800_000)), definition=DEFINITION
)
FULL = Setting("full", None)


def test_each_number_is_a_setting_as_long_as_the_sweeps_runs() -> None:
    found = against("sequences=20000,150,20000", SNAPSHOT, FULL)
    assert found == [Setting(1.0, 20_000), Setting(1.0, 150)]
    assert found[0].words == "the sweep's length on 20,000 sequences"
    preset = DEFINITION.presets[0]
    config = trainer_of(DEFINITION).resolve(preset.parameters, preset=preset.name, seed=11)
    run = make_run(preset.name, "complete", config=config)
    (again,) = larger(SNAPSHOT, [run], found[0])
    limited = run.train_config.data.model_copy(update={"num_sequences": 20_000})
    assert again.config == run.train_config.model_copy(update={"data": limited}), "nothing but the data is another"


@pytest.mark.parametrize(
    ("given", "at", "says"),
    [
        ("9000", FULL, "must be sequences=N, or several: sequences=9000,50000"),
        ("size=9000", FULL, "must be sequences=N"),
        ("sequences=", FULL, "'' is no number of sequences"),
        ("sequences=all", FULL, "'all' is no number of sequences, 1 or more"),
        ("sequences=20000,0", FULL, "'0' is no number"),
        ("sequences=-5", FULL, "'-5' is no number"),
        ("sequences=1.5", FULL, "'1.5' is no number"),
        ("sequences=50001", FULL, "the corpus has only 50000"),
        ("sequences=9000", FULL, "9000 is what the sweep itself trains on"),
        ("sequences=20000", Setting("full", 15_000), "more than the larger setting has, --sequences 15000"),
        ("sequences=20000", Setting(1.0, 20_000), "is the larger setting itself"),
    ],
)
def test_what_would_show_nothing_is_refused_in_one_line(given: str, at: Setting, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        against(given, SNAPSHOT, at)
    (line,) = refused.value.lines
    assert line.startswith(f"error: --against {given}: ")
    assert says in line
