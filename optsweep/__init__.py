"""Resumable hyperparameter sweeps for protein language models."""
