"""What a study file says, and the config that follows from it."""
