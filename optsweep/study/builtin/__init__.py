"""What the study file of the built-in trainer says: its hyperparameters, their space, and presets."""
