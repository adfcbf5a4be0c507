"""Other programs that watch a study: the dashboard, experiment trackers, a command of the user."""
