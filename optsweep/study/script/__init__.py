"""What the study file of your own script says of it: how it is called, what it is given, and the space of its runs."""
