"""One interface for what a run trains: the built-in model, or your own script."""
