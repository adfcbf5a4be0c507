from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from optsweep.data.corpus import corpus_writer, open_corpus, write_corpus
from optsweep.data.fingerprint import describe_file
from optsweep.data.holding_out.rule import NearDuplicates
from optsweep.data.subset import Subset, ensure_subset, find_subset, subset_path
from optsweep.data.training_data import load_training_data
from optsweep.data.vocabulary import decode
from optsweep.errors import DataError

from .samples import measure, random_letters, random_sequences, write_legacy


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "proteins.pt"
    write_corpus(path, random_sequences(12_000, lengths=(30, 40)), {"synthetic": True})
    return path


def subset(path: Path, num_source: int, num_sequences: int, made: bool) -> Subset:
    """What is expected of a subset by the k-mer rule with nothing to note."""
    return Subset(path=path, made=made, num_source=num_source, num_sequences=num_sequences, rule=NearDuplicates.words)


def test_the_recipe_that_everybody_uses(source: Path) -> None:
    before = source.read_bytes()
    made = ensure_subset(source)
    assert made == subset(source.parent / "proteins_sweep.pt", 12_000, 10_000, made=True)
    whole, part = open_corpus(source), open_corpus(made.path)
    indices = random.Random(42).sample(range(12_000), 10_000)
    assert np.array_equal(part.sequences.tokens, whole.take(indices).tokens)
    assert np.array_equal(part.sequences.lengths, whole.sequences.lengths[indices])
    assert part.synthetic
    loaded = torch.load(made.path, mmap=True, weights_only=True)
    assert loaded["validation"].shape == loaded["confirmation"].shape == (500,)
    assert loaded["validation"].dtype == torch.int64
    assert source.read_bytes() == before
    assert ensure_subset(source) == subset(made.path, 12_000, 10_000, made=False)


def test_a_small_corpus_is_taken_whole_and_in_order(tmp_path: Path) -> None:
    sequences = random_sequences(100)
    write_corpus(tmp_path / "small.pt", sequences, {})
    made = ensure_subset(tmp_path / "small.pt")
    assert (made.num_source, made.num_sequences) == (100, 100)
    corpus = open_corpus(made.path)
    assert np.array_equal(corpus.sequences.tokens, sequences.tokens)
    assert corpus.validation is not None
    assert len(corpus.validation) == 5


def test_legacy_sources(tmp_path: Path) -> None:
    sequences = write_legacy(tmp_path / "legacy.pt", 60)
    made = ensure_subset(tmp_path / "legacy.pt", size=20, seed=7)
    corpus = open_corpus(made.path)
    expected = random.Random(7).sample(sequences, 20)
    assert [decode(corpus.sequences[index]) for index in range(20)] == expected


def test_a_stale_subset_is_made_again(source: Path) -> None:
    ensure_subset(source)
    assert ensure_subset(source, size=500).num_sequences == 500
    assert ensure_subset(source, size=500, seed=1).made
    assert not ensure_subset(source, size=500, seed=1).made
    write_corpus(source, random_sequences(600, seed=1), {})
    expected = subset(source.parent / "proteins_sweep.pt", 600, 500, made=True)
    assert ensure_subset(source, size=500, seed=1) == expected


