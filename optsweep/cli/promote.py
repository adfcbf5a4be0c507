"""From a sweep's winner to the full training: its full-length config, and with --start the training and its export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from optsweep.config import TrainConfig, write_config
from optsweep.errors import EXIT_DONE, StorageError, UserError
from optsweep.planning.full_config import full_config
from optsweep.results.folders import study_directory
from optsweep.results.records import RunRecord, StudySnapshot

MODEL_FILE = "model.safetensors"


def chosen_runs(
    snapshot: StudySnapshot, *, trial: int | None = None, run: str | None = None, top: int | None = None
) -> list[RunRecord]:
    """The runs to promote: one by its trial number or id, else the best ``top``; raises a `UserError`."""
    if sum(given is not None for given in (trial, run, top)) > 1:
        raise UserError("--trial, --run and --top: give one of the three")
    if trial is not None or run is not None:
        found = [record for record in snapshot.runs if run == record.run or trial == record.trial]
        if not found:
            wanted = f"run {run!r}" if run is not None else f"trial {trial}"
            raise StorageError(
                f"study {snapshot.study!r} has no {wanted}; there: {', '.join(r.run for r in snapshot.runs)}"
            )
        if found[0].config is None:
            raise StorageError(f"run {found[0].run!r} of study {snapshot.study!r} has no parameters yet: it waits")
        return found
    best = snapshot.ranking[: top or 1]
    if not best:
        raise StorageError(f"study {snapshot.study!r} has no complete run yet; `optsweep status` shows how it stands")
    return best


def promote(
    snapshot: StudySnapshot,
    records: list[RunRecord],
    output: Path | None,
    *,
    start: bool,
    say: Callable[[str], None],
) -> int:
    """Write the full-length configs (and train the one with ``start``); returns the exit code."""
    if len(records) > 1 and (start or output is not None):
        raise UserError(f"--top {len(records)}: with --start or -o promote one run")
    folder = study_directory(snapshot.study) / "promoted"
    for record in records:
        path = output or folder / f"{record.run}.toml"
        config = full_config(snapshot, record)
        write_config(path, config)
        say(f"Wrote {path}: {config.training.n_iters:,} iterations instead of {_swept_iterations(record):,}")
        say(f"Train it: optsweep promote --name {snapshot.study} --run {record.run} --start")
        if start:
            return _train(snapshot, path, say)
    return EXIT_DONE


def _swept_iterations(record: RunRecord) -> int:
    return record.train_config.training.n_iters


def _train(snapshot: StudySnapshot, config: Path, say: Callable[[str], None]) -> int:
    """Train on the full corpus, without the held-out sequences and their relatives; then export."""
    from optsweep.cli.train import train_command

    out = config.with_suffix("")
    code = train_command(config, Path(snapshot.data["corpus"]), "auto", out)
    if code == EXIT_DONE:
        value = export_model(out, snapshot)
        say(f"Exported {out / MODEL_FILE}; on the confirmation sequences: {value:.4f} nats per residue")
    return code


def export_model(directory: Path, snapshot: StudySnapshot) -> float:
    """Write the EMA weights as safetensors and a model card beside the checkpoint.

    Returns the NELBO on the confirmation sequences, in nats per residue: nothing has been chosen by them.
    """
    import safetensors.torch

    from optsweep.data.training_data import load_training_data
    from optsweep.files import atomic_path, write_text
    from optsweep.train.checkpoint import CURRENT, load_ema
    from optsweep.train.device import resolve_device
    from optsweep.train.evaluation import score

    config, model = load_ema(directory / CURRENT, resolve_device("auto"))
    value = score(model, load_training_data(Path(snapshot.data["subset"])).confirmation, config)
    path = directory / MODEL_FILE
    with atomic_path(path) as temporary:
        safetensors.torch.save_file(model.state_dict(), temporary, metadata={"format": "pt"})
    write_text(directory / "README.md", model_card(config, snapshot, value))
    return value


def model_card(config: TrainConfig, snapshot: StudySnapshot, value: float) -> str:
    """What the weights are, how they were made, and what they were not shown."""
    model, training, origin = config.model, config.training, config.provenance
    synthetic = (
        "**Trained on synthetic sequences: of no use for real proteins.**\n\n" if snapshot.data["synthetic"] else ""
    )
    return f"""# {snapshot.study}: {origin["run"]}

{synthetic}A masked diffusion protein language model: width {model.hidden_size}, {model.n_blocks} blocks,
{model.n_heads} heads, trained for {training.n_iters:,} iterations of {training.effective_batch} sequences
({config.noise.schedule} schedule).

* Chosen by the study {snapshot.study} of {len(snapshot.runs)} runs, where it was scored
  {origin.get("value", "not at all")} nats per residue after {origin["swept_iterations"]:,} iterations on a subset.
* Trained on {origin["corpus"]}; the validation and confirmation sequences of {origin["subset"]} and
  their relatives in the corpus were left out.
* {value:.4f} nats per residue on the confirmation sequences, which had no part in any choice.
* `{MODEL_FILE}` holds the exponential moving average of the weights; `config.toml` everything that made them;
  `metrics.jsonl` the course of the training.
"""
