"""The ranking of a study as one table, the same columns in every view; a terminal shows as many as fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style

from optsweep.results import words
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.study.run_config import if_builtin
from optsweep.train.sizes import parameter_count
from optsweep.trust.ranking import Ranked
from optsweep.views.parameter_figures import varying
from optsweep.views.terminal import STATE_STYLE

Kind = Literal["always", "cost", "telling", "parameter", "rest"]
"""Which columns a terminal keeps first, if not all of them fit."""
KINDS: tuple[Kind, ...] = ("cost", "telling", "parameter", "rest")
SortKey = float | str | None
GAP = "  "
LONGEST_NAME, SHORTEST_NAME = 28, 8


@dataclass(frozen=True)
class Column:
    """One column: its head, and for each run a text and what a table is sorted by (None: nothing is known)."""

    head: str
    kind: Kind
    texts: Sequence[str]
    keys: Sequence[SortKey]
    is_number: bool = True

    @cached_property
    def width(self) -> int:
        return max(map(cell_len, (self.head, *self.texts)))


def ranking_columns(snapshot: StudySnapshot, ranking: Sequence[Ranked]) -> list[Column]:
    """What every view shows of these runs, from left to right; those of ``snapshot`` say which parameters vary."""
    runs = [one.run for one in ranking]
    seconds = [words.finite(run.seconds) or 0.0 for run in runs]
    return [
        Column("rank", "always", [one.rank or words.ABSENT for one in ranking], [_place(one) for one in ranking]),
        _words("run", "always", [words.one_line(run.run) for run in runs]),
        *_sizes(runs),
        *(_parameter(name, runs) for name in varying(snapshot.runs)),
        Column("value", "always", list(map(value_text, ranking)), [words.finite(one.value) for one in ranking]),
        *_at_equal(snapshot, ranking),
        *_seeds(ranking),
        Column(words.seconds_unit(snapshot.runs), "cost", [f"{one:,.0f}" for one in seconds], seconds),
        *(
            []
            if snapshot.data is None
            else [_numbers("sequences", "rest", [run.sequences for run in runs], words.quantity)]
        ),
        _words("state", "always", list(map(state_text, runs))),
    ]


def worker_column(runs: Sequence[RunRecord]) -> list[Column]:
    """Who trains what now; nothing if nobody does."""
    at_work = [words.one_line(run.worker or "") if run.state == "running" else "" for run in runs]
    return [_words("worker", "telling", at_work)] if any(at_work) else []


def value_text(one: Ranked) -> str:
    """ "2.8412 ± 0.0031", with as many decimals in both."""
    text = words.value_words(one.value)
    if one.interval is None or words.finite(one.value) is None:
        return text
    half = (one.interval.high - one.interval.low) / 2
    decimals = len(text.partition(".")[2])
    shown = f"{half:.{decimals}f}" if "e" not in text and half >= 10.0**-decimals else f"{half:.1g}"
    return f"{text} ± {shown}"


def state_text(run: RunRecord) -> str:
    """The state, and how far the run came if that is not the whole way."""
    return f"{run.state} {words.percent(run.progress)}" if run.state != "complete" and run.progress > 0 else run.state


def legend(ranking: Sequence[Ranked]) -> list[str]:
    """What the marks of the table mean, one line; nothing without marks."""
    seeds = {one.seeds for one in ranking if one.rank is not None}
    marks = [
        *(["= ties with the first: the difference may be chance"] if any(one.tied for one in ranking) else []),
        *(["± 95 % interval over training seeds"] if any(one.interval for one in ranking) else []),
        # Else a lucky value that is the better number and stands below would look like a mistake.
        *(["the fewer seeds a value has, the less it counts in the rank"] if len(seeds) > 1 else []),
    ]
    return ["; ".join(marks)] if marks else []


def place_words(one: Ranked, snapshot: StudySnapshot) -> str:
    """The row of one run in words: "rank 2= of 10: 2.2564 nats per residue, 77 seconds, 2,880 sequences"."""
    run, ranked = one.run, len(snapshot.ranking)
    place = "without a rank" if one.rank is None else f"rank {one.rank} of {ranked}"
    value = f"{value_text(one)} {words.one_line(snapshot.trainer.unit)}"
    seeds = [f"the mean of {one.seeds} seeds"] if one.seeds > 1 else []
    seconds = f"{words.finite(run.seconds) or 0:,.0f} {words.seconds_unit([run])}"
    sequences = [] if snapshot.data is None else [f"{run.sequences:,} sequences"]
    told = ["no value yet"] if words.finite(one.value) is None else [value, *seeds]
    return f"{place}: {', '.join([*told, seconds, *sequences])}"


def _place(one: Ranked) -> float | None:
    return None if one.rank is None else float(one.rank.rstrip("="))


def _words(head: str, kind: Kind, texts: list[str]) -> Column:
    return Column(head, kind, texts, texts, is_number=False)


def _numbers(
    head: str, kind: Kind, numbers: Sequence[float | None], text: Callable[[float | None], str] = words.value_words
) -> Column:
    return Column(head, kind, list(map(text, numbers)), [words.finite(number) for number in numbers])


def _parameter(name: str, runs: Sequence[RunRecord]) -> Column:
    values = [run.parameters.get(name) for run in runs]
    texts = [words.ABSENT if value is None else words.setting(value) for value in values]
    keys = [value if isinstance(value, int | float) else text for value, text in zip(values, texts, strict=True)]
    return Column(words.one_line(name), "parameter", texts, keys)


def _sizes(runs: Sequence[RunRecord]) -> list[Column]:
    """How many parameters each model has: only our own trainer's are known, and are told if they differ."""
    configs = [if_builtin(run.config) for run in runs]
    sizes = [None if config is None else parameter_count(config.model) for config in configs]
    return [_numbers("model size", "parameter", sizes, words.quantity)] if len(set(sizes) - {None}) > 1 else []


