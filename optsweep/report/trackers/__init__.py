"""Mirrors of every run in other people's trackers, fed from metrics.jsonl by a process of its own."""
