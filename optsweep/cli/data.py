"""`optsweep data`: make and look at corpora and subsets."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.app import COMMANDS, Command
from optsweep.cli.study import AsJson, print_json
from optsweep.data.corpus import open_corpus, verify_corpus
from optsweep.data.demo import make_demo
from optsweep.data.holding_out.exclusion import ensure_exclusion
from optsweep.data.info import describe_corpus, leakage
from optsweep.data.subset import ensure_subset
from optsweep.importing.fasta import import_fasta
from optsweep.views.data import data_progress, exclusion_lines, import_lines, info_lines, subset_lines
from optsweep.views.terminal import plain_console

data = typer.Typer(rich_markup_mode=None, add_completion=False, help=COMMANDS["data"][1])


@data.callback()
def end_politely() -> None:
    # Half-written files and MMseqs2's folders go when a scheduler ends us, as they do with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@data.command("import", cls=Command)
def data_import(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FASTA...", help="FASTA, CSV, TSV or Parquet; compressed, in archives, - for a pipe."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The corpus to write.")],
) -> None:
    """Read sequences from text files into a packed corpus."""
    console = plain_console()
    with data_progress(console) as on_progress:
        report = import_fasta(files, output, on_progress)
    for line in import_lines(report, output):
        console.print(line)


@data.command("demo", cls=Command)
def data_demo(
    output: Annotated[Path, typer.Option("-o", "--output")] = Path("data/demo.pt"),
    sequences: Annotated[int, typer.Option("-n", min=1, help="Number of sequences.")] = 12_000,
) -> None:
    """Make the synthetic demo corpus."""
    typer.echo(f"Made {make_demo(output, sequences)}: {sequences} synthetic sequences")


@data.command("subset", cls=Command)
def data_subset(
    file: Path,
    size: Annotated[int, typer.Option("-n", min=1, help="Number of sequences.")] = 10_000,
    seed: int = 42,
    clusters: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="Families for the split: representative, tab, member.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output")] = None,
) -> None:
    """Make the subset of a corpus. With its validation and confirmation split."""
    console = plain_console()
    with data_progress(console) as on_progress:
        made = ensure_subset(file, size=size, seed=seed, output=output, clusters=clusters, on_progress=on_progress)
        # So that a host without MMseqs2 can train on the full corpus.
        excluded = None if output is not None else ensure_exclusion(file, on_progress)
    for line in [*subset_lines(made), *exclusion_lines(excluded)]:
        console.print(line)


@data.command("info", cls=Command)
def data_info(
    file: Path,
    as_json: AsJson = False,
    verify: Annotated[bool, typer.Option(help="Check every checksum and every token.")] = False,
) -> None:
    """Show what a corpus or subset holds."""
    console = plain_console(stderr=as_json)
    with data_progress(console) as on_progress:
        corpus = open_corpus(file)
        if verify:
            verify_corpus(corpus, on_progress)
        measured = None if as_json else leakage(corpus, on_progress)
    if as_json:
        print_json(describe_corpus(file))
    else:
        for line in info_lines(file, corpus, measured):
            console.print(line)
