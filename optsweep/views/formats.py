"""The formats of `optsweep export`, by themselves: a command line is read before anything large is loaded."""

from typing import Literal

ExportFormat = Literal["csv", "json", "parquet"]
