"""All pictures of README and docs, and the README's session, from one study that has ended: `make sweep`, then this.

    python docs/make_pictures.py [--name demo] [--only session,live,dashboard,report]

The session is what the sweep's command prints at its end on a terminal of 100 columns. The live view is that of the
moment when two thirds of the runs had ended, worked out from what the database keeps. The others are taken in Chromium
(`playwright install chromium`, or the system's).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright
from rich.console import Console

from optsweep.database.connection import open_storage
from optsweep.database.open_study import open_study
from optsweep.database.snapshot import read_snapshot
from optsweep.database.urls import storage_url
from optsweep.results.forecast import time_left
from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.views.frame import frame

PICTURES = Path(__file__).with_name("pictures")
README = Path(__file__).parents[1] / "README.md"
WIDTH, HEIGHT = 100, 36
SHARE = 2 / 3
PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine."""
REPORTS: dict[str, dict[str, Any]] = {
    "report": {"viewport": {"width": 1200, "height": 1000}, "color_scheme": "light"},
    "report-dark": {"viewport": {"width": 1200, "height": 1000}, "color_scheme": "dark"},
    "report-phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="demo", help="the study")
    parser.add_argument("--only", default="session,live,dashboard,report")
    given = parser.parse_args()
    wanted = given.only.split(",")
    PICTURES.mkdir(exist_ok=True)
    snapshot = read_snapshot(open_study(open_storage(storage_url(None)), given.name))
    if not snapshot.ended:
        sys.exit(f"{given.name} has not ended yet: the pictures are made of a whole study")
    if "session" in wanted:
        README.write_text(with_session(README.read_text(encoding="utf-8"), _printed(given.name)), encoding="utf-8")
    if "live" in wanted:
        draw(replayed(snapshot), PICTURES / "live.svg")
    with _chromium() as chromium:
        if "dashboard" in wanted:
            _dashboard(snapshot, chromium)
        if "report" in wanted:
            _report(given.name, chromium)


def _printed(study: str) -> str:
    """What the command that made the study prints about it now."""
    command = f"stty cols 100 rows 50; {sys.executable} -m optsweep sweep --name {study}"
    done = subprocess.run(["script", "-qc", command, "/dev/null"], check=True, capture_output=True, text=True)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", done.stdout)


def with_session(readme: str, printed: str) -> str:
    """``readme`` with the verdict and the ranking of what was ``printed`` in place of those that it has."""
    lines = [line.rstrip() for line in printed.splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("Study ") and "finished" in line)
    table = next(number for number, line in enumerate(lines) if line.startswith("rank "))
    last = lines.index("", table)
    session = "\n".join(["```text", "$ make sweep", "...", *lines[first:last], "...", "```"])
    return re.sub(r"```text\n\$ make sweep\n.*?```", lambda _: session, readme, count=1, flags=re.DOTALL)


def draw(snapshot: StudySnapshot, path: Path) -> None:
    """Write what `optsweep status --watch` shows of ``snapshot`` as SVG."""
    console = Console(file=io.StringIO(), record=True, width=WIDTH, force_terminal=True, color_system="truecolor")
    console.print(frame(snapshot, WIDTH, HEIGHT, left=time_left(snapshot)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(console.export_svg(title="optsweep sweep"), encoding="utf-8")


def replayed(snapshot: StudySnapshot) -> StudySnapshot:
    """The study as it was halfway between two ends, when two thirds of its runs had ended."""
    ends = sorted(run.ended for run in snapshot.runs if run.ended is not None)
    number = round(SHARE * len(ends))
    now = (ends[number - 1] + ends[number]) / 2
    attributes = snapshot.attributes.model_copy(update={"last_end": None, "stop": None})
    return replace(snapshot, runs=[_at(run, now) for run in snapshot.runs], now=now, attributes=attributes, limit=None)


def _at(run: RunRecord, now: float) -> RunRecord:
    assert run.started is not None
    assert run.ended is not None
    if run.ended <= now:
        return run
    done = max(0.0, (now - run.started) / (run.ended - run.started))
    seen = {step: value for step, value in run.curve.items() if step <= done * max(run.curve)}
    then = replace(
        run,
        state="running",
        cut=False,
        reason=None,
        ended=None,
        curve=seen,
        value=min(seen.values(), default=None),
        last_value=seen[max(seen)] if seen else None,
        best_step=None,
        progress=done * run.progress,
        sequences=round(done * run.sequences),
        seconds=done * run.seconds,
    )
    if run.started <= now:
        return then
    return replace(then, state="waiting", started=None, worker=None, parameters={}, stored_config={}, train_loss=None)


@contextlib.contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(args=["--no-sandbox"])
        except Error:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def _dashboard(snapshot: StudySnapshot, chromium: Browser) -> None:
    with _served(snapshot.study) as address:
        page = chromium.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(PATIENCE)
        studies = json.loads(_get(f"{address}/api/studies"))["study_summaries"]
        number = next(one["study_id"] for one in studies if one["study_name"] == snapshot.study)
        study = f"{address}/dashboard/studies/{number}"
        page.goto(study)
        page.locator("text.bartext").first.wait_for()
        page.screenshot(path=PICTURES / "dashboard.png")
        best = snapshot.ranking[0]
        page.goto(f"{study}/trials?numbers={best.trial}")
        page.get_by_role("img", name=f"learning curve of {best.run}").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / "dashboard-run.png")


@contextlib.contextmanager
def _served(study: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([*_OPTSWEEP, "dashboard", "--name", study, "--port", str(port)])
    try:
        deadline = time.monotonic() + PATIENCE / 1000
        while not _get(f"{address}/api/studies"):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the dashboard did not start")
            time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait()


def _get(url: str) -> bytes:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=60) as response:
        return bytes(response.read())
    return b""


def _report(study: str, chromium: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*_OPTSWEEP, "report", "--name", study, "-o", folder], check=True)
        for name, look in REPORTS.items():
            context = chromium.new_context(offline=True, **look)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto((Path(folder) / "report.html").as_uri())
            page.wait_for_load_state("load")
            page.screenshot(path=PICTURES / f"{name}.png")
            if name == "report":
                page.locator("#learning-curves").screenshot(path=PICTURES / "report-curves.png")
            context.close()


_OPTSWEEP = (sys.executable, "-m", "optsweep")

if __name__ == "__main__":
    main()
