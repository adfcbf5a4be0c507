"""Fidelity, noise, confirmation and replayed pruners as lines for the terminal and rows for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from optsweep.plain import Plain
from optsweep.results.records import COMPLETED, StudySnapshot
from optsweep.results.seeds import SeedNoise
from optsweep.results.words import counted, duration, percent, quantity, rounded_percent, value_words
from optsweep.study.run_config import if_builtin
from optsweep.trust.agreement import TOP, Agreement, Fidelity
from optsweep.trust.confirmation import Confirmation
from optsweep.trust.noise import Interval
from optsweep.trust.proxies import STANDARD_ERRORS, EqualCost
from optsweep.trust.pruning import MOST_LOST, MOST_REGRET, PEAKED_EARLY, WORKERS, PruningRisk, Replay, long_budget
from optsweep.trust.ties import Ties
from optsweep.trust.trust import Trust

if TYPE_CHECKING:
    # Views load neither the database nor optuna.
    from optsweep.planning.trained_again import RunAgain, Setting

SHOWN_WORKERS = 4


def noise_words(noise: SeedNoise | None) -> str:
    """How much the training seed alone moves a value."""
    if noise is None:
        return "seed noise: not measured"
    return (
        f"seed noise: one configuration's value has a standard deviation of {value_words(noise.deviation)} "
        f"over training seeds ({noise.configurations} configurations, {noise.repeats} runs)"
    )


def tie_words(ties: Ties | None) -> list[str]:
    """What the marks in the ranking mean; nothing if ties could not be judged."""
    if ties is None:
        return []
    tied = f"= marks a tie: of {counted(ties.count, 'run')} the difference from the best one may be chance"
    head = tied if ties.count else "No run ties with the best one"
    seeds = (
        f"a standard deviation of {ties.noise.deviation:.4f} nats between seeds"
        if ties.noise
        else "the seeds' noise, which optsweep fidelity measures, comes on top"
    )
    return [f"{head} (paired bootstrap over the validation sequences; {seeds})"]


def risk_words(risk: PruningRisk | None) -> list[str]:
    """What pruning may have cost; nothing if it cut no run."""
    if risk is None:
        return []
    parts = []
    if risk.close is not None:
        parts.append(f"{risk.close} of {risk.cut} cut runs were closer to the median than two seeds are to each other")
    if risk.completed:
        parts.append(f"{risk.entered_top} of {risk.completed} trained to their end would be among the best {TOP}")
    if not parts:
        parts = ["not measured; optsweep fidelity trains some of the cut runs to their end"]
    return [f"Risk of pruning: {'; '.join(parts)}"]


def budget_words(snapshot: StudySnapshot) -> list[str]:
    """That the budget is too long for the subset, and which would do; nothing if it is not."""
    found = long_budget(snapshot)
    if found is None:
        return []
    return [
        f"Budget too long for the subset: {found.early} of {found.runs} complete runs were best before "
        f"{rounded_percent(PEAKED_EARLY)} of it; {quantity(float(f'{found.enough:.2g}'))} sequences would do"
    ]


def fidelity_lines(found: Fidelity) -> list[str]:
    """The verdict first, then the figures that it rests on."""
    lines = [f"Fidelity to {found.setting}: {found.verdict}", f"  {len(found.runs)} runs at both settings"]
    lines += _agreement_lines("all", found.overall)
    lines += _agreement_lines("the sweep's top third", found.top_third)
    if found.ceiling is not None:
        lines.append(f"  two seeds of the larger setting would agree to {found.ceiling:.2f} over that third")
    if found.winner_in_top is not None:
        chance = rounded_percent(found.winner_in_top)
        lines.append(f"  the sweep's winner is among the true best {TOP} with probability {chance}")
    if found.regret is not None:
        lines.append(f"  picking it costs {found.regret:.4f} nats per residue")
    kept = rounded_percent(found.kept_by_better_half)
    lines.append(f"  {kept} of the larger setting's best third are in the sweep's better half")
    return lines


def _agreement_lines(which: str, found: Agreement | None) -> list[str]:
    if found is None:
        return [f"  {which}: too few runs for a rank correlation"]
    return [f"  {which} ({found.runs} runs): Spearman {found.spearman:.2f}, Kendall {found.kendall:.2f}"]


def fidelity_table(found: Fidelity) -> list[tuple[str, str, str, str, str]]:
    """(run, rank in the sweep, value there, rank at the larger setting, value there)."""
    large = sorted(found.runs, key=lambda run: run.large)
    return [
        (run.run, str(place), value_words(run.cheap), str(large.index(run) + 1), value_words(run.large))
        for place, run in enumerate(found.runs, start=1)
    ]


def confirmation_lines(found: Confirmation) -> list[str]:
    """The verdict first, then each finalist."""
    lines = [f"Confirmed: {found.verdict}"]
    for one in found.finalists:
        seeds, swept = counted(one.seeds, "seed"), f"(in the sweep {value_words(one.swept)})"
        if one.probability_of_best is None:
            lines.append(f"  {one.run}: {value_words(one.confirmed.value)} over {seeds} {swept}")
        else:
            chance = rounded_percent(one.probability_of_best)
            value, low, high = (
                value_words(number) for number in (one.confirmed.value, one.confirmed.low, one.confirmed.high)
            )
            found_value = f"{value} ({low} to {high}) over {seeds}"
            lines.append(f"  {one.run}: {found_value}, best with probability {chance} {swept}")
    return [*lines, f"  {noise_words(found.noise)}"]


def equal_cost_lines(found: EqualCost) -> list[str]:
    """The verdict first, then each number of sequences."""
    chance = "sequences and seeds" if found.noise else "sequences; the seeds' noise was not measured"
    lines = [
        f"At equal cost, against {found.setting}: {found.verdict}",
        f"  {found.runs} runs; the larger setting tells {found.told_apart} of {found.pairs} pairs apart, by more than "
        f"{STANDARD_ERRORS:g} standard errors ({chance})",
    ]
    for one in found.proxies:
        parts = []
        if one.agreement is not None:
            parts.append(f"{_shares(one.agreement)} % of those in the same order")
        if one.gain is not None:
            parts.append(f"a difference of {_shares(one.gain, '+')} points")
        if one.lower is not None:
            parts.append(f"values end {one.lower:.4f} nats lower")
        lines.append(f"  {one.setting}: {', '.join(parts) or 'what the others are compared with'}")
    if found.ceiling is not None:
        lines.append(f"  the seeds' noise would leave a perfect setting {rounded_percent(found.ceiling)}")
    return lines


def _shares(found: Interval, sign: str = "") -> str:
    """An interval of shares in per cent: "71 (52 to 90)"."""
    return format(Interval(100 * found.value, 100 * found.low, 100 * found.high), f"{sign}.0f")


def document(found: Fidelity | Confirmation | EqualCost) -> dict[str, Plain]:
    """For --json."""
    return {**asdict(found), "verdict": found.verdict}


def trust_lines(trust: Trust) -> list[str]:
    """Everything that has been measured."""
    lines = [noise_words(trust.noise), *tie_words(trust.ties), *risk_words(trust.risk)]
    for one in trust.fidelity:
        lines += ["", *fidelity_lines(one), "", *_table(fidelity_table(one))]
    for compared in trust.against:
        lines += ["", *equal_cost_lines(compared)]
    if trust.confirmation is not None:
        lines += ["", *confirmation_lines(trust.confirmation)]
    return lines


def plan_lines(again: list[RunAgain], settings: Sequence[tuple[Setting, list[RunAgain]]]) -> list[str]:
    """What `optsweep fidelity` would train, at the sweep's own setting and at others, and what that costs."""
    completed = sum(run.run.endswith(COMPLETED) for run in again)
    repeated = len(again) - completed
    lines = [
        f"At the sweep's own setting: {counted(completed, 'pruned run')} to the end, {repeated} with other seeds",
        *cost_lines(again),
    ]
    for setting, runs in settings:
        lines += [f"At {setting.words}: {len(runs)} runs", *cost_lines(runs)]
    return lines


