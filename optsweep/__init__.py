"""Resumable hyperparameter sweeps for protein language models."""

from optsweep.reporting import report

__all__ = ["report"]
