"""What the study of a script demands of each run: its constraints, and formulas that can be worked out."""

from __future__ import annotations

from collections import Counter

from optsweep.errors import did_you_mean
from optsweep.study.scalar import Parameters
from optsweep.study.script.derived import derived_values
from optsweep.study.script.formula import Formula
from optsweep.study.script.space import ScriptSpace
from optsweep.study.script.trainer_table import TrainerSection

TRIED = 1000
"""Random draws that are tried when a study is planned."""


def refusals(space: ScriptSpace, trainer: TrainerSection, parameters: Parameters) -> list[str]:
    """Why no run may have these parameters; a constraint on what the run does not have is met."""
    found = space.broken_conditions(parameters)
    none = space.none(parameters)
    try:
        # Nothing can be derived from what is none.
        numbers = {**trainer.fixed, **{name: value for name, value in parameters.items() if name not in none}}
        known = {**trainer.fixed, **parameters, **derived_values(trainer.derive, numbers)}
    except ValueError as error:
        return [*found, str(error)]
    for text in trainer.constraints:
        constraint = Formula.read(text)
        try:
            if constraint.names <= known.keys() and not constraint.value(known):
                values = ", ".join(f"{name} = {known[name]}" for name in sorted(constraint.names))
                found.append(f"trainer.constraints: {text} is false ({values})")
        except ValueError as error:
            # "clip < 1" says nothing about none; "clip != 'none'" does.
            found += [] if constraint.names & set(none) else [f"trainer.constraints: {error}"]
    return found


def constraint_mistakes(space: ScriptSpace, trainer: TrainerSection) -> list[str]:
    """Constraints of names that there are not, or that no run meets."""
    known = [*space.names(), *trainer.fixed, *trainer.derive]
    found = []
    for text in trainer.constraints:
        constraint = Formula.read(text)
        for name in sorted(constraint.names - set(known)):
            found.append(f"trainer.constraints: {text}: {name} is no parameter{did_you_mean(name, known)}")
        if not constraint.names:
            found.append(f"trainer.constraints: {text}: names no parameter")
        found += [f"trainer.constraints: {text}: {mistake}" for mistake in space.never(constraint)]
    return found


def hopeless(space: ScriptSpace, trainer: TrainerSection, given: Parameters) -> list[str]:
    """Whether no random draw of many may be trained, and what refuses most of them."""
    reasons: Counter[str] = Counter()
    generators = space.generators("planning")
    for _ in range(TRIED if trainer.constraints or trainer.derive or space.conditional else 0):
        drawn = space.rounded(space.draw(generators, given), "width", given)
        if not (refused := refusals(space, trainer, drawn)):
            return []
        reasons[without_values(refused[0])] += 1
    return [f"{reason}: no random run of {TRIED} may be trained" for reason, _ in reasons.most_common(1)]


def without_values(refusal: str) -> str:
    """Which formula refused a run, without the values of the run."""
    return refusal.rpartition(" (")[0] if refusal.endswith(")") and " (" in refusal else refusal
