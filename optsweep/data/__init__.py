"""FASTA to corpus to subset to batches; numpy and torch, never optuna."""
