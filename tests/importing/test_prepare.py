from __future__ import annotations

import gzip
import lzma
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from optsweep.data.corpus import open_corpus, write_corpus
from optsweep.errors import DataError
from optsweep.importing import cleaning
from optsweep.importing import prepare as prepare_module
from optsweep.importing.prepare import look, look_at_demo, prepare
from tests.data.samples import random_letters, random_sequences, write_fasta


@pytest.fixture
def fasta(workplace: Path) -> Path:
    rng = np.random.default_rng(0)
    (workplace / "incoming").mkdir()
    return write_fasta(workplace / "incoming" / "uniref.v2.fasta", [random_letters(rng, 40) for _ in range(60)])


def test_fasta_becomes_a_corpus_in_data_once(fasta: Path) -> None:
    before = fasta.read_bytes()
    calls: list[int] = []
    first = prepare(fasta, on_progress=lambda done, total: calls.append(total))
    assert first.corpus == Path("data/uniref.pt")
    assert first.subset.path == Path("data/uniref_sweep.pt")
    assert (first.subset.made, first.subset.num_source, first.subset.num_sequences) == (True, 60, 60)
    assert first.import_report is not None
    assert first.import_report.num_kept == 60
    assert not first.synthetic
    assert calls
    again = prepare(fasta)
    assert again.import_report is None
    assert not again.subset.made
    assert fasta.read_bytes() == before


