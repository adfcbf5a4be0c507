"""How far the cheap ranking can be trusted: noise, larger settings, pruners, the last word on the finalists."""
