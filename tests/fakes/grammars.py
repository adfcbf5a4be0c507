"""The command lines that training scripts have, by the parsers they have: what each makes of its words."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any


def of_argparse(words: list[str]) -> dict[str, Any]:
    """Types, choices, switches, --no-x, lists of words, flags that repeat."""
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--width", type=int)
    parser.add_argument("--title", type=str)
    parser.add_argument("--weight-decay", type=float)
    parser.add_argument("--kind", choices=["lstm", "gru"])
    parser.add_argument("--bias", action="store_true")
    parser.add_argument("--no-accel", action="store_true")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction)
    parser.add_argument("--betas", type=float, nargs="+")
    parser.add_argument("--tags", type=str, nargs="+")
    parser.add_argument("--layer", type=int, action="append")
    parser.add_argument("--clip", type=float, default=7.0)
    return vars(parser.parse_args(words))


class Model:
    def __init__(
        self,
        lr: float = 0.0,
        width: int = 0,
        title: str = "",
        bias: bool = False,
        betas: list[float] | None = None,
        tags: list[str] | None = None,
        clip: float | None = 7.0,
    ) -> None:
        pass


def of_jsonargparse(words: list[str]) -> dict[str, Any]:
    """As the Lightning CLI has it: dotted names, values as YAML."""
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(Model, "model")
    parser.add_argument("--trainer.max_epochs", type=int)
    return dict(parser.parse_args(words).as_flat().__dict__)


def of_absl(words: list[str]) -> dict[str, Any]:
    """--flag=value, --bias and --nobias, lists with commas, flags that repeat."""
    from absl import flags

    values = flags.FlagValues()
    flags.DEFINE_float("lr", None, "", flag_values=values)
    flags.DEFINE_integer("width", None, "", flag_values=values)
    flags.DEFINE_string("title", None, "", flag_values=values)
    flags.DEFINE_bool("bias", None, "", flag_values=values)
    flags.DEFINE_bool("amp", None, "", flag_values=values)
    flags.DEFINE_list("tags", None, "", flag_values=values)
    flags.DEFINE_multi_float("betas", None, "", flag_values=values)
    flags.DEFINE_enum("kind", None, ["lstm", "gru"], "", flag_values=values)
    flags.DEFINE_float("clip", 7.0, "", flag_values=values)
    assert values(["train.py", *words]) == ["train.py"]
    return values.flag_values_dict()


def of_click(words: list[str]) -> dict[str, Any]:
    """--bias/--no-bias, switches, flags that repeat, a fixed number of words."""
    import click

    @click.command()
    @click.option("--lr", type=float)
    @click.option("--width", type=int)
    @click.option("--title", type=str)
    @click.option("--weight-decay", type=float)
    @click.option("--bias/--no-bias", default=None)
    @click.option("--fast", is_flag=True)
    @click.option("--betas", type=float, nargs=2)
    @click.option("--tag", type=str, multiple=True)
    @click.option("--clip", type=float, default=7.0)
    def main(**values: object) -> dict[str, object]:
        return values

    return dict(main.main(words, "train.py", standalone_mode=False))


@dataclasses.dataclass
class Inner:
    width: int = 0
    bias: bool = True


@dataclasses.dataclass
class Config:
    lr: float
    title: str
    weight_decay: float
    betas: tuple[float, ...]
    tags: list[str]
    clip: float | None = 7.0
    amp: bool = False
    model: Inner = dataclasses.field(default_factory=Inner)


def of_tyro(words: list[str]) -> dict[str, Any]:
    """Nested dataclasses, dashes, --model.bias and --model.no-bias, lists of words, None as a word."""
    import tyro

    found = dataclasses.asdict(tyro.cli(Config, args=words))
    return {**found, **{f"model.{name}": value for name, value in found.pop("model").items()}}


def of_fire(words: list[str]) -> dict[str, Any]:
    """Every value is read as Python would, and is a text where it cannot be."""
    import fire

    found: dict[str, Any] = {}

    def main(clip: object = 7.0, **values: object) -> None:
        found.update(values, clip=clip)

    fire.Fire(main, command=words)
    return found


HYDRA_CONFIG = """
lr: 0.1
width: 1
title: plain
bias: true
betas: [0.9, 0.999]
tags: [dev]
clip: 7.0
optim: {name: adam, lr: 0.1}
callbacks: {progress_bar: {rich: true}, early_stopping: {patience: 3}}
"""


def of_hydra(words: list[str], folder: Path) -> dict[str, Any]:
    """name=value, +new=value, ~removed, lists in brackets, null; its config with dots for tables."""
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    (folder / "config.yaml").write_text(HYDRA_CONFIG)
    with initialize_config_dir(str(folder), version_base="1.3"):
        found = OmegaConf.to_container(compose("config", words))
    assert isinstance(found, dict)
    return dict(_flat(found))


def _flat(table: dict[Any, Any], above: str = "") -> list[tuple[str, Any]]:
    pairs = []
    for name, value in table.items():
        pairs += _flat(value, f"{above}{name}.") if isinstance(value, dict) and value else [(f"{above}{name}", value)]
    return pairs


Grammar = Callable[[list[str]], dict[str, Any]]
GRAMMARS: dict[str, Grammar] = {
    "argparse": of_argparse,
    "jsonargparse": of_jsonargparse,
    "absl": of_absl,
    "click": of_click,
    "tyro": of_tyro,
    "fire": of_fire,
}
