"""The real dashboard, over a real study, in a real browser."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optsweep.results.records import RunRecord, StudySnapshot
from optsweep.views.html import write_report
from tests.browser import headless_chromium
from tests.integrations.swept import Swept
from tests.snapshots import trust_of
from tests.sweeps import Sweeps, no_process_left, wait_for

# One sweep is made for all of them.
pytestmark = [pytest.mark.heavy]
PRESETS = ("small_fast", "medium_rigorous", "large_quality", "high_lr_experiment", "curriculum_focus")
PATIENCE = 30_000
"""Milliseconds that a page may take on a busy machine."""


@contextlib.contextmanager
def dashboard(sweeps: Sweeps, *options: str) -> Iterator[str]:
    """`optsweep dashboard` on a free port; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = sweeps.folder / f"dashboard-{port}.txt"
    command = [sys.executable, "-m", "optsweep", "dashboard", "--name", sweeps.name, "--port", str(port), *options]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=sweeps.folder, env=sweeps.environment(), stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(address) or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text()
        yield address
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    with contextlib.suppress(OSError):
        return get(f"{address}/api/studies") is not None
    return False


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as response:
        return bytes(response.read())


def delete(url: str, document: dict[str, Any]) -> None:
    """What the dashboard's button "delete study" sends."""
    body, kind = json.dumps(document).encode(), {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body, kind, method="DELETE"), timeout=60).close()


def finished(swept: Swept) -> StudySnapshot:
    snapshot = swept.sweeps.snapshot()
    assert snapshot is not None
    assert snapshot.ended, swept.output
    return snapshot


def one(snapshot: StudySnapshot, state: str) -> RunRecord:
    return next(run for run in snapshot.runs if run.state == state)


def test_a_browser_sees_presets_reasons_curves_and_importance(swept: Swept) -> None:
    snapshot = finished(swept)
    assert len(snapshot.runs) >= 12
    with dashboard(swept.sweeps) as address, headless_chromium() as chromium:
        study = f"{address}/dashboard/studies/1"
        page = chromium.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(study)
        page.get_by_text("Hyperparameter Importance").wait_for()
        page.locator("text.bartext").first.wait_for()
        page.get_by_text("weight_decay").first.wait_for()
        page.goto(f"{study}/note")
        page.get_by_role("listitem").filter(has_text="Winner: ").wait_for()
        page.get_by_role("code").filter(has_text="optsweep confirm --name study").wait_for()
        for preset in PRESETS:
            page.get_by_role("link", name=preset).wait_for()
        pruned, failed = one(snapshot, "pruned"), one(snapshot, "failed")
        for run in (pruned, failed):
            page.goto(f"{study}/trials?numbers={run.trial}")
            page.get_by_role("heading", name=f"Run {run.run}").wait_for()
            page.get_by_text(str(run.reason)).first.wait_for()
            see_picture(page, f"learning curve of {run.run}")


def see_picture(page: Any, name: str) -> None:
    """Wait until the picture is there and has been drawn."""
    image = page.get_by_role("img", name=name)
    image.wait_for()
    wait_for(lambda: image.evaluate("image => image.complete && image.naturalWidth") > 0, 30)


def test_the_report_of_the_study_opens_without_network(swept: Swept, tmp_path: Path) -> None:
    snapshot = finished(swept)
    with swept.here():
        path = write_report(snapshot, tmp_path, trust_of(snapshot))
    with headless_chromium() as chromium:
        page = chromium.new_context(offline=True, viewport={"width": 1200, "height": 1000}).new_page()
        page.goto(path.as_uri())
        text = page.locator("body").inner_text()
        for words in (*PRESETS, str(one(snapshot, "pruned").reason), "Parameter importance", "synthetic data"):
            assert words in text, words
        assert page.locator("#figure-importance .main-svg").count() > 0


def test_no_click_on_a_snapshot_changes_the_study(swept: Swept) -> None:
    before = finished(swept)
    files = sorted((swept.sweeps.folder / "studies/study/artifacts").iterdir())
    with dashboard(swept.sweeps, "--read-only") as address:
        shown = get(f"{address}/api/studies/1")
        assert b"small_fast" in shown
        # The copy is gone when a command of the note is typed.
        assert b"Next" in shown
        assert b"optsweep-dashboard-" not in shown
        # The files of the runs are no part of the copy: what would remove them is refused.
        with pytest.raises(urllib.error.HTTPError):
            delete(f"{address}/api/studies/1", {})
        delete(f"{address}/api/studies/1", {"remove_associated_artifacts": False})
        assert json.loads(get(f"{address}/api/studies")) == {"study_summaries": []}
    assert finished(swept).runs == before.runs
    assert sorted((swept.sweeps.folder / "studies/study/artifacts").iterdir()) == files


def test_browsing_does_not_disturb_a_running_sweep(swept: Swept, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(swept.sweeps.folder / "data")
    sweeps = Sweeps(tmp_path, f"sqlite:///{tmp_path}/studies/optsweep.db", iteration_seconds=0.01)
    with no_process_left(sweeps), (tmp_path / "output.txt").open("w") as output:
        process = sweeps.start("demo", "--cpu-workers", "2", "--type", "random", "--trials", "3", output=output)
        wait_for(lambda: sweeps.count("running") == 2)
        looks = 0
        with dashboard(sweeps) as address:
            while process.poll() is None:
                assert b"small_fast" in get(f"{address}/api/studies/1")
                looks += 1
        assert process.returncode == 0, (tmp_path / "output.txt").read_text()
        assert looks >= 10
        sweeps.check_exact(8)
    assert all(set(times.values()) == {1} for times in sweeps.computed().values())
    logs = "".join(log.read_text() for log in (tmp_path / "studies/study/runs").glob("*/log_stdout.txt"))
    assert "Traceback" not in logs
    assert "WARNING" not in logs
