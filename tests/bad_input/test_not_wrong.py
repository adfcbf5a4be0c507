"""What looks wrong and is not: it is taken, with a word about it where that helps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from optsweep.data.corpus import open_corpus

from .fastas import GOOD, protein
from .gpus import SLICED_GPU, TWO_GPUS
from .options import CONFIG
from .outcome import Case, Scene, run_here, tree
from .studies import RIGHT

DRY_RUN = ["--data", "small.pt", "--dry-run", "--json"]


def tokens_of(path: Path) -> bytes:
    return open_corpus(path).sequences.tokens.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.lower(),
        lambda text: text.replace(b"\n>", b"*\n>"),
        lambda text: text.replace(b"\n", b"\n\n \t\n"),
        lambda text: b"\xef\xbb\xbf\n\n" + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b">protein", ">größe | häm".encode()),
        lambda text: text.replace(b"AC", b"A\nC"),
        lambda text: text + b">empty\n>short\nMKV\n",
    ],
    ids=[
        "CRLF",
        "lower case",
        "stars",
        "blank lines",
        "byte order mark",
        "no end",
        "UTF-8 names",
        "folded",
        "short ones",
    ],
)
def test_fasta_files_of_other_habits(
    change: Callable[[bytes], bytes], scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = scene(Case("habits", [], [], files={"plain.fasta": GOOD, "other.fasta": change(GOOD)}))
    for name in ("plain", "other"):
        assert run_here(["data", "import", f"{name}.fasta", "-o", f"{name}.pt"], capfd).code == 0
    assert tokens_of(folder / "plain.pt") == tokens_of(folder / "other.pt")


def test_nucleotides_among_proteins_are_dropped_and_counted(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    letters = protein(6_000).translate(bytes.maketrans(b"DEFHIKLMNPQRSVWY", b"ACGTACGTACGTACGT"))
    records = b"".join(b">gene %d\n%s\n" % (start, letters[start : start + 100]) for start in range(0, 6_000, 100))
    records += b">protein\n%s\n" % protein(100)
    scene(Case("nucleotides", [], [], files={"genes.fasta": records}))
    outcome = run_here(["data", "import", "genes.fasta", "-o", "genes.pt"], capfd)
    assert outcome.code == 0
    assert "Imported 1 of 61 sequences" in outcome.output
    assert "60 of nucleotides" in outcome.output


@pytest.mark.parametrize("more", [["--trials", "0"], ["--num-random", "0"], ["--type", "predefined"]])
def test_no_trials_mean_presets_only(more: list[str], scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    folder = scene(Case("presets only", [], []))
    before = tree(folder)
    outcome = run_here(["sweep", "demo", *more, *DRY_RUN], capfd)
    assert outcome.code == 0
    assert json.loads(outcome.output)["target"] == 5
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("given", "visible", "uuids"),
    [
        ("0,1", None, ["GPU-11111111", "GPU-22222222"]),
        (" 1 , 0 ", None, ["GPU-22222222", "GPU-11111111"]),
        ("GPU-22222222", None, ["GPU-22222222"]),
        ("0", "1", ["GPU-22222222"]),
        ("0", "GPU-22222222,GPU-11111111", ["GPU-22222222"]),
        ("MIG-44444444", None, ["MIG-44444444"]),
    ],
)
def test_gpus_by_all_their_names(
    given: str, visible: str | None, uuids: list[str], scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    from optsweep.machine.devices import gpu_slots

    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    there = SLICED_GPU if "MIG" in given else TWO_GPUS
    scene(Case("GPUs", [], [], gpus=there, environment=environment))
    found = [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in gpu_slots(given)]
    assert [uuid.rsplit("-", 4)[0] for uuid in found] == uuids
    assert run_here(["sweep", "--gpus", given, *DRY_RUN], capfd).code == 0


@pytest.mark.parametrize("name", ["x", "_", "a.b-c_d", "X" * 100, "0"])
def test_names_that_fit_a_folder(name: str, scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    scene(Case("names", [], []))
    assert run_here(["sweep", "--name", name, *DRY_RUN], capfd).code == 0


def test_an_empty_storage_variable_is_none(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    scene(Case("storage", [], [], environment={"OPTSWEEP_STORAGE": ""}))
    assert run_here(["sweep", *DRY_RUN], capfd).code == 0


@pytest.mark.parametrize("deadline", ["36h", "90m", "1.5d", "2099-12-31", "2099-12-31T08:00"])
def test_deadlines(deadline: str, scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    scene(Case("deadline", [], []))
    assert run_here(["sweep", "--deadline", deadline, *DRY_RUN], capfd).code == 0


def test_the_files_that_mistakes_are_made_in_are_right(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    from optsweep.config import read_config

    folder = scene(Case("right", [], [], files={"mine.toml": RIGHT, "config.toml": CONFIG, "crlf.toml": crlf(RIGHT)}))
    for study in ("mine.toml", "./crlf.toml"):
        assert run_here(["sweep", study, *DRY_RUN], capfd).code == 0
    assert read_config(folder / "config.toml").training.n_iters == 3


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
