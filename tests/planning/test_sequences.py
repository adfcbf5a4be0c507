"""`[data] sequences`: what runs train on, what a study keeps of it, and what a person and a program are told."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from optuna.trial import TrialState

from optsweep import cli
from optsweep.config import read_config
from optsweep.data.demo import make_demo
from optsweep.database.connection import open_existing
from optsweep.database.open_study import Study, open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.subset_copy import local_data
from optsweep.database.urls import storage_url
from optsweep.errors import EXIT_DONE, EXIT_USAGE, DataError
from optsweep.machine.process import identify
from optsweep.planning.differences import differences
from optsweep.planning.fork import compatible_runs
from optsweep.results.attributes import StudyAttributes, TrainingSize
from optsweep.results.words import start_lines
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import load_study
from optsweep.views.export import model_card
from optsweep.workers.prepared_run import Preparer
from tests.faults.small_study import write_study
from tests.snapshots import CONFIG, make_data, make_run, make_snapshot
from tests.test_end_to_end import best_value, optsweep

FILE = "small.toml"
ALONE = ("--cpu-workers", "1", "--no-launch", "--json")


def write(folder: Path, sequences: int | str | None = None, **settings: Any) -> Path:
    """The small study, which is to train on so many sequences."""
    write_study(folder / FILE, lengths=(20, 20))
    contents = tomllib.loads((folder / FILE).read_text())
    contents["settings"] |= settings
    contents |= {} if sequences is None else {"data": {"sequences": sequences}}
    (folder / FILE).write_text(tomli_w.dumps(contents))
    return folder / FILE


@pytest.fixture
def place(workplace: Path, demo_corpus: Path) -> Path:
    """A folder with 12,000 sequences, of which the subset has 10,000 and trains on 9,000."""
    (workplace / "data").symlink_to(demo_corpus)
    return workplace


def plan(*more: str) -> dict[str, Any]:
    code, printed, errors = optsweep_here("sweep", FILE, "--data", "data/demo.pt", "--name", "study", *ALONE, *more)
    assert code == EXIT_DONE, errors
    return dict(json.loads(printed), said=errors)


def optsweep_here(*arguments: str) -> tuple[int, str, str]:
    printed, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        code = cli.run(list(arguments))
    return code, printed.getvalue(), errors.getvalue()


def the_study(name: str = "study") -> Study:
    storage = open_existing(storage_url(None))
    assert storage is not None
    return open_study(storage, name)


def prepared_config(study: Study) -> Any:
    """The config of the first run that a worker takes."""
    lease = study.queue.claim("worker", identify())
    assert lease is not None
    prepared = Preparer(study, study.optuna(), "worker", 1).prepare(lease)
    study.queue.finish(lease, TrialState.COMPLETE, 2.5, outcome="complete", reason=None)
    return prepared.config


@pytest.mark.parametrize("wrong", ["0", "-1", '"some"', "1.5", "true", "[150]", "{}", str(2**63)])
def test_what_is_no_number_of_sequences_is_refused_in_one_line(workplace: Path, wrong: str) -> None:
    path = write(workplace)
    path.write_text(path.read_text() + f"\n[data]\nsequences = {wrong}\n")
    code, printed, errors = optsweep_here("sweep", FILE, "--cpu-workers", "1", "--dry-run")
    assert (code, printed) == (EXIT_USAGE, "")
    (line,) = errors.splitlines()
    assert line.startswith(f"error: {FILE}: data.sequences: ")
    assert 'is neither a number of sequences, 1 or more, nor "all"' in line


def test_one_setting_with_two_names_is_refused_and_both_are_named(workplace: Path) -> None:
    write(workplace, 150, num_training=150)
    code, _, errors = optsweep_here("sweep", FILE, "--cpu-workers", "1", "--dry-run")
    assert code == EXIT_USAGE
    (line,) = errors.splitlines()
    assert "data.sequences = 150 and settings.num_training = 150" in line


@pytest.mark.parametrize(
    ("wanted", "on_corpus", "trained", "limit", "says"),
    [
        (None, False, 9000, None, "Limiting dataset from 12000 to 10000 samples"),
        (150, False, 150, 150, "Training on 150 of the subset's 9,000 training sequences"),
        pytest.param(
            10_000, False, 9000, 10_000, "the subset has 9,000 to train on, and all are used", marks=pytest.mark.heavy
        ),
        (10_500, True, 10_500, 10_500, "Training on the corpus: 10,500 of its 10,8"),
        pytest.param(50_000, True, 0, 50_000, "[data] sequences = 50000: the corpus has 10,8", marks=pytest.mark.heavy),
        pytest.param("all", True, 0, None, "Training on the corpus: all 10,8", marks=pytest.mark.heavy),
    ],
)
def test_what_is_trained_on_and_what_is_said_of_it(
    place: Path, wanted: int | str | None, on_corpus: bool, trained: int, limit: int | None, says: str
) -> None:
    write(place, wanted)
    preview = plan("--dry-run")["repetition"]
    said = plan()["said"]
    assert says in said
    study = the_study()
    data = study.data
    assert data.trains_on == (str(Path("data/demo.pt").absolute()) if on_corpus else None)
    assert data.training is not None
    if on_corpus:
        assert 9000 < data.training.sequences < 11_000
        assert "Limiting" not in said
    # The split, and so the values, are the subset's.
    assert len(data.weights.validation) == 500  # type: ignore[union-attr]
    repetition = json.loads(optsweep_here("status", "--name", "study", "--json")[1])["repetition"]
    assert repetition["trained_on"] == preview["trained_on"] == ("corpus" if on_corpus else "subset")
    assert repetition["training_sequences"] == (trained or data.training.sequences)
    assert preview["training_sequences"] == pytest.approx(repetition["training_sequences"], rel=0.05)
    assert plan("--dry-run")["repetition"] == repetition
    config = prepared_config(study)
    assert config.data.num_sequences == limit
    assert config.provenance.get("corpus") == data.trains_on
    # The same command goes on with it.
    assert plan()["target"] == 9
    assert the_study().data.training == data.training


def test_an_older_file_means_the_same_and_its_study_goes_on_under_either_name(place: Path) -> None:
    write(place, num_training=150)
    assert plan()["target"] == 9
    assert prepared_config(the_study()).data.num_sequences == 150
    write(place, 150)
    assert "9 runs exist" in plan()["said"]
    assert prepared_config(the_study()).data.num_sequences == 150
    write(place, 151)
    code, _, errors = optsweep_here("sweep", FILE, "--data", "data/demo.pt", "--name", "study", *ALONE)
    assert code == EXIT_USAGE
    assert "data.sequences was None, is 151" in errors


@pytest.mark.heavy
def test_a_study_of_an_earlier_version_stays_on_its_subset_however_many_it_wanted(place: Path) -> None:
    write(place, num_training=9000)
    plan()
    study = the_study()
    stored = dict(study.attributes().definition or {})
    del stored["data"]
    stored["settings"] = {**stored["settings"], "num_training": 50_000}  # type: ignore[dict-item]
    study.store(StudyAttributes(definition=stored))
    prepared_config(study)
    for again in (50_000, None):
        write(place, again, **({} if again else {"num_training": 50_000}))
        said = plan()["said"]
        assert "[data] sequences = 50000: the subset has 9,000 to train on, and all are used" in said
        assert the_study().data.trains_on is None
    begun = StudyDefinition.model_validate(stored)
    assert differences("study", the_study().attributes(), load_study(str(place / FILE)).planned_like(begun)) == []


def test_a_fork_takes_over_what_was_trained_on_the_same_data(place: Path) -> None:
    write(place)
    plan()
    origin = the_study()
    prepared_config(origin)
    on_subset = origin.data
    on_corpus = on_subset.model_copy(update={"trains_on": "data/demo.pt"})
    for wanted, data, taken in [
        (None, on_subset, 1),
        (None, None, 1),
        # Its runs' configs are the same: without a limit.
        ("all", on_corpus, 0),
        ("all", None, 0),
        (10_000, on_subset, 0),
    ]:
        definition = load_study(str(write(place, wanted))).scored_like(origin.definition)
        assert len(compatible_runs(origin, definition, data)) == taken, wanted


def test_another_corpus_with_the_same_subset_is_not_the_studys() -> None:
    size = TrainingSize(sequences=10_800, residues=1_000_000)
    data = make_data(content="same", trains_on="data/x.pt", training=size)
    assert data.same_as(data.model_copy(update={"fingerprint": "1"}))
    other = TrainingSize(sequences=10_900, residues=1_010_000)
    assert not data.same_as(data.model_copy(update={"training": other, "fingerprint": "1"}))


@pytest.mark.heavy
def test_a_worker_elsewhere_needs_the_corpus_itself(place: Path, tmp_path: Path) -> None:
    write(place, "all")
    plan()
    study = the_study()
    assert local_data(study) == Path("data/demo.pt").absolute()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy("data/demo.pt", elsewhere)
    assert local_data(study, elsewhere / "demo.pt") == elsewhere / "demo.pt"
    make_demo(elsewhere / "small.pt", 400)
    lacking = "give its path here: optsweep worker --name study --data FILE"
    for given, says in [
        (elsewhere / "none.pt", lacking),
        (elsewhere / "small.pt", "has 400 sequences, and study 'study' trains on a corpus of 12000"),
        (place / "data" / "demo_sweep.pt", "has 10000 sequences"),
    ]:
        with pytest.raises(DataError) as refused:
            local_data(study, given)
        assert says in "\n".join(refused.value.lines)
        assert str(given) in refused.value.lines[0]
    changed = study.data.model_copy(update={"content": "another split"})
    study.store(StudyAttributes(data=changed))
    with pytest.raises(DataError, match="holds out other sequences than study 'study'"):
        local_data(the_study())


def test_a_runs_first_lines_say_what_it_trains_on() -> None:
    size = TrainingSize(sequences=48_000, residues=9_000_000)
    data = make_data(trains_on="data/x.pt", training=size)
    trainer = make_snapshot([]).trainer

    def lines(limit: int | None, data: Any = data) -> list[str]:
        config = {**CONFIG, "data": {**CONFIG["data"], "num_sequences": limit}}
        return start_lines(make_run("a", "running", config=config), data, trainer)[3:]

    assert lines(None) == ["Dataset size: 48000 samples"]
    assert lines(90_000) == ["Dataset size: 48000 samples"]
    assert lines(20_000) == [
        "Limiting dataset from 50000 to 20000 samples",
        "Dataset limited to 20000 samples",
        "Dataset size: 20000 samples",
        "Training on a fixed sample of 20000 sequences",
    ]
    of_subset = make_data(training=TrainingSize(sequences=9000, residues=1_800_000))
    assert lines(150, of_subset)[-1] == "Training on a fixed sample of 150 sequences"
    assert lines(9500, of_subset)[-1] == "Dataset size: 10000 samples"
    again = make_data(trains_on="data/x.pt", training=size, setting="the full length on 20,000 sequences")
    assert lines(20_000, again) == ["Trained again at the full length on 20,000 sequences"]


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_sweep_on_the_corpus_gives_what_its_runs_configs_give_alone(place: Path) -> None:
    write(place, 10_500, num_validation=60, max_protein_len=32)
    contents = tomllib.loads((place / FILE).read_text())
    only = {**contents["preset"][0], "effective_batch": 8}
    (place / FILE).write_text(tomli_w.dumps({**contents, "preset": [only]}))
    given = ("--data", "data/demo.pt", "--name", "study", "--cpu-workers", "1", "--type", "predefined")
    optsweep("sweep", FILE, *given, cwd=place)
    snapshot = read_snapshot(the_study())
    assert snapshot.counts["complete"] == 1
    best = snapshot.ranking[0]
    config = Path(best.directory) / "config.toml"
    assert read_config(config).data.num_sequences == 10_500
    assert "Training on a fixed sample of 10500 sequences" in (config.parent / "log_stdout.txt").read_text()
    alone = optsweep("train", str(config), "--data", "data/demo.pt", "--out", "alone", cwd=place)
    assert best_value(alone) == best.value
    card = model_card(full(best), snapshot, 2.5, "model.safetensors")
    assert "on 10,500 sequences of the corpus" in card


def full(record: Any) -> Any:
    provenance = {"run": record.run, "value": 2.5, "swept_iterations": 20, "corpus": "x.pt", "subset": "x_sweep.pt"}
    return record.train_config.model_copy(update={"provenance": provenance})
