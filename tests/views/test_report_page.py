"""The report in a browser: wide and narrow, light and dark, on paper; one page for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from optsweep.views.html import write_report
from optsweep.views.timeline import BAR_INK, BARS
from tests.browser import headless_chromium
from tests.snapshots import make_data, trust_of
from tests.views.test_html import make_study

pytestmark = pytest.mark.heavy

WIDE, PHONE = (1400, 900), (390, 844)
ENOUGH = 4.5
"""Contrast of text that can be read (WCAG 2.2, level AA)."""
# What is not drawn has no text: Plotly measures with hidden ones.
TEXTS = """() => {
  const shown = (element) => element.getClientRects().length && element.textContent.trim();
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
  };
  const words = [...document.querySelectorAll("h1, h2, p, li, th, td, figcaption, summary, code, input, label")];
  const drawn = [...document.querySelectorAll(".js-plotly-plot svg text:not(.bartext):not([class*=shadow])")];
  return [...words, ...drawn].filter(shown).map((one) => [
    one.textContent.trim().slice(0, 40),
    one instanceof SVGElement ? getComputedStyle(one).fill : getComputedStyle(one).color,
    background(one),
  ]);
}"""


class Looker:
    """A page that has been opened once, and is looked at in many ways."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(120_000)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def look(self, size: tuple[int, int], scheme: str = "light", media: str = "screen") -> None:
        self.page.emulate_media(color_scheme=scheme, media=media)
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        color = "rgb(255, 255, 255)" if scheme == "light" or media == "print" else "rgb(21, 24, 28)"
        paper = f"getComputedStyle(document.querySelector('#figure-slices .main-svg')).backgroundColor === '{color}'"
        self.page.wait_for_function(paper)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with headless_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def looker(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Looker:
    study = make_study(30)
    evil = "<b>a</b>`&amp;"
    runs = [*study.runs[:-1], replace(study.runs[-1], run=evil, worker=evil)]
    study = replace(study, runs=runs, data=make_data(synthetic=True))
    path = write_report(study, tmp_path_factory.mktemp("report"), trust_of(study))
    looker = Looker(chromium.new_context(offline=True).new_page())
    looker.page.goto(path.as_uri())
    return looker


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_every_text_can_be_read(looker: Looker, size: tuple[int, int], scheme: str) -> None:
    looker.look(size, scheme)
    assert looker.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert looker.page.locator(".js-plotly-plot .main-svg").count() >= 5
    texts = looker.page.evaluate(TEXTS)
    assert len(texts) > 500
    assert [found for found in texts if contrast(*map(rgb, found[1:])) < ENOUGH] == []
    # The verdict needs no scrolling.
    last = looker.page.locator("#verdict .next").bounding_box()
    assert last["y"] + last["height"] <= size[1]
    assert looker.complaints == []
    assert [url for url in looker.requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_panels_are_stacked_where_there_is_no_room_beside_each_other(looker: Looker) -> None:
    lefts = (
        "[...document.querySelectorAll('#figure-slices .draglayer .nsewdrag')]"
        ".map((one) => Math.round(one.getBoundingClientRect().left))"
    )
    for size, columns in ((WIDE, 3), (PHONE, 1)):
        looker.look(size)
        looker.page.wait_for_function(f"new Set({lefts}).size === {columns}")


def test_the_ranking_is_sorted_by_a_click_and_filtered_by_words(looker: Looker) -> None:
    looker.look(WIDE)
    table, lr = (
        looker.page.locator("#ranking > .scroll table"),
        looker.page.get_by_role("button", name="lr", exact=True),
    )
    column = "rows => rows.map(row => row.cells[%d].dataset.sort)"
    place = [head.inner_text().split()[0] for head in table.locator("th").all()].index("lr")
    for way in (1, -1):
        lr.click()
        values = [float(value) for value in table.locator("tbody tr").evaluate_all(column % place) if value]
        assert values == sorted(values, reverse=way < 0)
    looker.page.get_by_role("button", name="rank", exact=True).click()
    ranks = table.locator("tbody tr").evaluate_all(column % 0)
    assert ranks[:3] == ["1.0", "2.0", "3.0"]
    assert ranks[-1] == ""
    looker.page.locator("#filter").fill("pruned tpe-003")
    assert table.locator("tbody tr:visible").count() == 1
    assert looker.page.locator("#filtered").inner_text() == "1 of 32 runs"
    looker.page.locator("#filter").fill("")
    assert table.locator("tbody tr:visible").count() == 32


def test_paper_is_light_and_unfolded_and_as_wide_as_it_is(looker: Looker) -> None:
    looker.look(WIDE, "dark", "print")
    texts = looker.page.evaluate(TEXTS)
    assert [found for found in texts if contrast(*map(rgb, found[1:])) < ENOUGH] == []
    assert looker.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    folded = "[...document.querySelectorAll('details.printed')].map((one) => one.open)"
    assert set(looker.page.evaluate(folded)) == {True}
    widths = "[...document.querySelectorAll('.main-svg')].map((one) => one.getBoundingClientRect().width)"
    assert max(looker.page.evaluate(widths)) <= 700
    assert looker.page.locator("pre").first.is_hidden()
    looker.look(WIDE)
    assert set(looker.page.evaluate(folded)) == {False}


@pytest.mark.parametrize("state", BARS)
def test_words_on_a_bar_of_the_timeline_can_be_read(state: str) -> None:
    color = BARS[state][0]
    assert contrast(rgb(BAR_INK), rgb(color)) >= ENOUGH
    # Hatching, a quarter of the way to the ink.
    hatched = tuple(0.75 * one + 0.25 * other for one, other in zip(rgb(color), rgb(BAR_INK), strict=True))
    assert contrast(rgb(BAR_INK), hatched) >= ENOUGH


def test_two_thousand_runs_open_in_time(chromium: Any, tmp_path: Path) -> None:
    study = make_study(2000)
    path = write_report(study, tmp_path, trust_of(study))
    looker = Looker(chromium.new_context(offline=True).new_page())
    start = perf_counter()
    looker.page.goto(path.as_uri())
    assert looker.page.locator(".js-plotly-plot .main-svg").count() >= 5
    # It takes 5 s; the rest is a guard against hanging: the machine may be busy.
    assert perf_counter() - start < 60
    assert looker.complaints == []


def rgb(color: str) -> tuple[float, ...]:
    if color.startswith("#"):
        return tuple(int(color[place : place + 2], 16) for place in (1, 3, 5))
    return tuple(float(part) for part in color[color.index("(") + 1 : -1].split(",")[:3])


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG's ratio of two colours."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: tuple[float, ...]) -> float:
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
