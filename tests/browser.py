"""A headless Chromium for the tests of what people see, and where pictures of it go."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SAVE_PICTURES = "OPTSWEEP_SAVE_PICTURES"
"""Set in the environment, it makes the tests write the pictures of the README anew."""


@contextlib.contextmanager
def headless_chromium() -> Iterator[Any]:
    """Playwright's Chromium where it is installed, else the system's; skips the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(args=["--no-sandbox"])
        except sync_api.Error:
            system = shutil.which("chromium") or shutil.which("google-chrome")
            if system is None:
                pytest.skip("no Chromium: playwright install chromium")
            browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        yield browser
        browser.close()


def saves_pictures() -> bool:
    return bool(os.environ.get(SAVE_PICTURES))


def save_picture(page: Any, name: str) -> None:
    """Write docs/pictures/<name>.png."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