def test_a_replaced_corpus_of_the_same_size_is_noticed(source: Path) -> None:
    ensure_subset(source, size=500)
    size = source.stat().st_size
    sequences = open_corpus(source).take(range(12_000))
    sequences.tokens[len(sequences.tokens) // 3] = 24 if sequences.tokens[len(sequences.tokens) // 3] != 24 else 23
    write_corpus(source, sequences, {"synthetic": True})
    assert source.stat().st_size == size
    assert find_subset(source) is None
    assert ensure_subset(source, size=500).made


def test_a_broken_subset_is_made_again_but_a_foreign_corpus_is_not_overwritten(source: Path) -> None:
    target = source.parent / "proteins_sweep.pt"
    ensure_subset(source, size=500)
    target.write_bytes(target.read_bytes()[:-500])
    assert ensure_subset(source, size=500).made
    write_legacy(target)
    for foreign in (target.read_bytes(), b"PK\x03\x04 not much", b"my notes"):
        target.write_bytes(foreign)
        with pytest.raises(DataError, match="is no subset made by optsweep"):
            ensure_subset(source, size=500)
        assert target.read_bytes() == foreign


def test_a_subset_is_its_own_subset(source: Path) -> None:
    made = ensure_subset(source, size=500)
    assert ensure_subset(made.path) == subset(made.path, 500, 500, made=False)


def test_an_output_of_one_s_own(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "folder" / "mine.pt"
    assert ensure_subset(source, size=500, output=output).path == output
    assert not ensure_subset(source, size=500, output=output).made
    assert not (source.parent / "proteins_sweep.pt").exists()
    with pytest.raises(DataError, match="is the corpus itself"):
        ensure_subset(source, size=500, output=source)


def test_a_read_only_folder_gets_its_subset_in_data(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    beside = ensure_subset(source, size=500)
    # root may write anywhere: only the kernel's answer can be replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != source.parent)
    assert subset_path(source) == Path("data/proteins_sweep.pt")
    assert ensure_subset(source, size=500).path == beside.path
    assert ensure_subset(source, size=400).path == Path("data/proteins_sweep.pt")
    assert find_subset(source) == Path("data/proteins_sweep.pt")


def test_where_nothing_can_be_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"mine\.pt: cannot be written"):
        ensure_subset(source, size=500, output=tmp_path / "file" / "mine.pt")
    with pytest.raises(DataError, match=r"mine\.pt: cannot be written"):
        write_corpus(tmp_path / "file" / "mine.pt", random_sequences(5), {})


@pytest.mark.parametrize("size", [-1, 0, 2])
def test_sizes_that_cannot_be_split(source: Path, size: int) -> None:
    with pytest.raises(DataError, match="cannot be split"):
        ensure_subset(source, size=size)


def test_sources_that_are_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        ensure_subset(tmp_path / "missing.pt")
    (tmp_path / "broken.pt").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match=r"no whole \.pt file"):
        ensure_subset(tmp_path / "broken.pt")
    assert [entry.name for entry in tmp_path.iterdir()] == ["broken.pt"]


def test_eight_processes_at_once_make_it_once(source: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from optsweep.data.holding_out.rule import NearDuplicates
from optsweep.data.subset import ensure_subset
print("ready", flush=True)
sys.stdin.readline()
print(ensure_subset(Path({str(source)!r}), size=2_000).made)
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    made = [process.communicate()[0].strip() for process in processes]
    assert sorted(made) == ["False"] * 7 + ["True"]
    assert open_corpus(source.parent / "proteins_sweep.pt").num_sequences == 2_000


def by_the_usual_script(source: Path, target: Path, size: int = 10_000) -> None:
    rows = torch.load(source, weights_only=True)
    torch.save([rows[index] for index in random.Random(42).sample(range(len(rows)), size)], target)


def test_d2_the_sweep_file_of_the_usual_script_stays_and_gets_a_packed_subset_beside_it(tmp_path: Path) -> None:
    source, theirs = tmp_path / "legacy.pt", tmp_path / "legacy_sweep.pt"
    sequences = write_legacy(source, 60)
    by_the_usual_script(source, theirs, 20)
    before = theirs.read_bytes()
    made = ensure_subset(source, size=20)
    assert (made.path, made.made) == (tmp_path / "legacy_sweep.optsweep.pt", True)
    assert made.notes[0] == f"{theirs} holds the same sequences without a split and stays as it is"
    corpus = open_corpus(made.path)
    assert [decode(corpus.sequences[index]) for index in range(20)] == random.Random(42).sample(sequences, 20)
    assert corpus.validation is not None
    assert theirs.read_bytes() == before
    # From now on it is found before the other one.
    assert find_subset(source) == made.path
    again = ensure_subset(source, size=20)
    assert (again.path, again.made, again.notes) == (made.path, False, made.notes)
    # Made again if it is damaged.
    made.path.write_bytes(made.path.read_bytes()[:-100])
    assert ensure_subset(source, size=20).made
    assert theirs.read_bytes() == before


def test_d2_other_columns_and_packed_files_of_the_same_rows_are_taken_too(tmp_path: Path) -> None:
    source, theirs = tmp_path / "legacy.pt", tmp_path / "legacy_sweep.pt"
    write_legacy(source, 60)
    rows = torch.load(source, weights_only=True)
    chosen = [rows[index] for index in random.Random(42).sample(range(60), 20)]
    torch.save([{"protein_seq": row["protein_seq"], "score": 0.5} for row in chosen], theirs)
    assert ensure_subset(source, size=20).path == tmp_path / "legacy_sweep.optsweep.pt"
    (tmp_path / "legacy_sweep.optsweep.pt").unlink()
    write_corpus(theirs, open_corpus(source).take(random.Random(42).sample(range(60), 20)), {"kind": "corpus"})
    assert ensure_subset(source, size=20).path == tmp_path / "legacy_sweep.optsweep.pt"


@pytest.mark.parametrize("change", ["order", "fewer", "seed", "letters"])
def test_d2_a_file_of_other_rows_is_refused(tmp_path: Path, change: str) -> None:
    source, theirs = tmp_path / "legacy.pt", tmp_path / "legacy_sweep.pt"
    write_legacy(source, 60)
    rows = torch.load(source, weights_only=True)
    chosen = [rows[index] for index in random.Random(7 if change == "seed" else 42).sample(range(60), 20)]
    if change == "order":
        chosen[0], chosen[1] = chosen[1], chosen[0]
    if change == "fewer":
        chosen.pop()
    if change == "letters":
        text = chosen[0]["protein_seq"]
        chosen[0] = {**chosen[0], "protein_seq": ("A" if text[0] != "A" else "C") + text[1:]}
    torch.save(chosen, theirs)
    before = theirs.read_bytes()
    with pytest.raises(DataError, match=r"legacy_sweep\.pt: is there already and is no subset made by optsweep"):
        ensure_subset(source, size=20)
    assert theirs.read_bytes() == before
    assert not (tmp_path / "legacy_sweep.optsweep.pt").exists()


def test_d2_what_stands_beside_is_never_written_over(tmp_path: Path) -> None:
    source, beside = tmp_path / "legacy.pt", tmp_path / "legacy_sweep.optsweep.pt"
    write_legacy(source, 60)
    by_the_usual_script(source, tmp_path / "legacy_sweep.pt", 20)
    write_legacy(beside, 5)
    before = beside.read_bytes()
    with pytest.raises(DataError, match=r"legacy_sweep\.optsweep\.pt: is there already"):
        ensure_subset(source, size=20)
    assert beside.read_bytes() == before
    with pytest.raises(DataError, match="is there already"):
        ensure_subset(source, size=20, output=tmp_path / "legacy_sweep.pt")


def test_d9_a_corpus_with_a_flipped_residue_gives_no_subset(source: Path) -> None:
    content = bytearray(source.read_bytes())
    place = content.index(open_corpus(source).sequences[3].tobytes())
    content[place] = 5 if content[place] != 5 else 6
    source.write_bytes(content)
    with pytest.raises(DataError, match=r"proteins\.pt: is damaged: .*checksum"):
        ensure_subset(source, size=500)
    assert not (source.parent / "proteins_sweep.pt").exists()


def test_d9_a_subset_with_a_flipped_residue_is_made_again(source: Path) -> None:
    made = ensure_subset(source, size=500)
    good = made.path.read_bytes()
    content = bytearray(good)
    place = content.index(open_corpus(made.path).sequences[3].tobytes())
    content[place] = 5 if content[place] != 5 else 6
    made.path.write_bytes(content)
    assert find_subset(source) is None
    assert ensure_subset(source, size=500).made
    assert made.path.read_bytes() == good


def first_version(source: Path, path: Path, size: int = 500) -> bytes:
    """A subset as earlier versions wrote it: no rule, nothing left out; the split is theirs."""
    corpus, described = open_corpus(source), describe_file(source)
    indices = random.Random(42).sample(range(corpus.num_sequences), size)
    manifest = {
        "kind": "subset", "version": 1, "source": described.name, "source_size": described.size,
        "source_fingerprint": described.fingerprint, "n": size, "seed": 42,
        "num_source": corpus.num_sequences, "synthetic": True, "source_manifest": corpus.manifest,
    }  # fmt: skip
    split = {"validation": np.arange(25), "confirmation": np.arange(100, 125)}
    write_corpus(path, corpus.take(indices), manifest, split)
    return path.read_bytes()


def test_d3_subsets_of_the_first_version_are_accepted_never_made_again_and_say_their_rule(source: Path) -> None:
    path = source.parent / "proteins_sweep.pt"
    before = first_version(source, path)
    found = ensure_subset(source, size=500)
    assert found == subset(path, 12_000, 500, made=False)
    assert found.rule.startswith("near duplicates: more than 30 % common 15-mers")
    assert find_subset(source) == path
    assert ensure_subset(path) == subset(path, 500, 500, made=False)
    assert path.read_bytes() == before
    data = load_training_data(path)
    assert (len(data.train), len(data.validation), len(data.confirmation)) == (450, 25, 25)
    full = load_training_data(source)
    assert len(full.train) == 12_000 - 50
    assert path.read_bytes() == before


def test_d3_the_manifest_records_rule_and_counts(source: Path) -> None:
    made = ensure_subset(source, size=500)
    manifest = open_corpus(made.path).manifest
    assert manifest["rule"] == {"name": "15-mers", "words": NearDuplicates.words, "k": 15, "max_share": 0.3}
    assert (manifest["version"], manifest["num_left_out"], manifest["num_differing"]) == (2, 0, 0)
    assert manifest["notes"] == []


def test_d3_a_small_part_is_noted_when_made_and_when_it_stands_there(tmp_path: Path) -> None:
    """100 pairs of copies and 4 single sequences: parts of 10 would need 20 single ones."""
    base = random_sequences(104, lengths=(60, 90))
    write_corpus(tmp_path / "pairs.pt", base.take([*range(104), *range(100)]), {})
    for _ in range(2):
        found = ensure_subset(tmp_path / "pairs.pt")
        corpus = open_corpus(found.path)
        assert corpus.validation is not None
        assert len(corpus.validation) == 2
        assert found.notes[0].startswith("validation has 2 of 10 sequences: small families are too few")
        assert len(found.notes) == 2


def test_d6_progress_is_told(source: Path) -> None:
    told: list[tuple[int, int]] = []
    ensure_subset(source, size=500, on_progress=lambda done, total: told.append((done, total)))
    assert told
    assert all(0 <= done <= total for done, total in told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.heavy
def test_d6_a_million_of_many_in_linear_time_and_memory(tmp_path: Path) -> None:
    """400,000 of 800,000 sequences with families among them; 1,000,000 of 4.5 million take 2.5 times as long."""
    path = tmp_path / "large.pt"
    with corpus_writer(path) as writer:
        for block in range(8):
            rng = np.random.default_rng(block)
            lengths = rng.integers(40, 500, 100_000)
            tokens = rng.integers(5, 25, lengths.sum(), dtype=np.uint8)
            # The first 1,000 sequences of every block are much alike.
            tokens[: lengths[:1_000].sum()] = np.resize(np.arange(5, 25, dtype=np.uint8), lengths[:1_000].sum())
            writer.append(tokens.data, lengths)
        writer.finish({})
    script = f"""
from pathlib import Path
from optsweep.data.subset import ensure_subset
assert ensure_subset(Path({str(path)!r}), size=400_000).num_sequences == 400_000
"""
    seconds, peak = measure(script)
    assert seconds < 60
    assert peak < 1_500


def test_d9_a_damaged_subset_given_as_data_is_refused(source: Path) -> None:
    made = ensure_subset(source, size=500)
    content = bytearray(made.path.read_bytes())
    place = content.index(open_corpus(made.path).sequences[3].tobytes())
    content[place] = 5 if content[place] != 5 else 6
    made.path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged"):
        ensure_subset(made.path)


def test_a_pipe_is_no_output(source: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pt")
    with pytest.raises(DataError, match="is a device or a pipe"):
        ensure_subset(source, size=500, output=tmp_path / "pipe.pt")
    assert (tmp_path / "pipe.pt").is_fifo()


def test_d4_rows_of_a_list_with_other_characters_are_told(tmp_path: Path) -> None:
    letters = [random_letters(np.random.default_rng(seed), 60) for seed in range(20)]
    rows = [{"protein_seq": text} for text in [letters[0][:30] + "*" + letters[0][30:], letters[1] + "-", *letters[2:]]]
    torch.save(rows, tmp_path / "legacy.pt")
    made = ensure_subset(tmp_path / "legacy.pt")
    assert any("2 rows of legacy.pt hold other characters than letters" in note for note in made.notes)
