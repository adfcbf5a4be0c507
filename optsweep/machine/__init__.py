"""This host: GPUs, slots, processes, signals, mounts. Knows no study."""
