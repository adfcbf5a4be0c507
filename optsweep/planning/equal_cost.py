"""`optsweep fidelity --against`: which settings are as long as the sweep's runs, on other numbers of sequences."""

from __future__ import annotations

from optsweep.errors import ConfigError
from optsweep.planning.trained_again import Setting
from optsweep.results.records import StudySnapshot
from optsweep.results.repetition import use_of

BEGINNING = "sequences="


def against(given: str, snapshot: StudySnapshot, larger: Setting) -> list[Setting]:
    """The settings that ``--against`` names, each once; raises `ConfigError`."""
    if not given.startswith(BEGINNING):
        raise ConfigError(f"--against {given}", ["must be sequences=N, or several: sequences=9000,50000"])
    numbers = [_number(given, part) for part in given.removeprefix(BEGINNING).split(",")]
    for number in numbers:
        if mistake := _mistake(number, snapshot, larger):
            raise ConfigError(f"--against {given}", [mistake])
    return [Setting(1.0, number) for number in dict.fromkeys(numbers)]


def _number(given: str, part: str) -> int:
    if not (part.isascii() and part.isdigit() and int(part) > 0):
        raise ConfigError(f"--against {given}", [f"{part!r} is no number of sequences, 1 or more"])
    return int(part)


def _mistake(number: int, snapshot: StudySnapshot, larger: Setting) -> str:
    """Why runs on so many sequences would show nothing; empty if they may."""
    source, use = snapshot.corpus.source_sequences, use_of(snapshot.definition, snapshot.data)
    if number > source:
        return f"{number}: the corpus has only {source} sequences"
    if use is not None and number == use.sequences:
        return f"{number} is what the sweep itself trains on"
    if larger.sequences is not None and number > larger.sequences:
        return f"{number} is more than the larger setting has, --sequences {larger.sequences}"
    if larger == Setting(1.0, number):
        return f"{number} is the larger setting itself; choose that with --length and --sequences"
    return ""
