"""The processes that train: launcher, workers, and the same under SLURM."""
