"""`optsweep data`: make and look at corpora and subsets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optsweep.cli.app import AsJson, Commands, app, print_json

data_app = Commands(help="Make and look at corpora and subsets.")
app.add_typer(data_app, name="data")


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
        print_json(document)
    else:
        for line in info_lines(document, validation_match_share(open_corpus(file))):
            typer.echo(line)
