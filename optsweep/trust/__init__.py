"""How far a cheap ranking can be trusted. Numbers in, numbers out."""
