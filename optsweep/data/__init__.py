"""From text files to corpus to subset to batches; numpy at import, never torch or optuna."""
