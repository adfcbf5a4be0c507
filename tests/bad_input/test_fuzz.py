"""Whatever a study file, a config or a pickle says: an answer or a `UserError`, soon, in little memory, nothing run.

The bytes of FASTA files and corpora are fuzzed in tests/data/test_fuzz.py.
"""

from __future__ import annotations

import contextlib
import functools
import tempfile
import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optsweep.config import TrainConfig, config_to_toml, read_config
from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.errors import ConfigError, DataError
from optsweep.planning.plan import planned_runs
from optsweep.search.sampling import RandomRuns
from optsweep.study.definition import StudyDefinition
from optsweep.study.file import parse_study
from optsweep.toml_files import read_toml, validate
from optsweep.train.sizes import relative_cost
from optsweep.trainers import trainer_of
from optsweep.trainers.builtin import BuiltinTrainer

from .corpora import FIRED, Attack, packed, row, saved
from .options import CONFIG
from .studies import RIGHT

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
MAX_MEMORY = 1 << 30

numbers = st.integers() | st.integers(min_value=-(10**30), max_value=10**30) | st.floats()
near_right = st.sampled_from(
    [0, 1, 2, 7, 8, 16, 32, 64, 10**15, 2**63 - 1, 2**63, 0.0, 0.3, 1.0, 1000.0, 5e-324, 1e308]
)
leaves = near_right | numbers | st.booleans() | st.text(max_size=20) | st.dates() | st.datetimes() | st.none()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["low", "high", "log", "choices", "x"]) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def places(table: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands in a parsed file."""
    parts = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return [place for key, part in parts for place in [(*above, key), *places(part, (*above, key))]]


def changed(table: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """A copy in which ``value`` stands at ``place``."""
    if not place:
        return value
    key, *below = place
    copy = list(table) if isinstance(table, list) else dict(table)
    copy[key] = changed(table[key], tuple(below), value)
    return copy


STUDY, TRAINING = tomllib.loads(RIGHT), tomllib.loads(CONFIG)
NUMBERS = {
    kind: [
        place for place in places(STUDY) if type(functools.reduce(lambda part, key: part[key], place, STUDY)) is kind
    ]
    for kind in (int, float)
}
gentle = st.one_of(
    st.tuples(st.sampled_from(NUMBERS[int]), st.integers(0, 100) | st.integers(0, 10**15)),
    st.tuples(st.sampled_from(NUMBERS[float]), st.floats(0, 1) | st.floats(0, 1e300)),
)
"""Changes that leave many a file right."""
mistakes = st.lists(st.tuples(st.sampled_from(places(STUDY)), values), min_size=1, max_size=3) | st.lists(
    gentle, min_size=1, max_size=3
)


def with_mistakes(table: Any, made: list[tuple[tuple[str | int, ...], Any]]) -> Any:
    for place, value in made:
        # An earlier mistake may have taken the place away.
        with contextlib.suppress(KeyError, TypeError, IndexError, ValueError):
            table = changed(table, place, value)
    return table


@quick
@given(mistakes)
def test_a_study_file_is_refused_or_can_be_planned(made: list[tuple[tuple[str | int, ...], Any]]) -> None:
    contents = with_mistakes(STUDY, made)
    with contextlib.suppress(ConfigError):
        use(parse_study(contents, "mine", "mine.toml"))


def use(definition: StudyDefinition) -> None:
    """Everything that a dry run does with a study."""
    trainer = trainer_of(definition)
    assert isinstance(trainer, BuiltinTrainer)
    for preset in definition.presets:
        relative_cost(trainer.resolve(preset.parameters, preset=preset.name, seed=0))
        trainer.full(preset.parameters, preset=preset.name, seed=0)
    assert len(planned_runs(definition, range(min(definition.num_sampled, 3)))) <= len(definition.presets) + 3
    if definition.num_sampled:
        parameters = RandomRuns(definition).parameters(0)
        trainer.resolve(parameters, preset=None, seed=0)
        trainer.full(parameters, preset=None, seed=0)
    assert StudyDefinition.model_validate_json(definition.model_dump_json()) == definition


@quick
@given(
    table=st.sampled_from(["study", "budget", "pruner", "sampler", "settings", "space", "preset"]),
    name=st.text(max_size=10),
    value=values,
)
def test_any_name_with_any_value(table: str, name: str, value: Any) -> None:
    contents = {**STUDY, table: value if name == "" else {name: value}}
    with contextlib.suppress(ConfigError):
        use(parse_study(contents, "mine", "mine.toml"))


@quick
@given(
    schema=st.sampled_from([TrainConfig, StudyDefinition]),
    contents=st.dictionaries(st.sampled_from([*STUDY, *TRAINING, "name", "presets", "provenance"]) | st.text(), values)
    | st.lists(st.tuples(st.sampled_from(places(TRAINING)), values), max_size=3).map(
        functools.partial(with_mistakes, TRAINING)
    ),
)
def test_validation_raises_nothing_but_config_errors(schema: Any, contents: Any) -> None:
    with contextlib.suppress(ConfigError):
        validate(schema, contents, "place")


@pytest.mark.parametrize(
    "value", [10**5000, functools.reduce(lambda inner, _: [inner], range(100_000), [])], ids=["digits", "depth"]
)
def test_values_that_cannot_be_written_out(value: Any) -> None:
    with pytest.raises(ConfigError, match=r"n_iters = .*too large to be shown"):
        validate(TrainConfig, {**TRAINING, "training": {**TRAINING["training"], "n_iters": value}}, "place")


pieces = st.sampled_from(
    [
        *(bytes([letter]) for letter in b"[]{}=,.\"'\n#a1-\0\xff\xc3"),
        *(b'"""', b"\\u", b"[[preset]]\n", b"[study]\n", b"seed", b"e9", b"0x", b"inf", b"nan", b"true", b"2026-01-01"),
    ]
)


