"""This host: GPUs, slots, processes, signals. Knows no study."""
