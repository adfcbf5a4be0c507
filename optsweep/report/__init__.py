"""Views of a study; read through optsweep.sweep, never through optuna."""
