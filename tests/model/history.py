"""One history: each operation is done by its process, and what the tables say then is compared with the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import ClassVar

import sqlalchemy as sa
from hypothesis.stateful import RuleBasedStateMachine
from optuna.storages import RDBStorage

from optsweep.database.lease import LeaseLost
from optsweep.database.open_study import Study
from optsweep.database.patience import outage
from optsweep.errors import StorageError, StorageUnavailable
from tests.model.expected import Effect, Operation, State
from tests.model.faults import Fault, Stopped
from tests.model.observed import Run, left_behind, observe
from tests.model.world import Process, World, empty

NAME = "study"


class History(RuleBasedStateMachine):
    world: ClassVar[World]
    """Opened once; a history begins with an empty database."""
    plain: ClassVar[RDBStorage]
    """The database as plain Optuna opens it."""
    looking: ClassVar[sa.Connection]

    def __init__(self) -> None:
        super().__init__()
        empty(self.plain.engine)
        self.world.begin()
        self.state = State()
        self.study_id: int | None = None
        self.tokens: dict[str, str] = {}
        self.trial_ids: dict[str, int] = {}
        self.told: dict[str, tuple[float, float]] = {}
        """Run -> when its holder last told that it lives: surely, and perhaps."""
        self.cleared = True
        """Whether it was seen that nothing is left of a study that was deleted."""
        self.broken = False

    def do(
        self,
        one: Process,
        call: Callable[[], object],
        operation: Operation,
        fault: Fault | None = None,
        meanwhile: int | None = None,
        *,
        typed: bool = False,
    ) -> None:
        """Do an operation in a process and compare; one that a user ``typed`` may say that the database is away.

        While it waits for an answer that was lost, another process may do something (``meanwhile``).
        """
        self.broken = True
        effect, interrupted = operation(self.state), False

        def pause() -> None:
            nonlocal effect, interrupted
            if meanwhile is None or interrupted:
                return
            interrupted = True
            before, after = self.state, effect.state
            self._accept(effect, fully=False)
            happened = self.state != before and all(self.state.runs.get(run) == after.runs[run] for run in after.runs)
            self.meanwhile(meanwhile, one)
            self.broken = True
            effect = Effect(self.state, effect.answer) if happened else operation(self.state)

        one.engine.expect(fault)
        error, answer = None, None
        with self.world.as_seen_by(one, pause):
            try:
                answer = call()
            except Stopped:
                assert one.engine.stopped
            except AssertionError:
                raise
            except Exception as raised:
                error = raised
        one.engine.expect(None)
        stopped = one.engine.stopped
        unanswered = typed and fault is not None and fault.kind == "lost" and is_outage(error)
        if not stopped and not unanswered:
            self._compare_answers(answer, error, effect, exactly=not interrupted and not effect.either)
        self._accept(effect, fully=not stopped and not unanswered)
        if isinstance(error, LeaseLost):
            one.lease = None
        if stopped or (fault is not None and fault.kind == "stop"):
            self.world.restart(one.place)
        self.broken = False

    def _compare_answers(self, answer: object, error: Exception | None, effect: Effect, *, exactly: bool) -> None:
        if self.study_id is None and effect.error is LeaseLost:
            # Who holds a run of a study that was deleted may be told at once, or only when it is planned anew.
            assert error is None or isinstance(error, LeaseLost | StorageError), repr(error)
        elif error is not None:
            if effect.error is None or not isinstance(error, effect.error):
                raise AssertionError(f"unexpected {error!r}") from error
        else:
            assert effect.error is None, f"returned {answer!r}, not {effect.error}"
            assert not exactly or answer == effect.answer, f"the answer is {answer!r}, not {effect.answer!r}"

    def _accept(self, effect: Effect, *, fully: bool) -> None:
        """Take over what the tables say, if each run is as after the operation, or ``not fully`` done, as before it."""
        seen = observe(self.looking, NAME)
        before, after = self.state, effect.state
        wrong = list(seen.problems)
        if seen.target not in ({after.target} if fully else {before.target, after.target}):
            wrong.append(f"the target is {seen.target}, not {after.target}")
        for run in dict.fromkeys([*before.runs, *after.runs, *seen.runs]):
            options = [after.runs.get(run)]
            if not fully or run in effect.either:
                options += [state.runs.get(run) for state in (before, *effect.stages)]
            if (now := seen.runs.get(run)) not in options:
                wrong.append(f"{run} {' or '.join(dict.fromkeys(difference(now, option) for option in options))}")
        assert not wrong, "\n".join(wrong)
        for run, row in seen.runs.items():
            if row.holder is not None and (run not in before.runs or before.runs[run].holder != row.holder):
                self.told[run] = (self.world.clock, self.world.clock)
        self.state, self.study_id = State(seen.target, seen.runs), seen.study_id
        self.tokens, self.trial_ids = dict(seen.tokens), dict(seen.trial_ids)
        if seen.target is not None and not self.cleared:
            assert not (left := left_behind(self.looking, seen.study_id)), f"of a deleted study there are left: {left}"
            self.cleared = True

    def meanwhile(self, pick: int, waiting: Process) -> None:
        """What another process does while one waits for a database that is away."""
        raise NotImplementedError

    def study(self, one: Process) -> Study:
        return self.world.study(one, NAME)


def is_outage(error: Exception | None) -> bool:
    if isinstance(error, StorageUnavailable):
        return True
    return error is not None and outage(error) is not None


def difference(now: Run | None, wanted: Run | None) -> str:
    if now is None or wanted is None:
        return "is there" if now is not None else "is not there"
    changed = [field.name for field in fields(Run) if getattr(now, field.name) != getattr(wanted, field.name)]
    return "has " + ", ".join(f"{name} {getattr(now, name)!r}, not {getattr(wanted, name)!r}" for name in changed)
