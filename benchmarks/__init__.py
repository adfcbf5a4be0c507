"""Benchmarks: each runs the alternatives in the same call, interleaved. `make bench`, `make bench-gpu`."""
