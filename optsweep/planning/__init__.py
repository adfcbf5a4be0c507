"""What a sweep will do: checks, defaults, the plan, forks and linked studies."""
