"""What a new study file means by leaving a key out; stored studies mean by it what was before there was the key."""

from __future__ import annotations

from collections.abc import Mapping

from optsweep.study.builtin.hyperparameters import ADDED_LATER, HYPERPARAMETERS, STAND_INS
from optsweep.study.script.flags import doubled
from optsweep.study.script.metrics_table import completed_metrics
from optsweep.toml_files import Table

YOUNGER: Mapping[str, Table] = {"settings": {"patience": True}, "evaluation": {"draws": "auto"}}
"""What a file means that does not say; studies that began before there were these keys mean the models' defaults."""


def completed(contents: Table) -> Table:
    """The contents of a study file, with what it means by not saying it."""
    study = contents.get("study", {})
    if isinstance(study, dict):
        contents = {**contents, "study": {"repeats": "auto", **study}}
    trainer = contents.get("trainer")
    if isinstance(trainer, dict):
        trainer = _completed_flags(trainer)
        if isinstance(metrics := trainer.get("metrics"), dict):
            trainer = {**trainer, "metrics": completed_metrics(metrics)}
        contents = {**contents, "trainer": trainer}
    return contents


def _completed_flags(trainer: Table) -> Table:
    """With ``flags``, which older files have as ``flag``."""
    flags, flag = trainer.get("flags", {}), trainer.get("flag")
    if isinstance(flag, str) and isinstance(flags, dict) and "form" not in flags:
        flags = {**flags, "form": doubled(flag)}
        trainer = {key: value for key, value in trainer.items() if key != "flag"}
    return {**trainer, "flags": flags}


def completed_for_builtin(contents: Table) -> Table:
    """The same of a file whose study is of the built-in trainer."""
    contents = completed(contents)
    for section, younger in YOUNGER.items():
        if isinstance(given := contents.get(section, {}), dict):
            contents = {**contents, section: {**younger, **given}}
    space, presets = contents.get("space", {}), contents.get("presets")
    if isinstance(space, dict):
        usual = {name: one.usual.model_dump() for name, one in ADDED_LATER.items()}
        # Presets name what a stand-in would be found from: an older file, which goes on to search that.
        named = [] if not presets else [one for one in STAND_INS.values() if space.keys().isdisjoint(one.pair)]
        usual |= {one.stands_for: HYPERPARAMETERS[one.stands_for].usual.model_dump() for one in named}
        contents = {**contents, "space": {**usual, **space}}
    if isinstance(presets, list):
        before = {name: one.before for name, one in ADDED_LATER.items() if one.before is not None}
        contents = {**contents, "presets": [{**before, **one} if isinstance(one, dict) else one for one in presets]}
    return contents