def cost_lines(again: list[RunAgain]) -> list[str]:
    """What the runs will cost, from the speed of the same configurations in the sweep."""
    if not again:
        return []
    names = ", ".join(dict.fromkeys(run.origin.run for run in again))
    sequences = [config.total_sequences for run in again if (config := if_builtin(run.config)) is not None]
    if not sequences:
        # A script's runs are as long as they were.
        return [f"  {names}", f"  about {duration(sum(run.origin.seconds for run in again))} of device time"]
    seconds = sum(
        run.origin.seconds / max(1, run.origin.sequences) * seen for run, seen in zip(again, sequences, strict=True)
    )
    return [f"  {names}", f"  {quantity(sum(sequences))} sequences, about {duration(seconds)} of device time"]


def _table(table: list[tuple[str, str, str, str, str]]) -> list[str]:
    rows = [("run", "rank", "value", "rank there", "value there"), *table]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def advice(replays: list[Replay], choice: Replay) -> str:
    """The pruner to take, and what it saves and costs."""
    saved = ", ".join(percent(one.saved) for one in replays if one.name == choice.name)
    numbers = ", ".join(map(str, WORKERS))
    return (
        f"Recommended: {choice.name}. With {numbers} workers it saves {saved} of the time; it cuts the best sampled "
        f"run in at most {percent(MOST_LOST)} of the orders and costs at most {MOST_REGRET:g} nats on average."
    )


def replay_table(replays: list[Replay]) -> Table:
    """One row for each pruner, the one that saves most first."""
    table = Table("pruner", "saved", "cut", "best cut", "of top 3 cut", "regret", "top-3 regret", box=None)
    shown = [one for one in replays if one.workers == SHOWN_WORKERS]
    for one in sorted(shown, key=lambda one: -one.saved):
        shares = (percent(share) for share in (one.saved, one.cut, one.best_cut))
        table.add_row(one.name, *shares, f"{one.top_cut:.2f}", f"{one.regret:.5f}", f"{one.top_regret:.5f}")
    return table
