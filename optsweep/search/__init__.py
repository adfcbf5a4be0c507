"""The only door to Optuna's samplers and pruners."""
