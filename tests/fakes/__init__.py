"""Stand-ins for slow training; everything around it (processes, signals, databases, files) is real."""
