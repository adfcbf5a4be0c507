"""A headless Chromium for the tests of what people see."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


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
