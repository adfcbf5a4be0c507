"""Training scripts of other projects, swept as they are: what a study file says of one, and how its runs are led."""
