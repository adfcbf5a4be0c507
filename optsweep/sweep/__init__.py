"""The study: presets, queue, workers; the only door to optuna and sqlalchemy."""
