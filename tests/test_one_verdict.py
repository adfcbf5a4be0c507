"""What is said of a study is the same in the summary, `status`, the report, the dashboard and a notification."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from optuna_dashboard import get_note

from optsweep import cli
from optsweep.database.open_study import Study
from optsweep.database.snapshot import read_snapshot
from optsweep.integrations.notify import Notifier
from optsweep.results.records import StudySnapshot
from optsweep.trust.reading import read_trust
from optsweep.views.html import report_html
from optsweep.views.summary import summary
from optsweep.workers.describe import describe_study
from tests.recorded.restore import restore
from tests.snapshots import render

STUDIES = {
    "clear_winner": ("no other run ties with it", "optsweep promote"),
    "tie": ("A tie with ", "optsweep confirm"),
    "above_reference": ("it has not learnt enough to be of use", "optsweep report"),
    "all_cut": ("No winner: no run reached its end", "optsweep report"),
    "interrupted": ("Ended: the limit of 0.08 GPU-hours is reached", "optsweep sweep"),
}
"""A file in tests/recorded -> what is said of it, and what is to be typed next."""
QUICK = "tie"


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.heavy] * (name != QUICK)) for name in STUDIES])
def test_all_six_places_say_the_same(name: str, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = restore(name, "sqlite:///studies/optsweep.db")
    snapshot = read_snapshot(study)
    trust = read_trust(study, snapshot)
    lines, (special, following) = trust.verdict.lines, STUDIES[name]
    assert special in " ".join(lines)
    assert lines[-1].startswith(f"Next: {following} ")
    said = {
        "the end of a sweep": render(summary(snapshot, trust), width=80),
        "status": printed(capsys, "status", "--name", name),
        "status --json": "\n".join(json.loads(printed(capsys, "status", "--name", name, "--json"))["verdict"]["lines"]),
        "the report's head": text_of(report_html(snapshot, trust).partition("<table")[0]),
        "the dashboard's note": text_of(MarkdownIt("commonmark").render(note_of(study))),
        "a notification": notification(study, snapshot),
    }
    words = squeezed("\n".join(lines))
    assert [place for place, text in said.items() if words not in squeezed(text)] == []


def squeezed(text: str) -> str:
    """Without what sets words apart: terminals break lines, and a page has an element in place of the remark's #."""
    return "".join(text.split()).replace("#", "")


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", "", page))


def printed(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    capsys.readouterr()
    assert cli.run(list(command)) == 0
    return capsys.readouterr().out


def note_of(study: Study) -> str:
    describe_study(study)
    return str(get_note(study.optuna()))


def notification(study: Study, end: StudySnapshot) -> str:
    """What the command is told when the first run, which was still under way, has come to its end."""
    before = replace(end, runs=[replace(end.runs[0], state="running"), *end.runs[1:]], limit=None)
    with Notifier("cat > told.txt", lambda snapshot: read_trust(study, snapshot).verdict.lines) as notifier:
        notifier.update(before)
        notifier.update(end)
    told = json.loads(Path("told.txt").read_text())
    assert told["event"] == ("finished" if end.ended else "stopped")
    return str(told["message"])
