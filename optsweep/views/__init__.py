"""A snapshot in, words and pictures out. Starts nothing."""