def test_changed_fasta_is_imported_again(fasta: Path) -> None:
    prepare(fasta)
    state = fasta.stat()
    os.utime(fasta, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert prepare(fasta).import_report is not None
    write_fasta(fasta, [random_letters(np.random.default_rng(seed), 40) for seed in range(50)])
    changed = prepare(fasta)
    assert changed.import_report is not None
    assert (changed.subset.made, changed.subset.num_source) == (True, 50)


def test_gzip(fasta: Path) -> None:
    packed = fasta.with_name("packed.fasta.gz")
    packed.write_bytes(gzip.compress(fasta.read_bytes()))
    assert prepare(packed).corpus == Path("data/packed.pt")


def test_a_corpus_is_used_as_it_is(workplace: Path) -> None:
    path = workplace / "mine.pt"
    write_corpus(path, random_sequences(30), {"synthetic": True})
    before = path.read_bytes()
    prepared = prepare(path)
    assert prepared.corpus == path
    assert prepared.import_report is None
    assert prepared.synthetic
    assert path.read_bytes() == before


def test_what_was_not_imported_from_that_file_is_not_overwritten(fasta: Path) -> None:
    target = Path("data/uniref.pt")
    write_corpus(target, random_sequences(30), {})
    before = target.read_bytes()
    with pytest.raises(DataError, match=r"was not imported from uniref\.v2\.fasta"):
        prepare(fasta)
    assert target.read_bytes() == before


@pytest.mark.parametrize("name", ["uniref.tar.gz", "uniref.csv", "uniref.fasta.zip", "uniref"])
def test_d8_whatever_the_file_is_the_corpus_has_its_name(fasta: Path, name: str) -> None:
    content = fasta.read_bytes()
    given = fasta.with_name(name)
    if name.endswith("gz"):
        with tarfile.open(given, "w:gz") as archive:
            archive.add(fasta, "uniref.fasta")
    elif name.endswith("csv"):
        records = [record.split("\n")[:2] for record in content.decode()[1:].split("\n>")]
        given.write_text("id,sequence\n" + "".join(f"{name},{sequence}\n" for name, sequence in records))
    elif name.endswith("zip"):
        with zipfile.ZipFile(given, "w") as archive:
            archive.write(fasta, "uniref.fasta")
    else:
        given.write_bytes(lzma.compress(content))
    prepared = prepare(given)
    assert (prepared.corpus, prepared.subset.num_sequences) == (Path("data/uniref.pt"), 60)
    assert prepare(given).import_report is None


def test_d7_a_look_writes_nothing_and_tells_what_would_be_done(fasta: Path) -> None:
    looked = look(fasta)
    assert not Path("data").exists()
    assert (looked.corpus, looked.subset) == (Path("data/uniref.pt"), None)
    assert looked.import_report is not None
    assert (looked.num_sequences, looked.import_report.num_kept, looked.import_report.whole) == (60, 60, True)
    imported = prepare(fasta)
    assert looked.import_report == imported.import_report
    again = look(fasta)
    assert (again.num_sequences, again.import_report) == (60, None)
    assert again.subset == imported.subset.path
    assert look(imported.corpus) == again


def test_d7_a_look_at_a_long_file_stops_and_says_so(fasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_module, "_LOOK_BYTES", 1000)
    monkeypatch.setattr(cleaning, "CHUNK", 500)
    looked = look(fasta)
    assert looked.import_report is not None
    assert not looked.import_report.whole
    assert 10 < looked.num_sequences < 60
    assert re.match(r"only the first .* MB of text were looked at", looked.import_report.warnings[0])


def test_d7_a_look_refuses_what_a_sweep_would(fasta: Path) -> None:
    damaged = bytearray(fasta.read_bytes())
    damaged[-10] = 7
    write_corpus(Path("whole.pt"), random_sequences(30), {})
    contents: dict[str, bytes] = {
        "page.fasta": b"<html>404</html>",
        "cut.pt": Path("whole.pt").read_bytes()[:-100],
        "zip.zip": b"PK\x03\x04 no zip",
        "short.fasta": b">a\nMKV\n",
        "damaged.fasta": bytes(damaged),
    }
    for name, content in contents.items():
        Path(name).write_bytes(content)
    write_corpus(fasta.with_name("uniref.pt").parents[1] / "data" / "uniref.pt", random_sequences(30), {})
    os.mkfifo("pipe.fasta")
    for path in [*map(Path, contents), Path("missing.fasta"), Path("-"), Path("pipe.fasta"), Path("/dev/zero"), fasta]:
        with pytest.raises(DataError) as looked:
            look(path)
        with pytest.raises(DataError) as prepared:
            prepare(path)
        assert str(looked.value) == str(prepared.value)


def test_d7_a_look_refuses_a_place_where_nothing_can_be_written(fasta: Path) -> None:
    Path("data").write_text("a file")
    for call in (look, prepare):
        with pytest.raises(DataError, match=r"data/uniref\.pt: cannot be written"):
            call(fasta)


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.pt", "No such file"), ("rubbish.pt", "not a .pt file"), ("rubbish.txt", "begins with")],
)
def test_refusals(workplace: Path, name: str, message: str) -> None:
    if "rubbish" in name:
        (workplace / name).write_text("rubbish")
    with pytest.raises(DataError, match=message):
        prepare(workplace / name)
    assert not list(workplace.glob("data/*.pt"))


def test_an_interrupted_import_leaves_nothing_behind(fasta: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(fasta, on_progress=interrupt)
    assert not Path("data").exists()
    assert prepare(fasta).subset.num_sequences == 60
    assert open_corpus(Path("data/uniref.pt")).num_sequences == 60


def test_no_torch() -> None:
    modules = ("importing.prepare", "data.demo", "data.training_data", "data.info")
    script = f"import sys, {', '.join(f'optsweep.{name}' for name in modules)}\n"
    done = subprocess.run(
        [sys.executable, "-c", script + "print('torch' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout == "False\n"


def test_what_is_said_of_the_demo_before_it_is_made_is_what_it_is(demo_corpus: Path) -> None:
    said, made = look_at_demo(), look(demo_corpus / "demo.pt")
    assert said.num_sequences == made.num_sequences
    assert (said.num_training, said.num_validation) == (made.num_training, made.num_validation)
    assert said.mean_length == pytest.approx(made.mean_length, rel=0.03)
