"""What a stranger does, with real training: sweep, interrupt, resume, train a run's config again, install a wheel."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from optsweep.study.shipped import VERSIONS
from tests.sweeps import wait_for

REPOSITORY = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def optsweep(*arguments: str, cwd: Path, code: int = 0) -> str:
    """Run a command to its end, check its exit code, return what it printed."""
    command = [sys.executable, "-m", "optsweep", *arguments]
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def status(cwd: Path) -> dict[str, object]:
    return dict(json.loads(optsweep("status", "--json", cwd=cwd)))


@pytest.fixture
def short_study(workplace: Path) -> Path:
    """The demo study at a tenth of its length, scored on few sequences."""
    text = (REPOSITORY / "studies" / "demo.toml").read_text()
    text = text.replace("[budget]", "[budget]\nscale = 0.1", 1).replace(
        "[settings]", "[settings]\nnum_validation = 32", 1
    )
    (workplace / "demo.toml").write_text(text)
    return workplace


def best_value(output: str) -> float:
    found = re.search(r"best NELBO ([\d.]+) nats", output)
    assert found is not None, output
    return float(found[1])


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_train_on_a_runs_config_gives_its_value_bit_for_bit_for_an_interrupted_run_too(short_study: Path) -> None:
    sweep = ("sweep", "demo.toml", "--type", "predefined", "--cpu-workers", "2", "--name", "study")
    process = subprocess.Popen(
        [sys.executable, "-m", "optsweep", *sweep], cwd=short_study, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )
    metrics = short_study / "studies/study/runs/large_quality/metrics.jsonl"
    wait_for(lambda: metrics.exists() and metrics.read_text().count("val_nelbo") >= 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 3
    optsweep(*sweep, cwd=short_study)
    runs = {run["run"]: run for run in status(short_study)["runs"]}  # type: ignore[attr-defined]
    assert runs["large_quality"]["attempts"] == 2
    for run in ("large_quality", "small_fast"):
        config = Path("studies/study/runs") / run / "config.toml"
        output = optsweep(
            "train", str(config), "--data", "data/demo_sweep.pt", "--out", f"again/{run}", cwd=short_study
        )
        assert best_value(output) == runs[run]["value"]


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_the_demo_finishes_twelve_runs_below_both_reference_lines(workplace: Path) -> None:
    output = optsweep("sweep", cwd=workplace)
    document = status(workplace)
    assert document["finished_runs"] == document["target"] == 12
    presets = [run["preset"] for run in document["runs"] if run["preset"]]  # type: ignore[attr-defined]
    assert len(presets) == len(set(presets)) == 5
    assert document["best"]["value"] < min(document["reference"].values())  # type: ignore[index,attr-defined]
    assert "Starting job: small_fast on CPU worker" in output
    assert "Nothing to do" in optsweep("sweep", cwd=workplace)
    optsweep("promote", "--run", "small_fast", "--start", cwd=workplace)
    promoted = workplace / "studies/demo/promoted/small_fast"
    assert load_file(promoted / "model.safetensors").keys()
    assert "synthetic" in (promoted / "README.md").read_text()


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_the_winner_is_trained_in_full_through_a_kill_and_generates_proteins(short_study: Path) -> None:
    text = (short_study / "demo.toml").read_text()
    text = text.replace("scale = 0.1", "scale = 0.02").replace(
        "iterations = 720, warmup = 72", "iterations = 40, warmup = 4"
    )
    (short_study / "demo.toml").write_text(text)
    optsweep("sweep", "demo.toml", "--type", "predefined", "--cpu-workers", "2", "--name", "study", cwd=short_study)
    promote = ("promote", "--name", "study", "--run", "small_fast", "--start")
    process = subprocess.Popen(
        [sys.executable, "-m", "optsweep", *promote], cwd=short_study, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )
    promoted = short_study / "studies/study/promoted/small_fast"
    metrics = promoted / "metrics.jsonl"
    wait_for(lambda: metrics.exists() and metrics.read_text().count("val_nelbo") >= 2, 300)
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 3
    assert not (promoted / "model.safetensors").exists()
    optsweep(*promote, cwd=short_study)
    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    steps = [line["step"] for line in lines if "val_nelbo" in line]
    assert steps == sorted(set(steps))
    assert lines[-1]["progress"] == 1
    assert load_file(promoted / "model.safetensors").keys()

    sample = ("sample", str(promoted), "-n", "5", "--steps", "8", "--seed", "3")
    fasta = optsweep(*sample, cwd=short_study)
    assert fasta == (promoted / "samples.fasta").read_text() == optsweep(*sample, cwd=short_study)
    records = [record.split("\n", 1) for record in fasta.split(">")[1:]]
    assert [head for head, _ in records] == [f"sample_{number} small_fast" for number in range(1, 6)]
    assert all(re.fullmatch(r"([ACDEFGHIKLMNPQRSTVWY]{1,60}\n)+", letters) for _, letters in records)
    output = optsweep(*sample, "-o", "proteins.fasta", cwd=short_study)
    assert (short_study / "proteins.fasta").read_text() == fasta
    assert re.search(r"valid \d+ % of 5", output)
    assert "copies of training sequences: 0.0 % exact" in output


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_real_proteins_are_imported_limited_swept_and_left_as_they_are(workplace: Path, real_proteins: Path) -> None:
    before = hashlib.sha256(real_proteins.read_bytes()).hexdigest()
    sweep = ("sweep", "--data", str(real_proteins), "--cpu-workers", "2", "--trials")
    output = optsweep(*sweep, "2", cwd=workplace)
    found = re.search(r"Imported (\d+) of (\d+) sequences", output)
    assert found is not None
    assert f"Limiting dataset from {found[1]} to 10000 samples" in output
    assert hashlib.sha256(real_proteins.read_bytes()).hexdigest() == before
    document = status(workplace)
    assert document["study"] == "demo-proteins"
    assert document["best"]["value"] < document["reference"]["unigram_entropy"]  # type: ignore[index]
    output = optsweep(*sweep, "4", cwd=workplace)
    assert "Target 9 runs: 7 runs exist, 2 queued now" in output
    assert status(workplace)["finished_runs"] == 9


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_wheel_sweeps_in_an_empty_folder(tmp_path: Path, short_study: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    shipped = [f"studies/{name}.toml" for name in VERSIONS]
    for name in ("pyproject.toml", "README.md", "LICENSE", *shipped):
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, source / name)
    shutil.copytree(REPOSITORY / "optsweep", source / "optsweep", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)], check=True)
    home = tmp_path / "venv"
    venv.create(home, with_pip=True, system_site_packages=False)
    wheel = next(tmp_path.glob("optsweep-*.whl"))
    subprocess.run([home / "bin/python", "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True)
    # What the wheel depends on is installed already, beside the tests; only optsweep itself must come from the wheel.
    packages = [path for path in sys.path if path.endswith("site-packages")]
    next((home / "lib").glob("python*/site-packages")).joinpath("others.pth").write_text("\n".join(packages))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for command, words in (
        (["sweep", "--trials", "0", "--dry-run"], "medium_rigorous"),
        (["data", "demo", "-o", "x.pt", "-n", "300"], "300 synthetic sequences"),
        (["sweep", "uniref50", "--data", "x.pt", "--dry-run"], "medium_rigorous"),
        (["sweep", "demo.toml", "--type", "predefined", "--cpu-workers", "2"], "Next: optsweep confirm"),
        (["report"], "report.html"),
    ):
        done = subprocess.run(
            [home / "bin/optsweep", *command], cwd=short_study, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert words in done.stdout


def test_the_launchers_process_never_loads_torch(short_study: Path) -> None:
    code = (
        "import sys; from optsweep import cli\n"
        "assert cli.run(['sweep', 'demo.toml', '--no-launch']) == 0\n"
        "assert cli.run(['status']) == 0\n"
        "import optsweep.workers.launcher\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=short_study, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False", done.stdout + done.stderr


def test_the_runs_config_is_complete_and_its_log_says_what_was_scaled(short_study: Path) -> None:
    optsweep("sweep", "demo.toml", "--no-launch", "--name", "planned", cwd=short_study)
    output = optsweep("sweep", "uniref50", "--data", "data/demo.pt", "--dry-run", "--json", cwd=short_study)
    planned = {run["run"]: run for run in json.loads(output)["queued"]}
    config = planned["curriculum_focus"]["config"]
    assert (config["training"]["n_iters"], config["optim"]["warmup"]) == (45_000, 3_000)
    assert config["curriculum"] == {"enabled": True, "preschool_time": 6_000}
    assert tomllib.loads((REPOSITORY / "studies" / "uniref50.toml").read_text())["study"]["type"] == "tpe"
