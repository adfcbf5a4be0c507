"""A claimed run before it trains: its parameters drawn, its config resolved, both stored."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass
from importlib.metadata import version

import optuna
from optuna.trial import FrozenTrial

from optsweep.config import write_config
from optsweep.database.lease import Lease
from optsweep.database.open_study import Study
from optsweep.database.patience import patiently
from optsweep.database.snapshot import read_run
from optsweep.errors import ConfigError
from optsweep.results.attributes import NEVER_CUT, RunIdentity, StudyData, seed_number
from optsweep.results.folders import RunDirectory
from optsweep.results.records import RunRecord
from optsweep.results.words import start_lines
from optsweep.search.sampling import Sampler, distributions_for
from optsweep.study.commands import as_agreed
from optsweep.study.run_config import RunConfig, read_run_config, with_seed
from optsweep.study.scalar import Scalar
from optsweep.study.script.config import ScriptConfig
from optsweep.toml_files import read_toml

_version = functools.cache(version)


@dataclass(frozen=True)
class PreparedRun:
    lease: Lease
    trial: FrozenTrial
    config: RunConfig
    directory: RunDirectory
    prunable: bool
    """Presets and repeats are never cut (invariant 8)."""


def set_aside(study: Study, lease: Lease) -> None:
    """Move the run's folder away if it is of another trial, which had other settings: the study has begun anew.

    Raises `StudyGone` if it did so while this process knew the old ones.
    """
    study.attributes()
    trial, directory = study.trial(lease.trial_id), RunDirectory.of(study.name, lease.run)
    if RunIdentity.read(trial.user_attrs).config or not directory.config.exists():
        return
    with contextlib.suppress(ConfigError):
        provenance = read_toml(directory.config).get("provenance")
        earlier = provenance.get("trial") if isinstance(provenance, dict) else None
        if earlier not in (None, trial.number):
            directory.path.rename(directory.path.with_name(f"{lease.run}.of-trial-{earlier}-{int(time.time())}"))


class Preparer:
    """Prepares the runs that one worker claims."""

    def __init__(self, study: Study, optuna_study: optuna.Study, worker: str, threads: int) -> None:
        self._study, self._optuna_study = study, optuna_study
        self._worker, self._threads = worker, threads
        self._sampler = Sampler(study.definition)
        # As it was compared with what the user has agreed to.
        self._definition = study.definition

    def prepare(self, lease: Lease) -> PreparedRun:
        """Fix everything about a claimed run; what an earlier attempt fixed stays as it was."""
        study = self._study
        trial = study.trial(lease.trial_id)
        identity = RunIdentity.read(trial.user_attrs)
        stored = read_run_config(identity.config, lease.run) if identity.config else None
        if stored is None and identity.repeat_of is not None:
            config = self._with_seed(trial, identity, identity.repeat_of)
        elif stored is None:
            config = self._resolve(trial, identity, self._draw(lease, trial, identity))
        else:
            # A linked run comes with its config, but only its worker knows how many threads it has.
            config = study.trainer.with_threads(stored, self._threads)
        config = as_agreed(self._definition, config, lease.run)
        if config != stored:
            study.queue.set_attribute(lease, "config", config.model_dump(mode="json"))
        directory = RunDirectory.of(study.name, lease.run)
        # On another host, without a shared folder, a run begins anew.
        was_here = directory.config.exists()
        # The environment of a script may hold what is secret.
        write_config(directory.config, config, private=isinstance(config, ScriptConfig) and bool(config.trainer.env))
        record = RunRecord(
            run=lease.run,
            trial=trial.number,
            source=identity.source,
            preset=identity.preset,
            index=identity.index,
            repeat_of=identity.repeat_of,
            state="running",
            worker=self._worker,
            attempts=lease.attempt,
            progress=1.0 if trial.intermediate_values and was_here else 0.0,
            stored_config=config.model_dump(mode="json"),
        )
        for line in start_lines(record, study.data, study.trainer):
            print(line, flush=True)
        return PreparedRun(lease, study.trial(lease.trial_id), config, directory, identity.source not in NEVER_CUT)

    def _draw(self, lease: Lease, trial: FrozenTrial, identity: RunIdentity) -> dict[str, Scalar]:
        study, definition, source = self._study, self._study.definition, identity.source
        sampled = source in ("random", "tpe")
        index = identity.index - len(definition.presets) if sampled else identity.index
        draw, fixed = self._sampler.draw, identity.fixed
        parameters = patiently(draw, self._optuna_study, trial, source=source, fixed=fixed, index=index)
        drawn = {
            name: (distribution.to_internal_repr(parameters[name]), distribution)
            for name, distribution in distributions_for(definition, parameters).items()
            if name not in trial.params
        }
        study.queue.set_parameters(lease, drawn)
        stored = study.trial(trial._trial_id).params
        assert stored == parameters, f"{identity.run} was to have {parameters}, the database has {stored}"
        if source == "tpe" and self._sampler.is_random_start(parameters, index):
            study.queue.set_attribute(lease, "random_start", True)
        return parameters

    def _with_seed(self, trial: FrozenTrial, identity: RunIdentity, first: str) -> RunConfig:
        """The config of the configuration's first seed, with the seed of this one."""
        origin = read_run(self._study, first)
        assert origin.config is not None, "what has no config is not repeated"
        seed = self._study.definition.seed_for(origin.index, "repeat", seed_number(identity.run))
        provenance = {"study": self._study.name, "run": identity.run, "trial": trial.number, "repeat_of": first}
        config = with_seed(origin.config, seed)
        return config.model_copy(update={"provenance": {**config.provenance, **provenance}})

    def _resolve(self, trial: FrozenTrial, identity: RunIdentity, parameters: dict[str, Scalar]) -> RunConfig:
        study, trainer, preset = self._study, self._study.trainer, identity.preset
        seed = study.definition.seed_for(identity.index)
        # A user may have given what follows from a parameter in place of that.
        config = trainer.resolve({**identity.fixed, **parameters}, preset=preset, seed=seed, threads=self._threads)
        provenance = {
            "study": study.name,
            "run": identity.run,
            "source": identity.source,
            "trial": trial.number,
            **_trained_on(study.data),
            "optsweep": _version("optsweep"),
            **config.provenance,
        }
        return config.model_copy(update={"provenance": provenance})


def _trained_on(data: StudyData | None) -> dict[str, str]:
    """What a run's provenance says of its data; nothing if there is none."""
    if data is None:
        return {}
    return {"subset": data.subset} | ({} if data.trains_on is None else {"corpus": data.trains_on})