def _at_equal(snapshot: StudySnapshot, ranking: Sequence[Ranked]) -> list[Column]:
    """Only if lengths differ: who trained longer has an advantage that the configuration has not."""
    if all(one.at_equal is None for one in ranking):
        return []
    equal = "sequences" if snapshot.data is not None else "progress"
    return [_numbers(f"at equal {equal}", "telling", [one.at_equal for one in ranking])]


def _seeds(ranking: Sequence[Ranked]) -> list[Column]:
    seeds = [None if one.rank is None else one.seeds for one in ranking]
    return [_numbers("seeds", "telling", seeds, words.quantity)] if any(one.seeds > 1 for one in ranking) else []


@dataclass(frozen=True)
class RankingTable:
    """The columns in a terminal or pipe; what does not fit is left out, words and numbers are never cut."""

    columns: Sequence[Column]
    runs: Sequence[RunRecord]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = fitting(self.columns, options.max_width)
        widths = [_width(column) for column in shown]
        rest = options.max_width - sum(widths) - len(GAP) * (len(shown) - 1)
        if rest < 0:
            name = next(place for place, column in enumerate(shown) if column.head == "run")
            widths[name] = max(SHORTEST_NAME, widths[name] + rest)
        heads = GAP.join(_padded(column.head, width, column) for column, width in zip(shown, widths, strict=True))
        yield from (Segment(heads.rstrip(), Style(bold=True)), Segment.line())
        yield from (Segment("─" * (sum(widths) + len(GAP) * (len(shown) - 1)), Style(dim=True)), Segment.line())
        styles = {state: Style.parse(style) for state, style in STATE_STYLE.items()}
        for row, run in enumerate(self.runs):
            cells = [_padded(column.texts[row], width, column) for column, width in zip(shown, widths, strict=True)]
            for place, (cell, column) in enumerate(zip(cells, shown, strict=True)):
                last = place == len(cells) - 1
                text = cell.rstrip() if last else cell + GAP
                yield Segment(text, styles[run.state] if column.head == "state" else None)
            yield Segment.line()


def ranking_part(snapshot: StudySnapshot, ranking: Sequence[Ranked]) -> list[RenderableType]:
    """The table of these runs, and what its marks mean."""
    runs = [one.run for one in ranking]
    columns = [*ranking_columns(snapshot, ranking), *worker_column(runs)]
    return [RankingTable(columns, runs), *legend(ranking)]


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """Those that are always shown, then as many as fit: first what tells most, then parameters, then the rest."""
    taken: Collection[int] = {place for place, column in enumerate(columns) if column.kind == "always"}
    used = sum(_width(columns[place]) + len(GAP) for place in taken) - len(GAP)
    chosen = set(taken)
    for kind in KINDS:
        for place, column in enumerate(columns):
            if column.kind == kind and used + len(GAP) + _width(column) <= width:
                chosen.add(place)
                used += len(GAP) + _width(column)
    return [column for place, column in enumerate(columns) if place in chosen]


def _width(column: Column) -> int:
    return column.width if column.is_number else min(column.width, LONGEST_NAME)


def _padded(text: str, width: int, column: Column) -> str:
    if column.is_number:
        return " " * (width - cell_len(text)) + text
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