@quick
@given(
    st.binary(max_size=100)
    | st.lists(pieces, max_size=40).map(b"".join)
    | st.tuples(st.integers(0, len(RIGHT)), st.integers(0, 30), st.lists(pieces, max_size=6).map(b"".join)).map(
        lambda cut: RIGHT.encode()[: cut[0]] + cut[2] + RIGHT.encode()[cut[0] + cut[1] :]
    )
)
def test_any_bytes_of_a_study_file(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        path.write_bytes(content)
        with contextlib.suppress(ConfigError):
            use(parse_study(read_toml(path), "mine", "mine.toml"))


@quick
@given(
    st.lists(st.tuples(st.sampled_from(places(TRAINING)), near_right), max_size=2), st.dictionaries(st.text(), values)
)
def test_a_config_that_is_taken_is_written_and_read_back(
    made: list[tuple[tuple[str | int, ...], Any]], provenance: dict[str, Any]
) -> None:
    try:
        config = validate(TrainConfig, with_mistakes(TRAINING, made), "place")
    except ConfigError:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(config_to_toml(config))
        assert read_config(path) == config


parts = st.recursive(
    st.sampled_from(["tensor", "text", "attack", "row"])
    | st.integers()
    | st.floats()
    | st.none()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=6,
)


def built(part: Any) -> Any:
    """The value that a part stands for: tensors, code and long texts among plain values."""
    import torch

    if isinstance(part, dict):
        return {key: built(value) for key, value in part.items()}
    if isinstance(part, list):
        return [built(value) for value in part]
    ready = {"tensor": torch.tensor([3, 5, 24]), "text": LONG_TEXT, "attack": Attack(), "row": ROW}
    return ready.get(part, part) if isinstance(part, str) else part


LONG_TEXT = "MKV" * 100_000
ROW = row()


@quick
@given(
    content=st.dictionaries(
        st.sampled_from(["tokens", "offsets", "manifest", "validation", "confirmation"]), parts
    ).map(lambda changes: ("packed", changes))
    | st.lists(
        parts | st.dictionaries(st.sampled_from(["protein_seq", "prot_tokens", "length"]), parts), max_size=4
    ).map(lambda rows: ("legacy", rows))
    | parts.map(lambda part: ("anything", part)),
    repeated=st.sampled_from([1, 1, 1, 2_000]),
    old_format=st.booleans(),
)
def test_a_pt_file_of_anything(content: tuple[str, Any], repeated: int, old_format: bool) -> None:
    kind, part = content
    value = built(part)
    if kind == "packed":
        value = packed(**value)
    elif kind == "legacy":
        value = [ROW, *[{**ROW, **row} if isinstance(row, dict) and row else row for row in value] * repeated]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        saved(lambda: value, _use_new_zipfile_serialization=not old_format)(Path("corpus.pt"))
        tracemalloc.start()
        try:
            with contextlib.suppress(DataError):
                corpus = open_corpus(Path("corpus.pt"))
                corpus.differing_rows(np.arange(corpus.num_sequences))
                verify_corpus(corpus)
            assert tracemalloc.get_traced_memory()[1] < MAX_MEMORY
        finally:
            tracemalloc.stop()
        assert not Path(FIRED).exists()
