"""The command line: parse, choose, call; no logic, and no slow import before it is known what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.exceptions import Abort, TyperException

from optsweep.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, StorageUnavailable, UserError
from optsweep.files import disk_is_full

if TYPE_CHECKING:
    from optsweep.sweep.records import StudySnapshot
    from optsweep.sweep.study import Study

EPILOG = """Examples:

  optsweep sweep                                    the demo, without data and GPU

  optsweep sweep --gpus 0,1,2,3 --data corpus.pt    presets and TPE on four GPUs; the same command resumes

  optsweep sweep --type random --trials 12 --dry-run

  optsweep status --json;  optsweep best --toml > best.toml;  optsweep train best.toml --data corpus.pt
"""

app = typer.Typer(
    help="Resumable hyperparameter sweeps for protein language models.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(help="Make and look at corpora and subsets.", rich_markup_mode=None)
app.add_typer(data_app, name="data")

StudyType = Literal["predefined", "random", "tpe"]
PrunerKind = Literal["median", "percentile", "halving", "none"]
ExportFormat = Literal["csv", "json", "parquet"]
Name = Annotated[str | None, typer.Option(help="The study's name (default: the one last worked on).")]
StorageOption = Annotated[
    str | None,
    typer.Option(help="Database URL (default: $OPTSWEEP_STORAGE, else sqlite:///studies/optsweep.db)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Gpus = Annotated[str | None, typer.Option(help="GPUs: 0,1,2,3 or UUIDs.")]
CpuWorkers = Annotated[int | None, typer.Option(help="Workers without a GPU.")]
NoLaunch = Annotated[bool, typer.Option("--no-launch", help="Plan only.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, store nothing.")]


@data_app.command("import")
def data_import(
    fasta: Annotated[list[Path], typer.Argument(help="FASTA files, plain or gzip.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The corpus to write.")],
) -> None:
    """Read FASTA files into a packed corpus."""
    from rich.console import Console

    from optsweep.data.fasta import import_fasta
    from optsweep.report.data import import_lines, import_progress

    console = Console(highlight=False, soft_wrap=True)
    with import_progress(console) as on_progress:
        report = import_fasta(fasta, output, on_progress)
    for line in import_lines(report, output):
        console.print(line)


@data_app.command("demo")
def data_demo(
    output: Annotated[Path, typer.Option("-o", "--output")] = Path("data/demo.pt"),
    sequences: Annotated[int, typer.Option("-n", min=1, help="Number of sequences.")] = 12_000,
) -> None:
    """Make the synthetic demo corpus."""
    from optsweep.data.demo import make_demo

    typer.echo(f"Made {make_demo(output, sequences)}: {sequences} synthetic sequences")


@data_app.command("subset")
def data_subset(
    file: Path,
    size: Annotated[int, typer.Option("-n", min=1, help="Number of sequences.")] = 10_000,
    seed: int = 42,
    output: Annotated[Path | None, typer.Option("-o", "--output")] = None,
) -> None:
    """Make the subset of a corpus, with its validation and confirmation split."""
    from optsweep.data.subset import ensure_subset
    from optsweep.report.data import subset_lines

    for line in subset_lines(ensure_subset(file, size=size, seed=seed, output=output)):
        typer.echo(line)


@data_app.command("info")
def data_info(
    file: Path,
    as_json: AsJson = False,
    verify: Annotated[bool, typer.Option(help="Check every token.")] = False,
) -> None:
    """Tell what a corpus or subset holds."""
    from optsweep.data.corpus import open_corpus, verify_corpus
    from optsweep.data.info import describe_corpus, validation_match_share
    from optsweep.report.data import info_lines

    if verify:
        verify_corpus(open_corpus(file))
    document = describe_corpus(file)
    if as_json:
        _print_json(document)
    else:
        for line in info_lines(document, validation_match_share(open_corpus(file))):
            typer.echo(line)


@app.command()
def sweep(
    context: typer.Context,
    study: Annotated[str | None, typer.Argument(help="A study file, or the name of a shipped one.")] = None,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    type: Annotated[StudyType | None, typer.Option(help="What follows the presets.")] = None,
    trials: Annotated[int | None, typer.Option("--trials", "--num-random", help="Sampled runs.")] = None,
    data: Annotated[Path | None, typer.Option(help="FASTA[.gz] or .pt.")] = None,
    seed: int | None = None,
    pruner: Annotated[PrunerKind | None, typer.Option(help="What cuts poor runs.")] = None,
    max_gpu_hours: float | None = None,
    deadline: Annotated[str | None, typer.Option(help="36h, 90m or 2026-11-23T08:00.")] = None,
    retry_failed: bool = False,
    fork: Annotated[
        str | None, typer.Option(metavar="NAME", help="New study NAME, with the finished runs that hold in it too.")
    ] = None,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="With --dry-run: time every preset on this machine.")
    ] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Plan a study, run it, resume it: the same command goes on where it was stopped."""
    from optsweep.report.sweeping import sweep as run_sweep
    from optsweep.sweep.session import SweepRequest

    options: dict[str, Any] = {
        key: value for key, value in context.params.items() if key not in ("no_launch", "dry_run", "measure", "as_json")
    }
    code = run_sweep(
        SweepRequest(**options),
        preview_only=dry_run,
        timed=measure,
        launch=not no_launch,
        as_json=as_json,
        command=_command_line(),
    )
    raise typer.Exit(code)


