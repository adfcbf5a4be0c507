"""Training of a masked diffusion protein language model; torch, never optuna."""