@app.command()
def worker(
    gpu: Annotated[str | None, typer.Option(help="One GPU: index or UUID (default: the first, else the CPU).")] = None,
    data: Annotated[
        Path | None, typer.Option(help="The corpus or subset on this host (default: where it lies, else a copy).")
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Join a planned or running study with one worker, from any host that reaches its database."""
    from optsweep.report.joining import join

    raise typer.Exit(join(_study(name, storage), gpu, data))


@app.command()
def submit(
    nodes: Annotated[int, typer.Option(min=1, help="So many nodes.")] = 1,
    gpus_per_node: Annotated[int, typer.Option(min=0, help="GPUs of each; 0: one worker on the CPU.")] = 1,
    time: Annotated[str, typer.Option(help="Time limit: 36h, 90m or 1-12:00:00; the jobs come back.")] = "24h",
    partition: Annotated[str | None, typer.Option(help="SLURM's partition (default: SLURM's).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the sbatch script, submit nothing.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Start workers of a planned study as a job of SLURM, one for each GPU."""
    from optsweep.report.joining import submit as submit_job
    from optsweep.sweep.slurm import Allocation, parse_time, script

    minutes = parse_time(time)
    allocation = Allocation(nodes=nodes, gpus_per_node=gpus_per_node, minutes=minutes, partition=partition)
    study = _study(name, storage)
    if dry_run:
        typer.echo(script(study.name, allocation), nl=False)
    else:
        typer.echo(f"Submitted job {submit_job(study, allocation)} for study {study.name}")


@app.command()
def status(
    watch: Annotated[bool, typer.Option("--watch", help="Stay and show the live view.")] = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Show how a study stands."""
    from optsweep.report.live import watch as watch_study
    from optsweep.report.status import status_document, status_table
    from optsweep.report.terminal import show
    from optsweep.sweep.snapshot import read_snapshot

    study = _study(name, storage)
    if as_json:
        _print_json(status_document(read_snapshot(study)))
    elif watch:
        watch_study(lambda: read_snapshot(study))
    else:
        show(status_table(read_snapshot(study)))


@app.command()
def best(
    top: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    as_json: AsJson = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="The best run's config, as `train` reads it.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Show the best configurations."""
    from optsweep.report.best import best_document, best_table, best_toml
    from optsweep.report.terminal import show

    snapshot = _snapshot(name, storage)
    if as_json:
        _print_json(best_document(snapshot, top))
    elif as_toml:
        typer.echo(best_toml(snapshot), nl=False)
    else:
        show(best_table(snapshot, top))


@app.command()
def stop(
    drain: Annotated[bool, typer.Option("--drain", help="Let running runs end first.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Stop all workers of a study on all hosts; the same sweep command goes on later."""
    from optsweep.sweep.limits import stop as stop_study
    from optsweep.sweep.slurm import cancel_waiting

    study = _study(name, storage)
    stop_study(study, drain=drain)
    how = "runs in training end first" if drain else "runs in training write a checkpoint and go back to the queue"
    typer.echo(f"Study {study.name} is stopping: {how}")
    if jobs := cancel_waiting(study):
        typer.echo(f"Jobs of SLURM that end with it: {', '.join(jobs)}")


@app.command()
def enqueue(
    parameters: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Such as lr=1e-4 n_blocks=8.")],
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Queue a configuration of your own; what is not given is sampled."""
    from optsweep.sweep.commands import enqueue_assignments

    study = _study(name, storage)
    typer.echo(f"Queued {enqueue_assignments(study, parameters)} in study {study.name}")


@app.command()
def skip(run: str, name: Name = None, storage: StorageOption = None) -> None:
    """Leave a run out, or end it where it stands."""
    from optsweep.sweep.commands import skip_run

    typer.echo(skip_run(_study(name, storage), run))


@app.command()
def retry(
    runs: Annotated[list[str] | None, typer.Argument(metavar="[RUN...]")] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Queue failed runs again (all, or those named)."""
    from optsweep.sweep.planning import retry_failed

    study = _study(name, storage)
    again = retry_failed(study.storage, study.name, runs or None)
    typer.echo(f"Queued again: {', '.join(again)}" if again else "No run has failed")


@app.command()
def doctor(name: Name = None, storage: StorageOption = None) -> None:
    """Check a study and this machine; hand back the runs of dead workers."""
    from optsweep.sweep.commands import examine

    for line in examine(_study(name, storage)):
        typer.echo(line)


@app.command()
def train(
    config: Path,
    data: Annotated[Path, typer.Option(help="A corpus or subset.")],
    device: str = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Directory for checkpoint and metrics (default: a folder beside the config).")
    ] = None,
) -> None:
    """Train one model from a config file; the same command goes on from its checkpoint."""
    from optsweep.report.training import train_command

    raise typer.Exit(train_command(config, data, device, out))


@app.command()
def report(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder to write (default: studies/STUDY/report).")
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="Write every figure as a picture too.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write the study as one HTML file that needs no network."""
    from optsweep.report.fidelity.measured import measure
    from optsweep.report.html import write_report
    from optsweep.report.pictures import require_kaleido, write_pictures
    from optsweep.sweep.runs import study_directory
    from optsweep.sweep.snapshot import read_snapshot

    if png:
        require_kaleido()
    study = _study(name, storage)
    snapshot = read_snapshot(study)
    folder = output or study_directory(snapshot.study) / "report"
    typer.echo(f"Report: {write_report(snapshot, folder, measure(study, snapshot))}")
    for picture in write_pictures(snapshot, folder) if png else ():
        typer.echo(f"Picture: {picture}")


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="Of the table of runs.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write (default: standard output).")
    ] = None,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write one row per run for other tools; JSON also holds curves and configs."""
    from optsweep.report.export import export as export_study
    from optsweep.report.export import write_export

    snapshot = _snapshot(name, storage)
    if output is None:
        sys.stdout.buffer.write(export_study(snapshot, format))
    else:
        typer.echo(f"Exported {len(snapshot.runs)} runs: {write_export(snapshot, format, output)}")


@app.command()
def promote(
    trial: Annotated[int | None, typer.Option(help="Optuna's number of the run's trial.")] = None,
    run: Annotated[str | None, typer.Option(help="The run's id.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="The best so many (default: the best one).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The config to write.")] = None,
    start: Annotated[bool, typer.Option("--start", help="Train it, or go on; then export the weights.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Write the full-length training config of the winner."""
    from optsweep.report.promote import chosen_runs
    from optsweep.report.promote import promote as promote_runs

    snapshot = _snapshot(name, storage)
    chosen = chosen_runs(snapshot, trial=trial, run=run, top=top)
    raise typer.Exit(promote_runs(snapshot, chosen, output, start=start, say=typer.echo))


@app.command()
def fidelity(
    runs: Annotated[int, typer.Option(min=4, help="So many finished runs, denser at the top of the ranking.")] = 20,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Seeds of each of the five best, for the noise.")] = 3,
    length: Annotated[
        str, typer.Option(metavar="FACTOR|full", help="Times the sweep's length, or the full length.")
    ] = "full",
    sequences: Annotated[int | None, typer.Option(min=1, help="Sequences to train on (default: the corpus).")] = None,
    pruners: Annotated[
        bool, typer.Option("--pruner", help="Replay pruners over the study's complete curves; trains nothing.")
    ] = False,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Measure how far the sweep's ranking holds for longer training on more data."""
    from optsweep.report.fidelity.choose import Setting, factor
    from optsweep.report.fidelity.command import Workers, run_fidelity
    from optsweep.report.fidelity.replay_command import tell_replay

    study = _study(name, storage)
    if pruners:
        raise typer.Exit(tell_replay(study, as_json=as_json))
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    setting = Setting(factor(length), sequences)
    code = run_fidelity(study, setting, runs=runs, seeds=seeds, workers=None if dry_run else workers)
    raise typer.Exit(code)


@app.command()
def confirm(
    top: Annotated[int, typer.Option(min=1, help="So many of the best.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Fresh seeds of each.")] = 3,
    gpus: Gpus = None,
    cpu_workers: CpuWorkers = None,
    workers_per_gpu: int = 1,
    no_launch: NoLaunch = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Train the finalists with fresh seeds and score them on sequences that nothing has looked at."""
    from optsweep.report.fidelity.command import Workers, run_confirm

    study = _study(name, storage)
    workers = Workers(gpus, cpu_workers, workers_per_gpu, launch=not no_launch, as_json=as_json)
    code = run_confirm(study, top=top, seeds=seeds, workers=None if dry_run else workers)
    raise typer.Exit(code)


@app.command()
def sample(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint.pt, or the folder of a run.")],
    count: Annotated[int, typer.Option("-n", min=1, max=1_000_000, help="Number of proteins.")] = 10,
    data: Annotated[Path | None, typer.Option(help="What it was trained on (default: as its config says).")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="FASTA file (default: standard output).")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=10_000, help="Steps from all masked to none.")] = 64,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 0,
    device: str = "auto",
) -> None:
    """Generate proteins with a trained model and tell how they compare with the training sequences."""
    from optsweep.report.samples import sample as write_samples

    write_samples(checkpoint, count, data=data, output=output, steps=steps, seed=seed, device=device)


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    host: str = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Serve a copy of this moment.")] = False,
    name: Name = None,
    storage: StorageOption = None,
) -> None:
    """Serve optuna-dashboard for the study's database."""
    from optsweep.sweep.dashboard import serve

    serve(_study(name, storage), host, port, typer.echo, read_only=read_only)


def _study(name: str | None, storage: str | None) -> Study:
    from optsweep.sweep.choice import last_study, study_name
    from optsweep.sweep.storage import nothing_yet, open_storage, storage_url
    from optsweep.sweep.study import open_study, study_names

    url = storage_url(storage)
    opened = open_storage(url)
    if name is None:
        name = last_study() or next(reversed(study_names(opened)), None)
    if name is None:
        raise nothing_yet(url)
    return open_study(opened, study_name(name, "", None))


def _snapshot(name: str | None, storage: str | None) -> StudySnapshot:
    from optsweep.sweep.snapshot import read_snapshot

    return read_snapshot(_study(name, storage))


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def _command_line() -> list[str]:
    """The command for the study's record; a storage URL may hold a password, so it is left out."""
    words, kept = sys.argv[1:], []
    for number, word in enumerate(words):
        if word == "--storage" or word.startswith("--storage=") or words[number - 1 : number] == ["--storage"]:
            continue
        kept.append(word)
    return ["optsweep", *kept]


def main() -> None:
    """Entry point; every mistake of the user's is at most three lines on stderr and exit code 2."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line; returns its exit code."""
    try:
        code = app(args=arguments or ["--help"], prog_name="optsweep", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_DONE
    except TyperException as error:
        print(f"error: {_usage_mistake(error)}", file=sys.stderr)
        return EXIT_USAGE
    except UserError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return EXIT_USAGE
    except StorageUnavailable as error:
        print(f"error: {error}; the same command goes on", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what Python still holds for it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        if disk_is_full(error):
            where = error.filename or "the disk"
            print(f"error: {where}: no space is left; free some, the same command goes on", file=sys.stderr)
            return EXIT_FAILED
        if error.filename is None:
            raise
        print("\n".join(UserError(f"{error.filename}: {error.strerror}").lines), file=sys.stderr)
        return EXIT_USAGE
    except (KeyboardInterrupt, Abort):
        print("interrupted; the same command goes on", file=sys.stderr)
        return EXIT_INTERRUPTED


def _usage_mistake(error: TyperException) -> str:
    """What typer says, in one line; where its message leaves out the wrong value, with that."""
    from pydantic import ValidationError

    message = " ".join(error.format_message().split())
    if isinstance(error.__cause__, ValidationError):
        value = repr(error.__cause__.errors()[0]["input"])
        return message if value in message else f"{message}, not {value[:80]}"
    return message
